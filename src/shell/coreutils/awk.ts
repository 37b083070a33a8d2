import type { Writer } from '../../process/pipe.ts';
import { Pipe } from '../../process/pipe.ts';
import type { Process } from '../../process/process.ts';
import type { ChildProcess } from '../context.ts';
import { openReader, openWriter } from '../files.ts';
import { BytesReader, CollectingWriter, LineReader, writeText } from '../streams.ts';
import { encode } from '../text.ts';
import { type AwkExpression, type AwkProgram, type AwkStatement, parseAwk } from './awk-syntax.ts';
import {
  calculate,
  compare,
  formatOnce,
  fromInput,
  isTrue,
  splitText,
  toNumber,
  toText,
  type Value,
} from './awk-values.ts';
import { formatTime } from './dates.ts';
import { posixRegExp } from './posix-regex.ts';
import { type Call, type Utility, UtilityError } from './utility.ts';

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

type Slot = { value: Value } | Map<string, Value>;

export const awk: Utility = {
  names: ['awk', 'gawk', 'mawk'],
  summary: 'Pattern scanning and processing language',
  usage: '[OPTIONS] [AWK_PROGRAM] [FILE]...',
  *run(call) {
    const words = [...call.args];
    const machine = new AwkMachine(call);
    let source: string | undefined;
    while (words[0] !== undefined && /^-./.test(words[0])) {
      const word = words.shift() ?? '';
      if (word === '--') break;
      const value = () => word.slice(2) || (words.shift() ?? '');
      if (word.startsWith('-F')) machine.set('FS', unescapeSeparator(value()));
      else if (word.startsWith('-v')) machine.assignText(value());
      else if (word.startsWith('-f'))
        source = (source === undefined ? '' : `${source}\n`) + (yield* call.text([value()]));
      else throw new UtilityError(`unrecognized option: ${word.slice(1, 2)}`);
    }
    source ??= words.shift();
    if (source === undefined) throw new UtilityError('no program given');
    return yield* machine.run(parseAwk(source), words);
  },
};

const unescapeSeparator = (text: string) => (text === 't' ? '\t' : text.replace(/\\t/g, '\t').replace(/\\n/g, '\n'));

class AwkMachine {
  readonly #call: Call;
  readonly #globals = new Map<string, Slot>();
  #locals: Map<string, Slot> | undefined;
  #program: AwkProgram = { begin: [], end: [], rules: [], functions: new Map() };
  #record = '';
  #fields: Value[] | undefined = [];
  #recordStale = false;
  #files: string[] = [];
  #lines: LineReader | undefined;
  #opened = false;
  readonly #active = new Set<number>();
  readonly #writers = new Map<string, Writer>();
  readonly #children: ChildProcess[] = [];
  readonly #readers = new Map<string, LineReader>();

  constructor(call: Call) {
    this.#call = call;
    for (const [name, value] of Object.entries({
      FS: ' ',
      OFS: ' ',
      ORS: '\n',
      RS: '\n',
      NR: 0,
      NF: 0,
      FNR: 0,
      SUBSEP: '\x1c',
      RSTART: 0,
      RLENGTH: -1,
      FILENAME: '',
      CONVFMT: '%.6g',
      OFMT: '%.6g',
    }))
      this.set(name, value);
    this.#globals.set('ENVIRON', new Map([...call.context.env].map(([name, value]) => [name, fromInput(value)])));
  }
  assignText(text: string): void {
    const equals = text.indexOf('=');
    this.set(
      text.slice(0, equals),
      fromInput(
        text
          .slice(equals + 1)
          .replace(/\\t/g, '\t')
          .replace(/\\n/g, '\n'),
      ),
    );
  }

  *run(program: AwkProgram, words: readonly string[]): Process<number> {
    this.#program = program;
    this.#files = [...words];
    this.#globals.set('ARGV', new Map(['awk', ...words].map((word, index) => [String(index), fromInput(word)])));
    this.set('ARGC', words.length + 1);
    let code = 0;
    try {
      for (const block of program.begin) yield* this.#execute(block);
      if (program.rules.length > 0 || program.end.length > 0) while (yield* this.#nextRecord()) yield* this.#runRules();
    } catch (error) {
      if (!(error instanceof Exit)) throw error;
      code = error.code;
    }
    try {
      for (const block of program.end) yield* this.#execute(block);
    } catch (error) {
      if (!(error instanceof Exit)) throw error;
      code = error.code;
    }
    for (const writer of this.#writers.values()) writer.close();
    for (const child of this.#children) yield* child.wait();
    return code || this.#call.status;
  }
  *#runRules(): Process<void> {
    try {
      for (const [index, rule] of this.#program.rules.entries()) {
        if (!(yield* this.#selected(index))) continue;
        if (rule.action) yield* this.#execute(rule.action);
        else yield* this.#call.out(this.#text(this.#getField(0)) + this.#text(this.get('ORS')));
      }
    } catch (error) {
      if (!(error instanceof Next)) throw error;
    }
  }
  *#selected(index: number): Process<boolean> {
    const rule = this.#program.rules[index];
    if (!rule?.pattern) return true;
    if (!rule.last) return isTrue(yield* this.#evaluate(rule.pattern));
    if (!this.#active.has(index)) {
      if (!isTrue(yield* this.#evaluate(rule.pattern))) return false;
      this.#active.add(index);
    }
    if (isTrue(yield* this.#evaluate(rule.last))) this.#active.delete(index);
    return true;
  }

  *#nextRecord(): Process<boolean> {
    const record = yield* this.#readRecord();
    if (record === undefined) return false;
    this.#setRecord(record);
    return true;
  }
  *#readRecord(): Process<string | undefined> {
    for (;;) {
      if (!this.#lines) {
        const file = this.#files.shift();
        if (file === undefined && this.#opened) return undefined;
        if (file !== undefined && /^[A-Za-z_]\w*=/.test(file)) {
          this.assignText(file);
          continue;
        }
        this.#opened = true;
        const reader = yield* this.#call.tryOpen(file ?? '-');
        if (!reader) {
          this.#call.status = 2;
          continue;
        }
        this.#lines = new LineReader(reader, this.#separator());
        this.set('FILENAME', file ?? '');
        this.set('FNR', 0);
      }
      const line = this.#text(this.get('RS')) === '' ? yield* this.#paragraph(this.#lines) : yield* this.#lines.next();
      if (line !== undefined && !(this.#separator() !== 10 && line === '\n')) {
        this.set('NR', toNumber(this.get('NR')) + 1);
        this.set('FNR', toNumber(this.get('FNR')) + 1);
        return this.#separator() === 10 || this.#lines.terminated ? line : line.replace(/\n$/, '');
      }
      this.#lines = undefined;
    }
  }
  #separator(): number {
    const separator = this.#text(this.get('RS'));
    return separator === '' ? 10 : separator.charCodeAt(0);
  }
  *#paragraph(lines: LineReader): Process<string | undefined> {
    const rows: string[] = [];
    for (let line = yield* lines.next(); line !== undefined; line = yield* lines.next()) {
      if (line !== '') rows.push(line);
      else if (rows.length > 0) break;
    }
    return rows.length === 0 ? undefined : rows.join('\n');
  }
  #setRecord(text: string): void {
    this.#record = text;
    this.#recordStale = false;
    this.#fields = undefined;
  }
  #split(): Value[] {
    this.#fields ??= splitText(this.#record, this.#text(this.get('FS')), this.#text(this.get('RS')) === '').map(
      fromInput,
    );
    return this.#fields;
  }
  #getField(index: number): Value {
    if (index < 0) throw new UtilityError('cmd. line:1: Access to negative field', 2);
    if (index > 0) return this.#split()[index - 1] ?? '';
    if (this.#recordStale) {
      this.#record = this.#split()
        .map((value) => this.#text(value))
        .join(this.#text(this.get('OFS')));
      this.#recordStale = false;
    }
    return fromInput(this.#record);
  }
  #setField(index: number, value: Value): void {
    if (index === 0) return this.#setRecord(this.#text(value));
    const fields = this.#split();
    while (fields.length < index) fields.push('');
    fields[index - 1] = value;
    this.#recordStale = true;
  }

  #text(value: Value): string {
    return toText(value);
  }
  #slot(name: string): Slot | undefined {
    return this.#locals?.get(name) ?? this.#globals.get(name);
  }
  get(name: string): Value {
    if (name === 'NF') return this.#split().length;
    const slot = this.#slot(name);
    return slot && !(slot instanceof Map) ? slot.value : '';
  }
  set(name: string, value: Value): void {
    if (name === 'NF' && this.#globals.has('NF')) {
      const fields = this.#split();
      const length = toNumber(value);
      while (fields.length < length) fields.push('');
      fields.length = length;
      this.#recordStale = true;
      return;
    }
    const scope = this.#locals?.has(name) ? this.#locals : this.#globals;
    const slot = scope.get(name);
    if (slot && !(slot instanceof Map)) slot.value = value;
    else scope.set(name, { value });
  }
  #array(name: string): Map<string, Value> {
    const slot = this.#slot(name);
    if (slot instanceof Map) return slot;
    const array = new Map<string, Value>();
    (this.#locals?.has(name) ? this.#locals : this.#globals).set(name, array);
    return array;
  }

  *#execute(statement: AwkStatement): Process<void> {
    switch (statement.kind) {
      case 'block':
        for (const each of statement.body) yield* this.#execute(each);
        return;
      case 'expression':
        yield* this.#evaluate(statement.expression);
        return;
      case 'print':
      case 'printf':
        return yield* this.#print(statement);
      case 'if':
        if (isTrue(yield* this.#evaluate(statement.test))) yield* this.#execute(statement.yes);
        else if (statement.no) yield* this.#execute(statement.no);
        return;
      case 'while':
        if (!statement.first && !(yield* this.#iteration(statement.body))) return;
        while (isTrue(yield* this.#evaluate(statement.test))) if (!(yield* this.#iteration(statement.body))) return;
        return;
      case 'for':
        if (statement.initial) yield* this.#execute(statement.initial);
        while (!statement.test || isTrue(yield* this.#evaluate(statement.test))) {
          if (!(yield* this.#iteration(statement.body))) return;
          if (statement.step) yield* this.#execute(statement.step);
        }
        return;
      case 'for-in':
        for (const key of [...this.#array(statement.array).keys()]) {
          this.set(statement.name, fromInput(key));
          if (!(yield* this.#iteration(statement.body))) return;
        }
        return;
      case 'next':
        throw new Next();
      case 'break':
      case 'continue':
        throw new LoopControl(statement.kind);
      case 'exit':
        throw new Exit(statement.value ? toNumber(yield* this.#evaluate(statement.value)) : 0);
      case 'return':
        throw new Return(statement.value ? yield* this.#evaluate(statement.value) : '');
      case 'delete':
        if (statement.indexes) this.#array(statement.name).delete(yield* this.#key(statement.indexes));
        else this.#array(statement.name).clear();
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
    for (const arg of statement.args) values.push(yield* this.#evaluate(arg));
    const text =
      statement.kind === 'printf'
        ? formatOnce(values.map((value) => this.#text(value)))
        : (values.length === 0
            ? this.#text(this.#getField(0))
            : values.map((value) => toText(value, this.#text(this.get('OFMT')))).join(this.#text(this.get('OFS')))) +
          this.#text(this.get('ORS'));
    if (!statement.redirect) return yield* this.#call.out(text);
    const target = this.#text(yield* this.#evaluate(statement.redirect.target));
    yield* writeText(this.#writer(statement.redirect.operator, target), text);
  }
  #writer(operator: string, target: string): Writer {
    const open = this.#writers.get(target);
    if (open) return open;
    let writer: Writer;
    if (operator === '|') {
      const pipe = new Pipe();
      this.#children.push(this.#call.context.processes.spawn({ argv: ['sh', '-c', target], stdin: pipe.reader }));
      writer = pipe.writer;
    } else writer = openWriter(this.#call.context, target, { append: operator === '>>' });
    this.#writers.set(target, writer);
    return writer;
  }

  *#key(indexes: readonly AwkExpression[]): Process<string> {
    const parts: string[] = [];
    for (const index of indexes) parts.push(this.#text(yield* this.#evaluate(index)));
    return parts.join(this.#text(this.get('SUBSEP')));
  }
  *#assignTo(target: AwkExpression, value: Value): Process<void> {
    if (target.kind === 'variable') this.set(target.name, value);
    else if (target.kind === 'element') this.#array(target.name).set(yield* this.#key(target.indexes), value);
    else if (target.kind === 'field') this.#setField(toNumber(yield* this.#evaluate(target.index)), value);
  }

  *#evaluate(node: AwkExpression): Process<Value> {
    switch (node.kind) {
      case 'number':
      case 'string':
        return node.value;
      case 'regex':
        return posixRegExp(node.source, { extended: true }).test(this.#text(this.#getField(0))) ? 1 : 0;
      case 'variable':
        return this.get(node.name);
      case 'element': {
        const array = this.#array(node.name);
        const key = yield* this.#key(node.indexes);
        const value = array.get(key);
        if (value === undefined) array.set(key, '');
        return value ?? '';
      }
      case 'field':
        return this.#getField(toNumber(yield* this.#evaluate(node.index)));
      case 'assign': {
        const value = yield* this.#evaluate(node.value);
        const result =
          node.operator === '='
            ? value
            : calculate(node.operator.slice(0, -1), toNumber(yield* this.#evaluate(node.target)), toNumber(value));
        yield* this.#assignTo(node.target, result);
        return result;
      }
      case 'step': {
        const before = toNumber(yield* this.#evaluate(node.target));
        const after = before + (node.operator === '++' ? 1 : -1);
        yield* this.#assignTo(node.target, after);
        return node.prefix ? after : before;
      }
      case 'unary': {
        const value = yield* this.#evaluate(node.operand);
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
        return yield* this.#evaluate(isTrue(yield* this.#evaluate(node.test)) ? node.yes : node.no);
      case 'in':
        return this.#array(node.name).has(yield* this.#key(node.indexes)) ? 1 : 0;
      case 'getline':
        return yield* this.#getline(node);
      default:
        return yield* this.#callFunction(node.name, node.args);
    }
  }
  *#binary(node: Extract<AwkExpression, { readonly kind: 'binary' }>): Process<Value> {
    const { operator } = node;
    const left = yield* this.#evaluate(node.left);
    if (operator === '&&') return isTrue(left) && isTrue(yield* this.#evaluate(node.right)) ? 1 : 0;
    if (operator === '||') return isTrue(left) || isTrue(yield* this.#evaluate(node.right)) ? 1 : 0;
    if (operator === '~' || operator === '!~')
      return (yield* this.#pattern(node.right)).test(this.#text(left)) === (operator === '~') ? 1 : 0;
    const right = yield* this.#evaluate(node.right);
    if (operator === ' ') return this.#text(left) + this.#text(right);
    if (/^[<>=!]/.test(operator)) return compare(operator, left, right) ? 1 : 0;
    return calculate(operator, toNumber(left), toNumber(right));
  }
  *#pattern(node: AwkExpression, flags = ''): Process<RegExp> {
    return posixRegExp(node.kind === 'regex' ? node.source : this.#text(yield* this.#evaluate(node)), {
      extended: true,
      flags,
    });
  }
  *#getline(node: Extract<AwkExpression, { readonly kind: 'getline' }>): Process<Value> {
    let line: string | undefined;
    if (node.command || node.file) {
      const source = this.#text(yield* this.#evaluate((node.command ?? node.file) as AwkExpression));
      const reader = this.#readers.get(source) ?? (yield* this.#openSource(source, node.command !== undefined));
      if (!reader) return -1;
      this.#readers.set(source, reader);
      line = yield* reader.next();
    } else line = yield* this.#readRecord();
    if (line === undefined) return 0;
    if (node.target) yield* this.#assignTo(node.target, fromInput(line));
    else this.#setRecord(line);
    return 1;
  }
  *#openSource(source: string, command: boolean): Process<LineReader | undefined> {
    if (!command)
      return this.#call.context.fs.exists(this.#call.path(source))
        ? new LineReader(openReader(this.#call.context, source))
        : undefined;
    const output = new CollectingWriter();
    yield* this.#call.context.processes.spawn({ argv: ['sh', '-c', source], stdout: output }).wait();
    return new LineReader(new BytesReader(encode(output.text())));
  }

  *#callFunction(name: string, args: readonly AwkExpression[]): Process<Value> {
    const own = this.#program.functions.get(name);
    if (own) return yield* this.#callOwn(own, args);
    const [first, second, third] = args;
    const text = function* (this: AwkMachine, node: AwkExpression | undefined): Process<string> {
      return node ? this.#text(yield* this.#evaluate(node)) : '';
    }.bind(this);
    const number = function* (this: AwkMachine, node: AwkExpression | undefined): Process<number> {
      return node ? toNumber(yield* this.#evaluate(node)) : 0;
    }.bind(this);
    switch (name) {
      case 'length': {
        const slot = first?.kind === 'variable' ? this.#slot(first.name) : undefined;
        if (slot instanceof Map) return slot.size;
        return [...(first ? yield* text(first) : this.#text(this.#getField(0)))].length;
      }
      case 'substr': {
        const source = yield* text(first);
        const start = Math.round(yield* number(second));
        const stop = third ? start + Math.round(yield* number(third)) : Number.POSITIVE_INFINITY;
        return source.slice(Math.max(0, start - 1), Math.max(0, stop - 1));
      }
      case 'index':
        return (yield* text(first)).indexOf(yield* text(second)) + 1;
      case 'split':
        return yield* this.#splitInto(yield* text(first), second, third);
      case 'sub':
      case 'gsub':
        return yield* this.#substitute(name === 'gsub', args);
      case 'match': {
        const source = yield* text(first);
        const match = second ? (yield* this.#pattern(second)).exec(source) : null;
        this.set('RSTART', match ? match.index + 1 : 0);
        this.set('RLENGTH', match ? match[0].length : -1);
        return match ? match.index + 1 : 0;
      }
      case 'sprintf': {
        const values: string[] = [];
        for (const arg of args) values.push(yield* text(arg));
        return formatOnce(values);
      }
      case 'toupper':
        return (yield* text(first)).toUpperCase();
      case 'tolower':
        return (yield* text(first)).toLowerCase();
      case 'int':
        return Math.trunc(yield* number(first));
      case 'sqrt':
        return Math.sqrt(yield* number(first));
      case 'exp':
        return Math.exp(yield* number(first));
      case 'log':
        return Math.log(yield* number(first));
      case 'sin':
        return Math.sin(yield* number(first));
      case 'cos':
        return Math.cos(yield* number(first));
      case 'atan2':
        return Math.atan2(yield* number(first), yield* number(second));
      case 'rand':
        return this.#call.context.random();
      case 'srand':
        return 0;
      case 'systime':
        return Math.floor(this.#call.context.now() / 1000);
      case 'strftime':
        return formatTime(
          first ? yield* text(first) : '%c',
          second ? (yield* number(second)) * 1000 : this.#call.context.now(),
        );
      case 'system': {
        const child = this.#call.context.processes.spawn({ argv: ['sh', '-c', yield* text(first)] });
        return (yield* child.wait()).code;
      }
      case 'close': {
        const target = yield* text(first);
        this.#writers.get(target)?.close();
        this.#writers.delete(target);
        this.#readers.delete(target);
        for (const child of this.#children.splice(0)) yield* child.wait();
        return 0;
      }
      case 'fflush':
        return 0;
      default:
        throw new UtilityError(`cmd. line:1: Call to undefined function`);
    }
  }
  *#splitInto(source: string, target: AwkExpression | undefined, separator: AwkExpression | undefined): Process<Value> {
    if (target?.kind !== 'variable') throw new UtilityError('cmd. line:1: Not an array');
    const pattern =
      separator?.kind === 'regex'
        ? separator.source
        : separator
          ? this.#text(yield* this.#evaluate(separator))
          : this.#text(this.get('FS'));
    const parts = splitText(source, pattern, false, separator?.kind === 'regex');
    const array = this.#array(target.name);
    array.clear();
    for (const [index, part] of parts.entries()) array.set(String(index + 1), fromInput(part));
    return parts.length;
  }
  *#substitute(all: boolean, [pattern, replacement, target]: readonly AwkExpression[]): Process<Value> {
    if (!pattern || !replacement) return 0;
    const place: AwkExpression = target ?? { kind: 'field', index: { kind: 'number', value: 0 } };
    const expression = yield* this.#pattern(pattern, all ? 'g' : '');
    const text = this.#text(yield* this.#evaluate(replacement));
    let count = 0;
    const after = this.#text(yield* this.#evaluate(place)).replace(expression, (match) => {
      count++;
      return text.replace(/\\\\&|\\&|&/g, (sign) => (sign === '&' ? match : '&'));
    });
    if (count > 0) yield* this.#assignTo(place, after);
    return count;
  }
  *#callOwn(
    own: { readonly parameters: readonly string[]; readonly body: AwkStatement },
    args: readonly AwkExpression[],
  ): Process<Value> {
    const locals = new Map<string, Slot>();
    for (const [index, parameter] of own.parameters.entries()) {
      const arg = args[index];
      const slot = arg?.kind === 'variable' ? this.#slot(arg.name) : undefined;
      if (slot instanceof Map) locals.set(parameter, slot);
      else locals.set(parameter, { value: arg ? yield* this.#evaluate(arg) : '' });
    }
    const before = this.#locals;
    this.#locals = locals;
    try {
      yield* this.#execute(own.body);
      return '';
    } catch (error) {
      if (error instanceof Return) return error.value;
      throw error;
    } finally {
      this.#locals = before;
    }
  }
}
