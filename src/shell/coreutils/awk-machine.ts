/** Runs awk programs: rules over records, statements, expressions. */
import type { Process } from '../../process/process.ts';
import type { ProgramContext } from '../context.ts';
import { writeText } from '../streams.ts';
import { type AwkHost, callAwkFunction } from './awk-functions.ts';
import { AwkInput } from './awk-input.ts';
import type { AwkState } from './awk-state.ts';
import { AwkStreams } from './awk-streams.ts';
import type { AwkExpression, AwkProgram, AwkStatement } from './awk-syntax.ts';
import { calculate, compare, formatOnce, fromInput, isTrue, toNumber, toText, type Value } from './awk-values.ts';
import { posixRegExp } from './posix-regex.ts';
import type { Call } from './utility.ts';

class Next extends Error {}
class Exit extends Error {
  readonly code: number;
  constructor(code: number) {
    super('exit');
    this.code = code;
  }
}
class LoopControl extends Error {
  readonly kind: 'break' | 'continue';
  constructor(kind: 'break' | 'continue') {
    super(kind);
    this.kind = kind;
  }
}
class Return extends Error {
  readonly value: Value;
  constructor(value: Value) {
    super('return');
    this.value = value;
  }
}

/** One run of a program. */
export class AwkMachine implements AwkHost {
  readonly context: ProgramContext;
  readonly state: AwkState;
  readonly streams: AwkStreams;
  readonly #call: Call;
  readonly #program: AwkProgram;
  readonly #input: AwkInput;
  /** Numbers of the rules with a range that has begun. */
  readonly #active = new Set<number>();

  constructor(call: Call, state: AwkState, program: AwkProgram, words: readonly string[]) {
    this.#call = call;
    this.context = call.context;
    this.state = state;
    this.streams = new AwkStreams(call);
    this.#program = program;
    this.#input = new AwkInput(call, state, words);
  }

  /** Runs BEGIN, the rules for each record, and END; gives the exit status. @throws UtilityError */
  *run(): Process<number> {
    const { begin, rules, end } = this.#program;
    let code = 0;
    try {
      for (const block of begin) yield* this.#execute(block);
      if (rules.length > 0 || end.length > 0) yield* this.#runRecords();
    } catch (error) {
      code = exitCode(error);
    }
    try {
      for (const block of end) yield* this.#execute(block);
    } catch (error) {
      code = exitCode(error);
    }
    yield* this.streams.closeAll();
    return code || this.#call.status;
  }
  *#runRecords(): Process<void> {
    for (let record = yield* this.#input.next(); record !== undefined; record = yield* this.#input.next()) {
      this.state.setRecord(record);
      yield* this.#runRules();
    }
  }
  *#runRules(): Process<void> {
    try {
      for (const [index, rule] of this.#program.rules.entries()) {
        if (!(yield* this.#selected(index))) continue;
        if (rule.action) yield* this.#execute(rule.action);
        else yield* this.#call.out(toText(this.state.getField(0)) + this.state.text('ORS'));
      }
    } catch (error) {
      if (!(error instanceof Next)) throw error;
    }
  }
  *#selected(index: number): Process<boolean> {
    const rule = this.#program.rules[index];
    if (!rule?.pattern) return true;
    if (!rule.last) return isTrue(yield* this.evaluate(rule.pattern));
    if (!this.#active.has(index)) {
      if (!isTrue(yield* this.evaluate(rule.pattern))) return false;
      this.#active.add(index);
    }
    if (isTrue(yield* this.evaluate(rule.last))) this.#active.delete(index);
    return true;
  }

  *#execute(statement: AwkStatement): Process<void> {
    switch (statement.kind) {
      case 'block':
        for (const each of statement.body) yield* this.#execute(each);
        return;
      case 'expression':
        yield* this.evaluate(statement.expression);
        return;
      case 'print':
      case 'printf':
        return yield* this.#print(statement);
      case 'if':
        if (isTrue(yield* this.evaluate(statement.test))) yield* this.#execute(statement.yes);
        else if (statement.no) yield* this.#execute(statement.no);
        return;
      case 'while':
        if (!statement.first && !(yield* this.#iteration(statement.body))) return;
        while (isTrue(yield* this.evaluate(statement.test))) if (!(yield* this.#iteration(statement.body))) return;
        return;
      case 'for':
        if (statement.initial) yield* this.#execute(statement.initial);
        while (!statement.test || isTrue(yield* this.evaluate(statement.test))) {
          if (!(yield* this.#iteration(statement.body))) return;
          if (statement.step) yield* this.#execute(statement.step);
        }
        return;
      case 'for-in':
        for (const key of [...this.state.array(statement.array).keys()]) {
          this.state.set(statement.name, fromInput(key));
          if (!(yield* this.#iteration(statement.body))) return;
        }
        return;
      case 'next':
        throw new Next();
      case 'break':
      case 'continue':
        throw new LoopControl(statement.kind);
      case 'exit':
        throw new Exit(statement.value ? toNumber(yield* this.evaluate(statement.value)) : 0);
      case 'return':
        throw new Return(statement.value ? yield* this.evaluate(statement.value) : '');
      case 'delete':
        if (statement.indexes) this.state.array(statement.name).delete(yield* this.#key(statement.indexes));
        else this.state.array(statement.name).clear();
    }
  }
  *#iteration(body: AwkStatement): Process<boolean> {
    try {
      yield* this.#execute(body);
      return true;
    } catch (error) {
      if (!(error instanceof LoopControl)) throw error;
      return error.kind === 'continue';
    }
  }
  *#print(statement: Extract<AwkStatement, { readonly kind: 'print' | 'printf' }>): Process<void> {
    const values: Value[] = [];
    for (const arg of statement.args) values.push(yield* this.evaluate(arg));
    const text =
      statement.kind === 'printf'
        ? formatOnce(values.map((value) => toText(value)))
        : (values.length === 0
            ? toText(this.state.getField(0))
            : values.map((value) => toText(value, this.state.text('OFMT'))).join(this.state.text('OFS'))) +
          this.state.text('ORS');
    if (!statement.redirect) return yield* this.#call.out(text);
    const target = toText(yield* this.evaluate(statement.redirect.target));
    yield* writeText(this.streams.writer(statement.redirect.operator, target), text);
  }

  *#key(indexes: readonly AwkExpression[]): Process<string> {
    const parts: string[] = [];
    for (const index of indexes) parts.push(toText(yield* this.evaluate(index)));
    return parts.join(this.state.text('SUBSEP'));
  }
  *assignTo(target: AwkExpression, value: Value): Process<void> {
    if (target.kind === 'variable') this.state.set(target.name, value);
    else if (target.kind === 'element') this.state.array(target.name).set(yield* this.#key(target.indexes), value);
    else if (target.kind === 'field') this.state.setField(toNumber(yield* this.evaluate(target.index)), value);
  }

  *evaluate(node: AwkExpression): Process<Value> {
    switch (node.kind) {
      case 'number':
      case 'string':
        return node.value;
      case 'regex':
        return posixRegExp(node.source, { extended: true }).test(toText(this.state.getField(0))) ? 1 : 0;
      case 'variable':
        return this.state.get(node.name);
      case 'element': {
        const array = this.state.array(node.name);
        const key = yield* this.#key(node.indexes);
        const value = array.get(key);
        if (value === undefined) array.set(key, '');
        return value ?? '';
      }
      case 'field':
        return this.state.getField(toNumber(yield* this.evaluate(node.index)));
      case 'assign': {
        const value = yield* this.evaluate(node.value);
        const result =
          node.operator === '='
            ? value
            : calculate(node.operator.slice(0, -1), toNumber(yield* this.evaluate(node.target)), toNumber(value));
        yield* this.assignTo(node.target, result);
        return result;
      }
      case 'step': {
        const before = toNumber(yield* this.evaluate(node.target));
        const after = before + (node.operator === '++' ? 1 : -1);
        yield* this.assignTo(node.target, after);
        return node.prefix ? after : before;
      }
      case 'unary': {
        const value = yield* this.evaluate(node.operand);
        return node.operator === '!'
          ? isTrue(value)
            ? 0
            : 1
          : node.operator === '-'
            ? -toNumber(value)
            : toNumber(value);
      }
      case 'binary':
        return yield* this.#binary(node);
      case 'condition':
        return yield* this.evaluate(isTrue(yield* this.evaluate(node.test)) ? node.yes : node.no);
      case 'in':
        return this.state.array(node.name).has(yield* this.#key(node.indexes)) ? 1 : 0;
      case 'getline':
        return yield* this.#getline(node);
      default:
        return yield* this.#callFunction(node.name, node.args);
    }
  }
  *#binary(node: Extract<AwkExpression, { readonly kind: 'binary' }>): Process<Value> {
    const { operator } = node;
    const left = yield* this.evaluate(node.left);
    if (operator === '&&') return isTrue(left) && isTrue(yield* this.evaluate(node.right)) ? 1 : 0;
    if (operator === '||') return isTrue(left) || isTrue(yield* this.evaluate(node.right)) ? 1 : 0;
    if (operator === '~' || operator === '!~')
      return (yield* this.pattern(node.right)).test(toText(left)) === (operator === '~') ? 1 : 0;
    const right = yield* this.evaluate(node.right);
    if (operator === ' ') return toText(left) + toText(right);
    if (/^[<>=!]/.test(operator)) return compare(operator, left, right) ? 1 : 0;
    return calculate(operator, toNumber(left), toNumber(right));
  }
  *pattern(node: AwkExpression, flags = ''): Process<RegExp> {
    return posixRegExp(node.kind === 'regex' ? node.source : toText(yield* this.evaluate(node)), {
      extended: true,
      flags,
    });
  }
  *#getline(node: Extract<AwkExpression, { readonly kind: 'getline' }>): Process<Value> {
    let line: string | undefined;
    if (node.command || node.file) {
      const source = toText(yield* this.evaluate((node.command ?? node.file) as AwkExpression));
      const reader = yield* this.streams.reader(source, node.command !== undefined);
      if (!reader) return -1;
      line = yield* reader.next();
    } else line = yield* this.#input.next();
    if (line === undefined) return 0;
    if (node.target) yield* this.assignTo(node.target, fromInput(line));
    else this.state.setRecord(line);
    return 1;
  }

  *#callFunction(name: string, args: readonly AwkExpression[]): Process<Value> {
    const own = this.#program.functions.get(name);
    return yield* own ? this.#callOwn(own, args) : callAwkFunction(this, name, args);
  }
  /** Calls a function of the program: arrays are handed over themselves, everything else by value. */
  *#callOwn(
    own: { readonly parameters: readonly string[]; readonly body: AwkStatement },
    args: readonly AwkExpression[],
  ): Process<Value> {
    const parameters = new Map<string, Value | Map<string, Value>>();
    for (const [index, name] of own.parameters.entries()) {
      const arg = args[index];
      const array = arg?.kind === 'variable' ? this.state.arrayIfAny(arg.name) : undefined;
      parameters.set(name, array ?? (arg ? yield* this.evaluate(arg) : ''));
    }
    const leave = this.state.enter(parameters);
    try {
      yield* this.#execute(own.body);
      return '';
    } catch (error) {
      if (error instanceof Return) return error.value;
      throw error;
    } finally {
      leave();
    }
  }
}

/** The code of `exit`. @throws error when it is something else */
function exitCode(error: unknown): number {
  if (!(error instanceof Exit)) throw error;
  return error.code;
}
