/**
 * The shell: runs syntax trees in a process. Subshells and substitutions are shells of their own over a copy of the state;
 * the commands of a pipeline are processes that run side by side.
 */
import { Pipe } from '../../process/pipe.ts';
import { type Process, sleep, suspend } from '../../process/process.ts';
import { type Signal, signalNumbers } from '../../process/signal.ts';
import { fork } from '../../process/task.ts';
import { type ChildProcess, type ExitStatus, SpawnError } from '../context.ts';
import { FileSystemError } from '../file-system.ts';
import { BufferedReader, BytesReader, CollectingWriter, HeldWriter, writeText } from '../streams.ts';
import { ArithmeticError } from './arithmetic.ts';
import type { AndOr, Assignment, Command, CompoundCommand, Pipeline, Script, SimpleCommand } from './ast.ts';
import type { Builtin } from './builtins/builtin.ts';
import { builtinNamed, specialBuiltins } from './builtins/registry.ts';
import { evaluateConditional } from './conditional.ts';
import { expandArithmetic, expandAssignment, expandPattern, expandString, expandWords } from './expand.ts';
import { FunctionReturn, LoopExit, ShellExit } from './flow.ts';
import { quoteForShell } from './parameter-expansion.ts';
import { Parser, parseAll } from './parser.ts';
import { matchesPattern } from './pattern.ts';
import { SubshellContext } from './subshell-context.ts';
import { encode } from '../text.ts';
import { applyRedirections, RedirectionError, streamsOf } from './redirect.ts';
import { ShellSyntaxError, Source } from './source.ts';
import { type Descriptors, type Job, ShellError, type ShellState, type Streams } from './state.ts';
import { syntaxErrorText } from './syntax-error-text.ts';

/** Commands between two moments in which a busy loop lets time pass. */
const stepsPerSlice = 100;

export class Shell {
  readonly state: ShellState;

  constructor(state: ShellState) {
    this.state = state;
    if (state.descriptors.size === 0) this.#openStandardStreams();
  }

  /** Runs a text command by command, as it is read. Gives the last status. */
  *runText(text: string, options: { readonly tail?: boolean; readonly line?: number } = {}): Process<number> {
    const parser = new Parser(new Source(text, { line: options.line ?? 1 }), { aliases: this.state.aliases });
    for (;;) {
      let script: Script | undefined;
      try {
        script = parser.next();
      } catch (error) {
        if (!(error instanceof ShellSyntaxError)) throw error;
        return yield* this.reportSyntaxError(error);
      }
      if (!script) return this.state.lastStatus;
      const tail = (options.tail ?? false) && this.state.traps.size === 0 && isRestBlank(parser);
      yield* this.runScript(script, tail);
    }
  }
  *reportSyntaxError(error: ShellSyntaxError): Process<number> {
    this.state.line = error.line;
    yield* this.complain(syntaxErrorText(error, this.state.flavour));
    this.state.lastStatus = 2;
    if (!this.state.interactive) throw new ShellExit(2);
    return 2;
  }

  *runScript(script: Script, tail = false): Process<number> {
    for (const [index, item] of script.entries()) {
      yield* this.#runAndOr(item, tail && index === script.length - 1);
    }
    return this.state.lastStatus;
  }

  *#runAndOr(item: AndOr, tail: boolean): Process<void> {
    if (item.background) return yield* this.#runInBackground(item);
    const { rest } = item;
    const last = rest.length;
    yield* this.#runPipeline(item.first, last > 0, tail && last === 0);
    for (const [index, { operator, pipeline }] of rest.entries()) {
      if ((this.state.lastStatus === 0) !== (operator === '&&')) continue;
      yield* this.#runPipeline(pipeline, index < last - 1, tail && index === last - 1);
    }
  }

  *#runPipeline(pipeline: Pipeline, isCondition: boolean, tail: boolean): Process<void> {
    const { state } = this;
    const startedAt = state.context.now();
    const guarded = isCondition || pipeline.negated;
    if (guarded) state.conditionDepth++;
    try {
      const [only] = pipeline.commands;
      if (pipeline.commands.length === 1 && only) {
        yield* this.runCommand(only, tail && !pipeline.negated && !pipeline.timed);
        state.pipeStatuses = [state.lastStatus];
      } else if (only) yield* this.#runPiped(pipeline);
    } finally {
      if (guarded) state.conditionDepth--;
    }
    if (pipeline.negated) state.lastStatus = state.lastStatus === 0 ? 1 : 0;
    if (pipeline.timed) yield* this.#reportTime(state.context.now() - startedAt);
    yield* this.runPendingTraps();
    if (state.lastStatus !== 0 && !guarded && state.conditionDepth === 0) yield* this.#onFailure();
  }

  *#onFailure(): Process<void> {
    const action = this.state.traps.get('ERR');
    if (action && this.state.flavour === 'bash') {
      const status = this.state.lastStatus;
      yield* this.#runTrap(action);
      this.state.lastStatus = status;
    }
    if (this.state.options.has('e')) throw new ShellExit(this.state.lastStatus);
  }

  *#reportTime(elapsedMs: number): Process<void> {
    const minutes = Math.floor(elapsedMs / 60_000);
    const seconds = (elapsedMs % 60_000) / 1000;
    const digits = this.state.flavour === 'bash' ? 3 : 2;
    const format = (m: number, s: number) => `${m}m${this.state.flavour === 'bash' ? '' : ' '}${s.toFixed(digits)}s`;
    const text = `${this.state.flavour === 'bash' ? '\n' : ''}real\t${format(minutes, seconds)}\nuser\t${format(0, 0)}\nsys\t${format(0, 0)}\n`;
    yield* writeText(this.streams.stderr, text);
  }

  /** Runs commands side by side, each reading what the one before writes. */
  *#runPiped(pipeline: Pipeline): Process<void> {
    const { state } = this;
    const { commands } = pipeline;
    const children: ChildProcess[] = [];
    let input = state.descriptors.get(0)?.reader;
    let group: number | 'own' | undefined = state.interactive ? 'own' : undefined;
    for (const [index, command] of commands.entries()) {
      const descriptors = new Map(state.descriptors);
      if (input) descriptors.set(0, { reader: input });
      if (index < commands.length - 1) {
        const pipe = new Pipe();
        descriptors.set(1, { writer: new HeldWriter(pipe.writer) });
        input = new BufferedReader(pipe.reader, { closeWhenReleased: true });
      }
      const child = this.spawnSubshell(descriptors, group, (shell) => shell.runCommand(command, true));
      group = group === 'own' ? child.pid : group;
      children.push(child);
    }
    const statuses = yield* this.#waitForeground(children, typeof group === 'number' ? group : undefined);
    state.pipeStatuses = statuses;
    const failed = statuses.filter((status) => status !== 0);
    const last = statuses[statuses.length - 1] ?? 0;
    state.lastStatus = state.options.has('pipefail') ? (failed[failed.length - 1] ?? 0) : last;
  }

  *#runInBackground(item: AndOr): Process<void> {
    const { state } = this;
    const descriptors = new Map(state.descriptors);
    if (!state.interactive) descriptors.set(0, { reader: new BufferedReader(new BytesReader(new Uint8Array(0))) });
    const child = this.spawnSubshell(descriptors, state.interactive ? 'own' : undefined, function* (shell) {
      return yield* shell.runScript([{ ...item, background: false }], true);
    });
    state.lastBackgroundPid = child.pid;
    state.lastStatus = 0;
    const job: Job = {
      id: Math.max(0, ...state.jobs.map((each) => each.id)) + 1,
      pid: child.pid,
      source: item.source,
      child,
      status: undefined,
    };
    state.jobs.push(job);
    const watch = yield* fork(child.wait(), 'job');
    watch.onSettled((outcome) => {
      job.status = outcome.kind === 'returned' ? outcome.value.code : 137;
    });
    if (state.interactive) yield* writeText(this.streams.stderr, `[${job.id}] ${child.pid}\n`);
  }

  /** Starts a copy of this shell as a process. */
  spawnSubshell(
    descriptors: Descriptors,
    group: number | 'own' | undefined,
    body: (shell: Shell) => Process<number>,
  ): ChildProcess {
    const { stdin, stdout, stderr } = streamsOf(descriptors);
    const { context } = this.state;
    const options = {
      argv: context.argv,
      cwd: context.cwd,
      stdin,
      stdout,
      stderr,
      ...(group === undefined ? {} : { group }),
    };
    const parent = this.state;
    return context.processes.spawnFunction(options, function* (own): Process<number> {
      const state = parent.clone(own);
      state.descriptors = descriptors;
      return yield* new Shell(state).runToExit(body);
    });
  }
  /** Runs a body as a whole shell: `exit` ends it, the EXIT trap follows. */
  *runToExit(body: (shell: Shell) => Process<number>): Process<number> {
    let status: number;
    try {
      status = yield* body(this);
    } catch (error) {
      status = yield* this.#statusOfFlow(error);
    }
    const trap = this.state.traps.get('EXIT');
    if (!trap) return status;
    this.state.traps.delete('EXIT');
    this.state.lastStatus = status;
    try {
      yield* this.runText(trap);
    } catch (error) {
      if (error instanceof ShellExit) return error.status;
      throw error;
    }
    return status;
  }
  *#statusOfFlow(error: unknown): Process<number> {
    if (error instanceof ShellExit || error instanceof FunctionReturn) return error.status;
    if (error instanceof LoopExit) return this.state.lastStatus;
    if (!(error instanceof ShellError || error instanceof ArithmeticError)) throw error;
    yield* this.complain(error.message);
    return error instanceof ShellError ? error.status : this.state.flavour === 'bash' ? 1 : 2;
  }

  /** The output of a script, in a subshell of the same process. */
  *substitute(script: Script): Process<string> {
    const writer = new CollectingWriter();
    const state = this.state.clone(new SubshellContext(this.state.context));
    const descriptors = new Map(this.state.descriptors);
    descriptors.set(1, { writer });
    state.descriptors = descriptors;
    this.state.lastStatus = yield* new Shell(state).runToExit((shell) => shell.runScript(script));
    return writer.text().replace(/\n+$/, '').replace(/\0/g, '');
  }

  /** A file that holds the output of a script: `<(…)`. */
  *substituteFile(script: Script): Process<string> {
    const text = yield* this.substitute(script);
    const { context } = this.state;
    const path = `/tmp/.sh-${context.pid}-${++this.state.substitutions}`;
    context.fs.writeFile(path, encode(text === '' ? '' : `${text}\n`));
    return path;
  }

  *runCommand(command: Command, tail = false): Process<number> {
    this.state.line = command.line;
    try {
      if (command.kind === 'simple') yield* this.#runSimple(command, tail);
      else if (command.kind === 'function') {
        this.state.functions.set(command.name, command.body);
        this.state.lastStatus = 0;
      } else yield* this.#runCompound(command, tail);
    } catch (error) {
      if (error instanceof RedirectionError && command.kind !== 'simple') {
        yield* this.complain(error.message);
        this.state.lastStatus = 1;
      } else if ((error instanceof ShellError || error instanceof ArithmeticError) && this.state.interactive) {
        yield* this.complain(error.message);
        this.state.lastStatus = error instanceof ShellError ? error.status : 1;
      } else throw error;
    }
    return this.state.lastStatus;
  }

  *#runCompound(command: Extract<Command, { readonly kind: 'compound' }>, tail: boolean): Process<void> {
    const before = this.state.descriptors;
    const after = yield* applyRedirections(this, command.redirections, before);
    this.state.descriptors = after;
    try {
      yield* this.#runBody(command.command, tail && after === before);
    } finally {
      this.state.descriptors = before;
    }
  }

  *#runBody(command: CompoundCommand, tail: boolean): Process<void> {
    switch (command.kind) {
      case 'group':
        yield* this.runScript(command.body, tail);
        return;
      case 'subshell':
        return yield* this.#runSubshell(command.body, tail);
      case 'if':
        return yield* this.#runIf(command, tail);
      case 'for':
        return yield* this.#runFor(command);
      case 'arithmetic-for':
        return yield* this.#runArithmeticFor(command);
      case 'while':
        return yield* this.#runWhile(command);
      case 'case':
        return yield* this.#runCase(command, tail);
      case 'arithmetic-command':
        this.state.lastStatus = (yield* expandArithmetic(this, command.expression)) === 0n ? 1 : 0;
        return;
      case 'conditional':
        this.state.lastStatus = (yield* evaluateConditional(this, command.expression)) ? 0 : 1;
    }
  }

  /** As the last deed of a process a subshell needs no process of its own. */
  *#runSubshell(body: Script, tail: boolean): Process<void> {
    if (tail && !(this.state.context instanceof SubshellContext)) {
      yield* this.runScript(body, true);
      return;
    }
    const state = this.state.clone(new SubshellContext(this.state.context));
    this.state.lastStatus = yield* new Shell(state).runToExit((shell) => shell.runScript(body));
    yield* this.runPendingTraps();
  }
  /** Runs a list whose failure decides something. */
  *#condition(script: Script): Process<boolean> {
    this.state.conditionDepth++;
    try {
      return (yield* this.runScript(script)) === 0;
    } finally {
      this.state.conditionDepth--;
    }
  }
  *#runIf(command: Extract<CompoundCommand, { readonly kind: 'if' }>, tail: boolean): Process<void> {
    for (const { condition, body } of command.branches) {
      if (yield* this.#condition(condition)) {
        yield* this.runScript(body, tail);
        return;
      }
    }
    if (command.otherwise) yield* this.runScript(command.otherwise, tail);
    else this.state.lastStatus = 0;
  }
  *#runFor(command: Extract<CompoundCommand, { readonly kind: 'for' }>): Process<void> {
    const values = command.words ? yield* expandWords(this, command.words) : this.state.positional;
    this.state.lastStatus = 0;
    for (const value of values) {
      this.state.set(command.name, value);
      if (!(yield* this.#iteration(command.body))) break;
    }
  }
  *#runArithmeticFor(command: Extract<CompoundCommand, { readonly kind: 'arithmetic-for' }>): Process<void> {
    yield* expandArithmetic(this, command.initial);
    while (command.condition.length === 0 || (yield* expandArithmetic(this, command.condition)) !== 0n) {
      if (!(yield* this.#iteration(command.body))) break;
      yield* expandArithmetic(this, command.step);
    }
  }
  *#runWhile(command: Extract<CompoundCommand, { readonly kind: 'while' }>): Process<void> {
    let status = 0;
    for (;;) {
      const go = { met: false };
      const on = yield* this.#guardLoop(
        function* (this: Shell): Process<void> {
          go.met = yield* this.#condition(command.condition);
        }.call(this),
      );
      if (!on || go.met === command.until) break;
      const proceed = yield* this.#iteration(command.body);
      status = this.state.lastStatus;
      if (!proceed) break;
    }
    this.state.lastStatus = status;
  }
  /** Runs a loop's body once; false when the loop ends. */
  *#iteration(body: Script): Process<boolean> {
    yield* this.#step();
    return yield* this.#guardLoop(this.runScript(body));
  }
  *#guardLoop(body: Process<unknown>): Process<boolean> {
    this.state.loopDepth++;
    try {
      yield* body;
      return true;
    } catch (error) {
      if (!(error instanceof LoopExit)) throw error;
      this.state.lastStatus = 0;
      if (error.levels > 1 && this.state.loopDepth > 1) {
        error.levels--;
        throw error;
      }
      return error.kind === 'continue';
    } finally {
      this.state.loopDepth--;
    }
  }
  *#runCase(command: Extract<CompoundCommand, { readonly kind: 'case' }>, tail: boolean): Process<void> {
    const word = yield* expandString(this, command.word);
    this.state.lastStatus = 0;
    let falling = false;
    for (const item of command.items) {
      let matched = falling;
      for (const pattern of matched ? [] : item.patterns) {
        matched ||= matchesPattern(word, yield* expandPattern(this, pattern));
      }
      if (!matched) continue;
      yield* this.runScript(item.body, tail && item.end === ';;');
      if (item.end === ';;') return;
      falling = item.end === ';&';
    }
  }

  /** Lets virtual time pass in a loop that never waits. */
  *#step(): Process<void> {
    const { state } = this;
    if (++state.steps % stepsPerSlice !== 0) return;
    if (++state.busyRounds === 5) state.context.use?.({ cpuMilli: 1000 });
    yield* sleep(Math.min(1 + Math.floor(state.busyRounds / 60), 50));
  }
  #notBusy(): void {
    if (this.state.busyRounds >= 5) this.state.context.use?.({ cpuMilli: 0 });
    this.state.busyRounds = 0;
  }

  *#runSimple(command: SimpleCommand, tail: boolean): Process<void> {
    const { state } = this;
    const words = yield* expandWords(this, command.words);
    if (words.length === 0) return yield* this.#runAssignments(command);
    const [name = ''] = words;
    const shellFunction = state.functions.get(name);
    const builtin = shellFunction ? undefined : builtinNamed(name, state.flavour);
    const special = specialBuiltins.has(name);
    let descriptors: Descriptors;
    try {
      descriptors = yield* applyRedirections(this, command.redirections, state.descriptors);
    } catch (error) {
      if (!(error instanceof RedirectionError) || (special && !state.interactive && state.flavour !== 'bash'))
        throw error;
      yield* this.complain(error.message);
      state.lastStatus = error.status;
      return;
    }
    const assigned = yield* this.#expandAssignments(command.assignments);
    yield* this.#trace([...assigned.map(([key, value]) => `${key}=${value}`)], words);
    if (name === 'exec') return yield* this.#exec(words, assigned, descriptors);
    const temporary = special && state.flavour !== 'bash' ? [] : assigned;
    if (special && state.flavour !== 'bash') for (const [key, value] of assigned) state.set(key, value);
    if (shellFunction)
      state.lastStatus = yield* this.#withTemporary(
        temporary,
        descriptors,
        this.callFunction(name, shellFunction, words.slice(1)),
      );
    else if (builtin)
      state.lastStatus = yield* this.#withTemporary(temporary, descriptors, this.#runBuiltin(builtin, words));
    else state.lastStatus = yield* this.#runExternal(words, assigned, descriptors, tail);
  }

  *#runAssignments(command: SimpleCommand): Process<void> {
    const status = this.state.lastStatus;
    this.state.lastStatus = 0;
    for (const assignment of command.assignments) {
      this.state.lastStatus = 0;
      yield* this.assign(assignment);
    }
    const substituted = command.assignments.some((each) => hasCommand(each.value)) || command.words.some(hasCommand);
    if (!substituted) this.state.lastStatus = command.assignments.length + command.redirections.length > 0 ? 0 : status;
    try {
      yield* applyRedirections(this, command.redirections, this.state.descriptors);
    } catch (error) {
      if (!(error instanceof RedirectionError)) throw error;
      yield* this.complain(error.message);
      this.state.lastStatus = 1;
    }
    const texts = command.assignments.map((each) => `${each.name}=${this.state.get(each.name) ?? ''}`);
    yield* this.#trace(texts, []);
  }
  /** Performs one assignment. */
  *assign(assignment: Assignment): Process<void> {
    const { state } = this;
    if (assignment.elements) {
      const before = assignment.append ? state.elements(assignment.name) : [];
      state.setArray(assignment.name, [...before, ...(yield* expandWords(this, assignment.elements))]);
      return;
    }
    const value = yield* expandAssignment(this, assignment.value);
    if (assignment.index) {
      const index = Number(yield* expandArithmetic(this, assignment.index));
      const before = assignment.append ? (state.elements(assignment.name)[index] ?? '') : '';
      state.setElement(assignment.name, index, before + value);
    } else state.set(assignment.name, assignment.append ? (state.get(assignment.name) ?? '') + value : value);
  }
  *#expandAssignments(assignments: readonly Assignment[]): Process<[string, string][]> {
    const out: [string, string][] = [];
    for (const assignment of assignments) {
      const value = yield* expandAssignment(this, assignment.value);
      out.push([assignment.name, assignment.append ? (this.state.get(assignment.name) ?? '') + value : value]);
    }
    return out;
  }
  *#trace(assignments: readonly string[], words: readonly string[]): Process<void> {
    if (!this.state.options.has('x')) return;
    const prefix = this.state.get('PS4') ?? '+ ';
    const text = [...assignments, ...words.map((word) => quoteForShell(word))].join(' ');
    yield* writeText(this.streams.stderr, `${prefix}${text}\n`);
  }

  /** Runs words as a builtin or program, past the functions: what `command` does. */
  *runWords(words: readonly string[]): Process<number> {
    const builtin = builtinNamed(words[0] ?? '', this.state.flavour);
    if (words[0] === 'exec') throw new ShellExit(yield* this.#replaceBy(words.slice(1), [], this.state.descriptors));
    if (builtin) return yield* this.#runBuiltin(builtin, words);
    return yield* this.#runExternal(words, [], this.state.descriptors, false);
  }

  /** Runs a body with variables and descriptors that last as long as it. */
  *#withTemporary(
    assigned: readonly [string, string][],
    descriptors: Descriptors,
    body: Process<number>,
  ): Process<number> {
    const { state } = this;
    const before = state.descriptors;
    const saved = assigned.map(([name]) => [name, state.variables.get(name)] as const);
    for (const [name, value] of assigned) {
      state.variables.set(name, { value, exported: true, readonly: false });
    }
    state.descriptors = descriptors;
    try {
      return yield* body;
    } finally {
      state.descriptors = before;
      for (const [name, variable] of saved) {
        if (variable) state.variables.set(name, variable);
        else state.variables.delete(name);
      }
    }
  }

  /** Calls a function of the script. */
  *callFunction(name: string, body: Command, args: readonly string[]): Process<number> {
    const { state } = this;
    if (state.functionNames.length > 1000) throw new ShellError(`${name}: maximum function nesting level exceeded`);
    const { positional, functionNames, loopDepth } = state;
    state.positional = args;
    state.functionNames = [name, ...functionNames];
    state.loopDepth = 0;
    state.scopes.push(new Map());
    try {
      return yield* this.runCommand(body);
    } catch (error) {
      if (error instanceof FunctionReturn) return error.status;
      throw error;
    } finally {
      state.leaveScope();
      state.positional = positional;
      state.functionNames = functionNames;
      state.loopDepth = loopDepth;
    }
  }

  *#runBuiltin(builtin: Builtin, words: readonly string[]): Process<number> {
    yield* this.#step();
    try {
      return yield* builtin(this, words, this.streams);
    } catch (error) {
      if (!(error instanceof FileSystemError)) throw error;
      yield* this.complain(`${words[0]}: ${error.message}`);
      return 1;
    }
  }

  *#exec(words: readonly string[], assigned: readonly [string, string][], descriptors: Descriptors): Process<void> {
    this.state.descriptors = descriptors;
    this.state.lastStatus = 0;
    const rest = words[1] === '-a' ? words.slice(3) : words.slice(1);
    if (rest.length === 0) return;
    for (const [name, value] of assigned) this.state.set(name, value);
    throw new ShellExit(yield* this.#replaceBy(rest, [], descriptors));
  }

  /** Puts a program into this process. */
  *#replaceBy(
    words: readonly string[],
    assigned: readonly [string, string][],
    descriptors: Descriptors,
  ): Process<number> {
    const options = this.#spawnOptions(words, assigned, descriptors);
    let program: Process<number>;
    try {
      program = this.state.context.exec(options);
    } catch (error) {
      return yield* this.#spawnFailure(error, words, assigned, descriptors);
    }
    return yield* program;
  }

  #spawnOptions(words: readonly string[], assigned: readonly [string, string][], descriptors: Descriptors) {
    const env = this.state.environment();
    for (const [name, value] of assigned) env.set(name, value);
    return { argv: words, env, cwd: this.state.context.cwd, ...streamsOf(descriptors) };
  }

  /** Runs a program and waits for it; as the last deed of a process it takes the process over. */
  *#runExternal(
    words: readonly string[],
    assigned: readonly [string, string][],
    descriptors: Descriptors,
    tail: boolean,
  ): Process<number> {
    this.#notBusy();
    if (
      tail &&
      this.state.traps.size === 0 &&
      !this.state.interactive &&
      !(this.state.context instanceof SubshellContext)
    ) {
      return yield* this.#replaceBy(words, assigned, descriptors);
    }
    const group = this.state.interactive && !this.state.isSubshell ? ({ group: 'own' } as const) : {};
    let child: ChildProcess;
    try {
      child = this.state.context.processes.spawn({ ...this.#spawnOptions(words, assigned, descriptors), ...group });
    } catch (error) {
      return yield* this.#spawnFailure(error, words, assigned, descriptors);
    }
    const [status = 0] = yield* this.#waitForeground([child], group.group ? child.pid : undefined);
    return status;
  }

  /** Says why a program did not start; a text file without `#!` runs as a script. */
  *#spawnFailure(
    error: unknown,
    words: readonly string[],
    assigned: readonly [string, string][],
    descriptors: Descriptors,
  ): Process<number> {
    if (!(error instanceof SpawnError)) throw error;
    const [name = ''] = words;
    if (error.code === 'ENOEXEC') {
      const interpreter = this.state.flavour === 'bash' ? 'bash' : 'sh';
      return yield* this.#runExternal([interpreter, ...words], assigned, descriptors, false);
    }
    const bash = this.state.flavour === 'bash';
    const directory = error.message.endsWith('is a directory');
    const missing = bash ? (name.includes('/') ? 'No such file or directory' : 'command not found') : 'not found';
    const reason = error.code === 'ENOENT' ? missing : bash && directory ? 'Is a directory' : 'Permission denied';
    const before = this.state.descriptors;
    this.state.descriptors = descriptors;
    yield* this.complain(`${name}: ${reason}`);
    this.state.descriptors = before;
    return error.code === 'ENOENT' ? 127 : 126;
  }

  /** Waits for processes in the foreground; says so when a signal ended one. */
  *#waitForeground(children: readonly ChildProcess[], group: number | undefined): Process<number[]> {
    const { tty } = this.state.context;
    if (group !== undefined) tty?.setForeground(group);
    const statuses: ExitStatus[] = [];
    try {
      for (const child of children) statuses.push(yield* child.wait());
    } finally {
      if (group !== undefined) tty?.setForeground(this.state.context.pid);
    }
    const last = statuses[statuses.length - 1];
    if (last?.signal) yield* this.#reportSignal(last.signal);
    return statuses.map((status) => status.code);
  }
  *#reportSignal(signal: Signal): Process<void> {
    if (signal === 'SIGINT' && this.state.interactive) yield* writeText(this.streams.stderr, '\n');
    const text = signalTexts[signal];
    if (text && !this.state.isSubshell) yield* writeText(this.streams.stderr, `${text}\n`);
  }

  /** Waits for a job; a trap interrupts it, as the status 128 + n says. */
  *waitFor(job: Job): Process<number> {
    const { state } = this;
    if (job.status !== undefined) return job.status;
    const task = yield* fork(job.child.wait(), 'wait');
    const interrupted = yield* suspend<boolean>((resume) => {
      task.onSettled(() => resume(false));
      state.wakeWait = () => resume(true);
    });
    state.wakeWait = undefined;
    if (!interrupted) return task.outcome?.kind === 'returned' ? task.outcome.value.code : 137;
    task.kill('interrupted');
    const [signal] = state.pendingTraps;
    return 128 + (signalNumbers[`SIG${signal}` as Signal] ?? 0);
  }

  *runPendingTraps(): Process<void> {
    while (this.state.pendingTraps.length > 0) {
      const name = this.state.pendingTraps.shift() ?? '';
      const action = this.state.traps.get(name);
      if (!action) continue;
      const status = this.state.lastStatus;
      yield* this.#runTrap(action);
      this.state.lastStatus = status;
    }
  }
  *#runTrap(action: string): Process<void> {
    yield* this.runScript(parseAll(action));
  }

  /** Writes an error as this shell words it. */
  *complain(message: string): Process<void> {
    yield* writeText(this.streams.stderr, `${this.errorPrefix()}${message}\n`);
  }
  errorPrefix(): string {
    const { name, line, flavour, interactive, scriptFile } = this.state;
    if (flavour === 'bash') return interactive ? 'bash: ' : `${name}: line ${line}: `;
    if (flavour === 'dash') return `${name}: ${line}: `;
    return scriptFile ? `${name}: line ${line}: ` : `${name}: `;
  }
  get streams(): Streams {
    return streamsOf(this.state.descriptors);
  }

  #openStandardStreams(): void {
    const { stdin, stdout, stderr } = this.state.context;
    this.state.descriptors = new Map([
      [0, { reader: stdin instanceof BufferedReader ? stdin : new BufferedReader(stdin) }],
      [1, { writer: stdout }],
      [2, { writer: stderr }],
    ]);
  }
}

const signalTexts: Partial<Record<Signal, string>> = {
  SIGKILL: 'Killed',
  SIGTERM: 'Terminated',
  SIGSEGV: 'Segmentation fault',
  SIGHUP: 'Hangup',
  SIGQUIT: 'Quit',
};

function hasCommand(word: SimpleCommand['words'][number]): boolean {
  return word.some((part) => part.kind === 'command' || (part.kind === 'double' && hasCommand(part.parts)));
}

function isRestBlank(parser: Parser): boolean {
  return (parser.source.match(/\s*/y)?.length ?? 0) === parser.source.remaining;
}
