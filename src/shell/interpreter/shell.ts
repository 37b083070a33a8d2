/**
 * The shell: runs syntax trees in a process. Subshells and substitutions are shells of their own over a copy of the state;
 * the commands of a pipeline are processes that run side by side.
 */
import { Pipe, type Writer } from '../../process/pipe.ts';
import type { Process } from '../../process/process.ts';
import { fork } from '../../process/task.ts';
import type { ChildProcess } from '../context.ts';
import { BufferedReader, BytesReader, CollectingWriter, HeldWriter, writeText } from '../streams.ts';
import { encode } from '../text.ts';
import { ArithmeticError } from './arithmetic.ts';
import type { AndOr, Assignment, Command, Pipeline, Script } from './ast.ts';
import type { BuiltinHost } from './builtins/builtin.ts';
import { type CompoundHost, runCompound } from './compound-command.ts';
import { FunctionReturn, LoopExit, ShellExit } from './flow.ts';
import { waitForeground, waitForJob } from './jobs.ts';
import { Parser, parseAll } from './parser.ts';
import { RedirectionError, streamsOf } from './redirect.ts';
import { assign, callFunction, runSimple, runWords } from './simple-command.ts';
import { ShellSyntaxError, Source } from './source.ts';
import { type Descriptors, type Job, ShellError, type ShellState, type Streams } from './state.ts';
import { SubshellContext } from './subshell-context.ts';
import { syntaxErrorText } from './syntax-error-text.ts';

/** One shell: a state, and what runs in it. */
export class Shell implements BuiltinHost, CompoundHost {
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
  /** Runs the complete commands of a text that goes on elsewhere; gives what is left of it, and the line where that stands. */
  *runBeginning(text: string, line: number): Process<{ readonly rest: string; readonly line: number }> {
    const source = new Source(text, { line, interactive: true });
    const parser = new Parser(source, { aliases: this.state.aliases });
    for (;;) {
      const before = { rest: text.slice(text.length - source.remaining), line: source.line };
      let script: Script | undefined;
      try {
        script = parser.next();
      } catch (error) {
        if (!(error instanceof ShellSyntaxError)) throw error;
        if (error.incomplete) return before;
        yield* this.reportSyntaxError(error);
        return before;
      }
      if (!script) return { rest: '', line: source.line };
      yield* this.runScript(script);
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
    const statuses = yield* waitForeground(state, children, typeof group === 'number' ? group : undefined);
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

  /** Runs a script in a subshell of the same process, which writes to `stdout` if one is given. */
  *runInSubshell(script: Script, stdout?: Writer): Process<number> {
    const state = this.state.clone(new SubshellContext(this.state.context));
    if (stdout) state.descriptors = new Map(state.descriptors).set(1, { writer: stdout });
    return yield* new Shell(state).runToExit((shell) => shell.runScript(script));
  }

  /** The output of a script, in a subshell of the same process. */
  *substitute(script: Script): Process<string> {
    const writer = new CollectingWriter();
    const body = this.state.flavour === 'bash' ? readingScript(script) : script;
    this.state.lastStatus = yield* this.runInSubshell(body, writer);
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
      if (command.kind === 'simple') yield* runSimple(this, command, tail);
      else if (command.kind === 'function') {
        this.state.functions.set(command.name, command.body);
        this.state.lastStatus = 0;
      } else yield* runCompound(this, command, tail);
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

  runWords(words: readonly string[]): Process<number> {
    return runWords(this, words);
  }
  assign(assignment: Assignment): Process<void> {
    return assign(this, assignment);
  }
  callFunction(name: string, body: Command, args: readonly string[]): Process<number> {
    return callFunction(this, name, body, args);
  }
  waitFor(job: Job): Process<number> {
    return waitForJob(this.state, job);
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

function isRestBlank(parser: Parser): boolean {
  return (parser.source.match(/\s*/y)?.length ?? 0) === parser.source.remaining;
}

/** bash takes `$(< file)` for `$(cat < file)`. */
function readingScript(script: Script): Script {
  const [only, ...others] = script;
  const command = only?.first.commands[0];
  if (!only || others.length + only.rest.length > 0 || only.first.commands.length > 1) return script;
  if (command?.kind !== 'simple' || command.words.length + command.assignments.length > 0) return script;
  if (command.redirections.length !== 1 || command.redirections[0]?.operator !== '<') return script;
  const reading = { ...command, words: [[{ kind: 'literal', text: 'cat' } as const]] };
  return [{ ...only, first: { ...only.first, commands: [reading] } }];
}
