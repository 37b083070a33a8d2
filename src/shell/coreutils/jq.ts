import type { Process } from '../../process/process.ts';
import { writeText } from '../streams.ts';
import { JqError } from './jq-error.ts';
import { evaluateJq } from './jq-evaluate.ts';
import { JqSyntaxError, parseJq } from './jq-syntax.ts';
import { type Call, type Utility, UtilityError } from './utility.ts';

interface JqOptions {
  readonly flags: Set<string>;
  readonly variables: Map<string, unknown>;
  readonly files: string[];
  filter: string | undefined;
  indent: number;
}

const longFlags: Readonly<Record<string, string>> = {
  'raw-output': 'r',
  'compact-output': 'c',
  'exit-status': 'e',
  'null-input': 'n',
  slurp: 's',
  'raw-input': 'R',
  'sort-keys': 'S',
  'join-output': 'j',
  'ascii-output': 'a',
  tab: 't',
  'color-output': 'C',
  'monochrome-output': 'M',
};

export const jq: Utility = {
  names: ['jq'],
  summary: 'Process JSON',
  usage: '[OPTIONS] FILTER [FILE]...',
  *run(call) {
    const options = yield* readOptions(call);
    if (options.filter === undefined) throw new UtilityError('no filter given', 2);
    options.variables.set('__now__', call.context.now() / 1000);
    options.variables.set('ENV', Object.fromEntries(call.context.env));
    try {
      const filter = parseJq(options.filter);
      const inputs = yield* readInputs(call, options);
      return yield* runAll(call, options, filter, inputs);
    } catch (error) {
      if (error instanceof JqSyntaxError) {
        yield* writeText(
          call.context.stderr,
          `jq: error: ${error.message} (Unix shell quoting issues?) at <top-level>, line 1:\n${options.filter}\njq: 1 compile error\n`,
        );
        return 3;
      }
      throw error;
    }
  },
};

function* readOptions(call: Call): Process<JqOptions> {
  const options: JqOptions = { flags: new Set(), variables: new Map(), files: [], filter: undefined, indent: 2 };
  const positional: unknown[] = [];
  const named: Record<string, unknown> = {};
  const words = [...call.args];
  let rest: 'files' | 'strings' | 'json' = 'files';
  while (words.length > 0) {
    const word = words.shift() ?? '';
    const long = word.startsWith('--') ? word.slice(2) : undefined;
    if (long === 'arg' || long === 'argjson' || long === 'slurpfile' || long === 'rawfile') {
      const [name = '', value = ''] = words.splice(0, 2);
      const bound =
        long === 'arg'
          ? value
          : long === 'argjson'
            ? parseText(value)
            : long === 'rawfile'
              ? yield* call.text([value])
              : parseMany(yield* call.text([value]));
      options.variables.set(name, bound);
      named[name] = bound;
    } else if (long === 'args') rest = 'strings';
    else if (long === 'jsonargs') rest = 'json';
    else if (long === 'indent') options.indent = Number(words.shift());
    else if (long !== undefined && long !== '') {
      const flag = longFlags[long];
      if (flag === undefined) throw new UtilityError(`Unknown option: ${word}`, 2);
      options.flags.add(flag);
    } else if (/^-[a-zA-Z]+$/.test(word)) {
      if (word === '-f') options.filter = yield* call.text([words.shift() ?? '']);
      else for (const letter of word.slice(1)) options.flags.add(letter);
    } else if (options.filter === undefined) options.filter = word;
    else if (rest === 'files') options.files.push(word);
    else positional.push(rest === 'json' ? parseText(word) : word);
  }
  options.variables.set('__prog_args', positional);
  options.variables.set('ARGS', { positional, named });
  return options;
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UtilityError(`Invalid JSON text passed to --argjson`, 2);
  }
}

function* readInputs(call: Call, options: JqOptions): Process<unknown[]> {
  if (options.flags.has('n')) return [null];
  const text = yield* call.text(options.files);
  if (options.flags.has('R')) {
    const lines = text.replace(/\n$/, '').split('\n');
    return options.flags.has('s') ? [text] : text === '' ? [] : lines;
  }
  const values = parseMany(text);
  return options.flags.has('s') ? [values] : values;
}

/** The JSON values that follow each other in a text. @throws UtilityError */
function parseMany(text: string): unknown[] {
  const values: unknown[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && /\s/.test(text.charAt(at))) at++;
    if (at >= text.length) return values;
    const end = endOfValue(text, at);
    try {
      values.push(JSON.parse(text.slice(at, end)));
    } catch {
      const line = text.slice(0, end).split('\n').length;
      throw new UtilityError(
        `parse error: Invalid literal at line ${line}, column ${end - text.lastIndexOf('\n', end - 1)}`,
        2,
      );
    }
    at = end;
  }
}
function endOfValue(text: string, start: number): number {
  const first = text.charAt(start);
  if (first !== '{' && first !== '[' && first !== '"')
    return start + Math.max(1, /^[^\s,{}[\]"]*/.exec(text.slice(start))?.[0].length ?? 1);
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '"') {
      for (at++; at < text.length && text.charAt(at) !== '"'; at++) if (text.charAt(at) === '\\') at++;
      if (depth === 0) return at + 1;
    } else if (char === '{' || char === '[') depth++;
    else if ((char === '}' || char === ']') && --depth === 0) return at + 1;
  }
  return text.length;
}

function* runAll(
  call: Call,
  options: JqOptions,
  filter: ReturnType<typeof parseJq>,
  inputs: readonly unknown[],
): Process<number> {
  let last: unknown;
  let any = false;
  let status = 0;
  for (const input of inputs) {
    try {
      for (const value of evaluateJq(filter, input, options.variables)) {
        any = true;
        last = value;
        yield* call.out(show(value, options));
      }
    } catch (error) {
      if (!(error instanceof JqError)) throw error;
      const undefinedName = /^(\S+) is not defined$/.exec(error.message);
      yield* writeText(
        call.context.stderr,
        undefinedName
          ? `jq: error: ${error.message} at <top-level>, line 1:\n${options.filter}\njq: 1 compile error\n`
          : `jq: error (at <stdin>:${inputs.length}): ${error.message}\n`,
      );
      if (undefinedName) return 3;
      status = 5;
    }
  }
  if (status !== 0 || !options.flags.has('e')) return status;
  return any ? (last === null || last === false ? 1 : 0) : 4;
}

function show(value: unknown, options: JqOptions): string {
  const { flags } = options;
  const end = flags.has('j') ? '' : '\n';
  if (typeof value === 'string' && (flags.has('r') || flags.has('j'))) return value + end;
  const sorted = flags.has('S') ? sortKeys(value) : value;
  return (
    (JSON.stringify(
      sorted,
      undefined,
      flags.has('c') || flags.has('j') ? undefined : flags.has('t') ? '\t' : options.indent,
    ) ?? 'null') + end
  );
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  );
}
