/** What a shell remembers: variables, functions, options, descriptors, jobs, traps. */
import type { Reader, Writer } from '../../process/pipe.ts';
import type { ChildProcess, ProgramContext } from '../context.ts';
import type { BufferedReader } from '../streams.ts';
import type { Command } from './ast.ts';

/** Whose error texts and extensions: busybox (`ash`), Debian's `dash`, or `bash`. */
export type Flavour = 'ash' | 'dash' | 'bash';

export interface Variable {
  value: string | undefined;
  /** Elements of an array by index; `value` is then unused. */
  elements?: Map<number, string>;
  exported: boolean;
  readonly: boolean;
}

/** An open descriptor. */
export interface Descriptor {
  readonly reader?: BufferedReader;
  readonly writer?: Writer;
}

export interface Job {
  readonly id: number;
  readonly pid: number;
  readonly source: string;
  readonly child: ChildProcess;
  status: number | undefined;
}

export type Descriptors = ReadonlyMap<number, Descriptor>;

/** The streams of one command. */
export interface Streams {
  readonly stdin: Reader;
  readonly stdout: Writer;
  readonly stderr: Writer;
}

/** A readonly variable was assigned, or the like. */
export class ShellError extends Error {
  override readonly name = 'ShellError';
  readonly status: number;
  constructor(message: string, status = 2) {
    super(message);
    this.status = status;
  }
}

/** The state of one shell; subshells get a copy. */
export class ShellState {
  readonly context: ProgramContext;
  readonly flavour: Flavour;
  readonly variables = new Map<string, Variable>();
  readonly functions = new Map<string, Command>();
  readonly aliases = new Map<string, string>();
  readonly options = new Set<string>();
  /** Commands by signal name without SIG, and EXIT, ERR, DEBUG. */
  readonly traps = new Map<string, string>();
  readonly jobs: Job[] = [];
  readonly pendingTraps: string[] = [];
  /** What the environment held under names that no variable can have: commands get it as it came. */
  unnameable: readonly (readonly [string, string])[] = [];
  /** Directories of pushd. */
  readonly directories: string[] = [];
  descriptors: Descriptors = new Map();
  /** Saved variables of each function that runs now. */
  scopes: Map<string, Variable | undefined>[] = [];
  positional: readonly string[] = [];
  /** $0. */
  name: string;
  /** Whether a script file is read: errors then name the line. */
  scriptFile = false;
  interactive = false;
  lastStatus = 0;
  lastBackgroundPid: number | undefined;
  pipeStatuses: readonly number[] = [0];
  umask = 0o022;
  line = 1;
  /** $$ of the main shell. */
  shellPid: number;
  startedAt: number;
  loopDepth = 0;
  functionNames: readonly string[] = [];
  sourceDepth = 0;
  /** Above 0 where a failure is a condition, so that `set -e` does not act. */
  conditionDepth = 0;
  /** Where getopts stands inside a word. */
  optionOffset = 0;
  isSubshell = false;
  /** Wakes `wait` when a trap is due. */
  wakeWait: (() => void) | undefined;
  steps = 0;
  /** Files that `<(…)` made. */
  substitutions = 0;
  busyRounds = 0;

  constructor(context: ProgramContext, flavour: Flavour, name: string) {
    this.context = context;
    this.flavour = flavour;
    this.name = name;
    this.shellPid = context.pid;
    this.startedAt = context.now();
  }

  /** The state of a subshell: a copy, in another process or the same. */
  clone(context: ProgramContext): ShellState {
    const copy = new ShellState(context, this.flavour, this.name);
    copy.unnameable = this.unnameable;
    for (const [name, variable] of this.variables) {
      const elements = variable.elements && new Map(variable.elements);
      copy.variables.set(name, { ...variable, ...(elements ? { elements } : {}) });
    }
    for (const [name, body] of this.functions) copy.functions.set(name, body);
    for (const [name, text] of this.aliases) copy.aliases.set(name, text);
    for (const option of this.options) copy.options.add(option);
    for (const [name, action] of this.traps) if (action === '') copy.traps.set(name, action);
    Object.assign(copy, {
      descriptors: this.descriptors,
      scopes: this.scopes.map((scope) => new Map(scope)),
      positional: this.positional,
      scriptFile: this.scriptFile,
      lastStatus: this.lastStatus,
      lastBackgroundPid: this.lastBackgroundPid,
      umask: this.umask,
      line: this.line,
      shellPid: this.shellPid,
      startedAt: this.startedAt,
      loopDepth: this.loopDepth,
      functionNames: this.functionNames,
      sourceDepth: this.sourceDepth,
      conditionDepth: this.conditionDepth,
      isSubshell: true,
    });
    return copy;
  }

  get(name: string): string | undefined {
    const variable = this.variables.get(name);
    if (!variable) return this.#special(name);
    return variable.elements ? variable.elements.get(0) : variable.value;
  }
  #special(name: string): string | undefined {
    switch (name) {
      case 'RANDOM':
        return this.flavour === 'dash' ? undefined : String(Math.floor(this.context.random() * 32_768));
      case 'LINENO':
        return String(this.line);
      case 'SECONDS':
        return this.flavour === 'bash' ? String(Math.floor((this.context.now() - this.startedAt) / 1000)) : undefined;
      case 'EPOCHSECONDS':
        return this.flavour === 'dash' ? undefined : String(Math.floor(this.context.now() / 1000));
      case 'UID':
      case 'EUID':
        return this.flavour === 'bash' ? String(this.context.user.uid) : undefined;
      case 'BASHPID':
        return this.flavour === 'bash' ? String(this.context.pid) : undefined;
      case 'FUNCNAME':
        return this.functionNames[0];
      default:
        return undefined;
    }
  }
  /** @throws ShellError when it is readonly */
  set(name: string, value: string): void {
    const variable = this.#writable(name);
    if (variable.elements) variable.elements.set(0, value);
    else variable.value = value;
    if (this.options.has('a')) variable.exported = true;
    if (name === 'OPTIND') this.optionOffset = 0;
  }
  setElement(name: string, index: number, value: string): void {
    const variable = this.#writable(name);
    variable.elements ??= new Map(variable.value === undefined ? [] : [[0, variable.value]]);
    variable.elements.set(index, value);
  }
  setArray(name: string, values: readonly string[]): void {
    this.#writable(name).elements = new Map(values.entries());
  }
  /** All elements in order; a plain variable has one. */
  elements(name: string): string[] {
    if (name === 'PIPESTATUS') return this.pipeStatuses.map(String);
    const variable = this.variables.get(name);
    if (!variable?.elements) {
      const value = this.get(name);
      return value === undefined ? [] : [value];
    }
    return [...variable.elements].sort(([a], [b]) => a - b).map(([, value]) => value);
  }
  indexes(name: string): string[] {
    const variable = this.variables.get(name);
    if (!variable?.elements) return variable?.value === undefined ? [] : ['0'];
    return [...variable.elements.keys()].sort((a, b) => a - b).map(String);
  }
  export(name: string): void {
    this.#entry(name).exported = true;
  }
  /** @throws ShellError when it is readonly */
  unset(name: string): void {
    if (this.variables.get(name)?.readonly) throw new ShellError(`${name}: is read only`);
    this.variables.delete(name);
  }
  markReadonly(name: string): void {
    this.#entry(name).readonly = true;
  }
  /** Keeps the variable's present value for when the function returns. */
  makeLocal(name: string): void {
    const scope = this.scopes[this.scopes.length - 1];
    if (!scope || scope.has(name)) return;
    scope.set(name, this.variables.get(name));
    const before = this.variables.get(name);
    this.variables.set(name, { value: undefined, exported: before?.exported ?? false, readonly: false });
  }
  leaveScope(): void {
    for (const [name, variable] of this.scopes.pop() ?? []) {
      if (variable) this.variables.set(name, variable);
      else this.variables.delete(name);
    }
  }
  /** The environment of a command. */
  environment(): Map<string, string> {
    const env = new Map<string, string>(this.unnameable);
    for (const [name, variable] of this.variables) {
      const value = variable.elements?.get(0) ?? variable.value;
      if (variable.exported && value !== undefined) env.set(name, value);
    }
    return env;
  }

  #entry(name: string): Variable {
    let variable = this.variables.get(name);
    if (!variable) {
      variable = { value: undefined, exported: false, readonly: false };
      this.variables.set(name, variable);
    }
    return variable;
  }
  #writable(name: string): Variable {
    const variable = this.#entry(name);
    if (!variable.readonly) return variable;
    throw new ShellError(this.flavour === 'bash' ? `${name}: readonly variable` : `${name}: is read only`);
  }
}
