/** `export`, `readonly`, `local`, `declare`, `unset`, `set`, `shift`, `read`, `getopts`, `let`, `mapfile`. */
import type { Process } from '../../../process/process.ts';
import { TimeoutError, withTimeout } from '../../../process/combinators.ts';
import { type BufferedReader, writeText } from '../../streams.ts';
import { concatBytes, decode } from '../../text.ts';
import { evaluateArithmetic } from '../arithmetic.ts';
import { arithmeticVariables } from '../expand.ts';
import { quoteForShell } from '../parameter-expansion.ts';
import { parseAll } from '../parser.ts';
import { ShellError, type Variable } from '../state.ts';
import type { Builtin, BuiltinHost } from './builtin.ts';

const namePattern = /^[A-Za-z_]\w*$/;

function* badName(host: BuiltinHost, command: string, name: string): Process<number> {
  yield* host.complain(
    host.state.flavour === 'bash'
      ? `${command}: \`${name}': not a valid identifier`
      : `${command}: ${name}: bad variable name`,
  );
  return host.state.flavour === 'bash' ? 1 : 2;
}

/** Sets what `name=value` says, then marks the name. */
function* declareNames(host: BuiltinHost, words: readonly string[], mark: (name: string) => void): Process<number> {
  let status = 0;
  for (const word of words.slice(1)) {
    const match = /^([A-Za-z_]\w*)(\+)?=([\s\S]*)$/.exec(word);
    const name = match?.[1] ?? word;
    if (!namePattern.test(name)) {
      status = yield* badName(host, words[0] ?? '', word);
      continue;
    }
    mark(name);
    if (match?.[3] === undefined) continue;
    if (/^\(.*\)$/s.test(match[3]) && host.state.flavour === 'bash') yield* assignArray(host, name, match[3]);
    else host.state.set(name, match[2] ? (host.state.get(name) ?? '') + match[3] : match[3]);
  }
  return status;
}

function* assignArray(host: BuiltinHost, name: string, text: string): Process<void> {
  const command = parseAll(`${name}=${text}`)[0]?.first.commands[0];
  if (command?.kind !== 'simple') return;
  for (const assignment of command.assignments) yield* host.assign(assignment);
}

function* list(host: BuiltinHost, prefix: string, shown: (variable: Variable) => boolean): Process<number> {
  const names = [...host.state.variables.keys()].sort();
  for (const name of names) {
    const variable = host.state.variables.get(name);
    if (!variable || !shown(variable)) continue;
    const value = host.state.get(name);
    const text =
      value === undefined
        ? ''
        : `=${host.state.flavour === 'bash' ? `"${value.replace(/["\\$`]/g, '\\$&')}"` : quoteForShell(value, true)}`;
    yield* writeText(host.streams.stdout, `${prefix}${name}${text}\n`);
  }
  return 0;
}

export const exportBuiltin: Builtin = function* (host, words) {
  const { state } = host;
  const args = words.filter((word, index) => index === 0 || !/^-[pnf]$/.test(word));
  if (args.length === 1)
    return yield* list(host, state.flavour === 'bash' ? 'declare -x ' : 'export ', (variable) => variable.exported);
  if (words[1] === '-n') {
    for (const name of args.slice(1)) {
      const variable = state.variables.get(name);
      if (variable) variable.exported = false;
    }
    return 0;
  }
  return yield* declareNames(host, args, (name) => state.export(name));
};

export const readonlyBuiltin: Builtin = function* (host, words) {
  const args = words.filter((word, index) => index === 0 || word !== '-p');
  if (args.length === 1)
    return yield* list(
      host,
      host.state.flavour === 'bash' ? 'declare -r ' : 'readonly ',
      (variable) => variable.readonly,
    );
  const status = yield* declareNames(host, args, () => undefined);
  for (const word of args.slice(1)) host.state.markReadonly(word.replace(/\+?=[\s\S]*/, ''));
  return status;
};

export const localBuiltin: Builtin = function* (host, words) {
  if (host.state.scopes.length === 0) {
    yield* host.complain(
      host.state.flavour === 'bash' ? 'local: can only be used in a function' : 'local: not in a function',
    );
    return 1;
  }
  return yield* declare(host, words, true);
};
export const declareBuiltin: Builtin = function* (host, words) {
  if (words.length === 1 || (words.length === 2 && words[1] === '-p'))
    return yield* list(host, 'declare -- ', () => true);
  return yield* declare(host, words, host.state.scopes.length > 0 && !words.some((word) => /^-\w*g/.test(word)));
};

function* declare(host: BuiltinHost, words: readonly string[], local: boolean): Process<number> {
  const { state } = host;
  const flags = words
    .slice(1)
    .filter((word) => /^[-+][A-Za-z]+$/.test(word))
    .join('');
  const names = words.slice(1).filter((word) => !/^[-+][A-Za-z]+$/.test(word));
  const status = yield* declareNames(host, [words[0] ?? '', ...names], (name) => {
    if (local) state.makeLocal(name);
    if (flags.includes('x')) state.export(name);
    if (/[aA]/.test(flags) && !state.variables.get(name)?.elements) state.setArray(name, []);
  });
  for (const word of names) {
    const name = word.replace(/\+?=[\s\S]*/, '');
    if (flags.includes('i'))
      state.set(name, String(evaluateArithmetic(state.get(name) ?? '', arithmeticVariables(state))));
    if (flags.includes('r')) state.markReadonly(name);
  }
  return status;
}

export const unsetBuiltin: Builtin = function* (host, words) {
  const { state } = host;
  const functions = words[1] === '-f';
  const names = words.slice(1).filter((word) => word !== '-f' && word !== '-v');
  for (const name of names) {
    const element = /^([A-Za-z_]\w*)\[(.+)\]$/.exec(name);
    if (functions) state.functions.delete(name);
    else if (element?.[1]) state.variables.get(element[1])?.elements?.delete(Number(element[2]));
    else if (state.variables.has(name)) state.unset(name);
    else state.functions.delete(name);
  }
  return 0;
};

const longOptions: Readonly<Record<string, string>> = {
  errexit: 'e',
  nounset: 'u',
  xtrace: 'x',
  noglob: 'f',
  noexec: 'n',
  verbose: 'v',
  noclobber: 'C',
  allexport: 'a',
  monitor: 'm',
  notify: 'b',
};

/** Takes `-eux -o pipefail …` into the options; gives how many words it took, or the bad one. */
export function takeOptions(
  options: Set<string>,
  words: readonly string[],
): { readonly taken: number } | { readonly bad: string } {
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] ?? '';
    if (!/^[-+]./.test(word) || word === '--') break;
    const on = word.startsWith('-');
    for (const letter of word.slice(1)) {
      if (letter === 'o') {
        const name = words[++at] ?? '';
        if (name === '') continue;
        const option =
          longOptions[name] ??
          (name === 'pipefail' || name === 'posix' || name === 'vi' || name === 'emacs' ? name : undefined);
        if (option === undefined) return { bad: name };
        toggle(options, option, on);
      } else if ('euxfnvCambhEHBTips'.includes(letter)) toggle(options, letter, on);
      else return { bad: word };
    }
  }
  return { taken: at };
}

function toggle(options: Set<string>, option: string, on: boolean): void {
  if (on) options.add(option);
  else options.delete(option);
}

export const setBuiltin: Builtin = function* (host, words, streams) {
  const { state } = host;
  if (words.length === 1) {
    for (const name of [...state.variables.keys()].sort()) {
      const value = state.get(name);
      if (value !== undefined)
        yield* writeText(streams.stdout, `${name}=${quoteForShell(value, state.flavour !== 'bash')}\n`);
    }
    return 0;
  }
  if (words.length === 2 && words[1] === '-o') {
    for (const [name, letter] of Object.entries(longOptions)) {
      yield* writeText(
        streams.stdout,
        `${name.padEnd(15)}${state.flavour === 'bash' ? '\t' : ' '}${state.options.has(letter) ? 'on' : 'off'}\n`,
      );
    }
    return 0;
  }
  const result = takeOptions(state.options, words.slice(1));
  if ('bad' in result) {
    yield* host.complain(
      `set: ${state.flavour === 'bash' ? `${result.bad}: invalid option` : `illegal option ${result.bad}`}`,
    );
    return 2;
  }
  const rest = words.slice(1 + result.taken);
  if (rest[0] === '--' || rest[0] === '-') state.positional = rest.slice(1);
  else if (rest.length > 0) state.positional = rest;
  return 0;
};

export const shiftBuiltin: Builtin = function* (host, words) {
  const count = Number(words[1] ?? 1);
  if (!Number.isInteger(count) || count < 0) throw new ShellError(`shift: Illegal number: ${words[1]}`);
  if (count > host.state.positional.length) {
    if (host.state.flavour === 'bash') return 1;
    throw new ShellError("shift: can't shift that many");
  }
  host.state.positional = host.state.positional.slice(count);
  return 0;
};

interface ReadOptions {
  raw: boolean;
  prompt: string;
  timeoutMs: number | undefined;
  count: number | undefined;
  delimiter: number;
  array: string | undefined;
  fd: number;
}

export const readBuiltin: Builtin = function* (host, words) {
  const options: ReadOptions = {
    raw: false,
    prompt: '',
    timeoutMs: undefined,
    count: undefined,
    delimiter: 10,
    array: undefined,
    fd: 0,
  };
  const names = parseReadOptions(words.slice(1), options);
  const reader = host.state.descriptors.get(options.fd)?.reader;
  if (!reader) return 1;
  if (options.prompt !== '') yield* writeText(host.streams.stderr, options.prompt);
  const reading = readLine(reader, options);
  let line: { text: string; complete: boolean };
  try {
    line = options.timeoutMs === undefined ? yield* reading : yield* withTimeout(options.timeoutMs, reading);
  } catch (error) {
    if (error instanceof TimeoutError) return 142;
    throw error;
  }
  const ifs = host.state.get('IFS') ?? ' \t\n';
  if (options.array !== undefined)
    host.state.setArray(options.array, splitFields(line.text, ifs, Number.POSITIVE_INFINITY, options.raw));
  else if (names.length === 0) host.state.set('REPLY', unescape(line.text, options.raw));
  else {
    const fields = splitFields(line.text, ifs, names.length, options.raw);
    for (const [index, name] of names.entries()) host.state.set(name, fields[index] ?? '');
  }
  return line.complete ? 0 : 1;
};

function parseReadOptions(args: readonly string[], options: ReadOptions): string[] {
  const rest = [...args];
  while (rest[0] !== undefined && /^-./.test(rest[0])) {
    const word = rest.shift() ?? '';
    if (word === '--') break;
    for (let i = 1; i < word.length; i++) {
      const letter = word.charAt(i);
      if (letter === 'r') options.raw = true;
      if (!'ptndauN'.includes(letter)) continue;
      const value = word.slice(i + 1) || (rest.shift() ?? '');
      if (letter === 'p') options.prompt = value;
      else if (letter === 't') options.timeoutMs = Number(value) * 1000;
      else if (letter === 'n' || letter === 'N') options.count = Number(value);
      else if (letter === 'd') options.delimiter = value === '' ? 0 : value.charCodeAt(0);
      else if (letter === 'a') options.array = value;
      else options.fd = Number(value);
      break;
    }
  }
  return rest;
}

/** Reads up to the delimiter, and leaves what follows it. A backslash at the end of a line continues it. */
function* readLine(reader: BufferedReader, options: ReadOptions): Process<{ text: string; complete: boolean }> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const piece = yield* reader.read();
    if (!piece) return { text: decode(concatBytes(pieces)), complete: false };
    const end = findEnd(piece, options, length);
    if (end < 0) {
      pieces.push(piece);
      length += piece.length;
      continue;
    }
    const byCount = options.count !== undefined && length + end >= options.count;
    reader.unread(piece.subarray(byCount ? end : end + 1));
    pieces.push(piece.subarray(0, end));
    const text = decode(concatBytes(pieces));
    if (options.raw || byCount || options.delimiter !== 10 || !/(?:^|[^\\])(?:\\\\)*\\$/.test(text))
      return { text, complete: true };
    const more = yield* readLine(reader, options);
    return { text: text.slice(0, -1) + more.text, complete: more.complete };
  }
}

function findEnd(piece: Uint8Array, options: ReadOptions, before: number): number {
  const at = piece.indexOf(options.delimiter);
  if (options.count === undefined) return at;
  const left = options.count - before;
  return at >= 0 && at < left ? at : left <= piece.length ? left : -1;
}

const unescape = (text: string, raw: boolean) => (raw ? text : text.replace(/\\([\s\S])/g, '$1'));

function splitFields(text: string, ifs: string, limit: number, raw: boolean): string[] {
  const blanks = [...ifs].filter((char) => /[ \t\n]/.test(char)).join('');
  const isBlank = (char: string) => char !== '' && blanks.includes(char);
  let at = 0;
  while (isBlank(text.charAt(at))) at++;
  const fields: string[] = [];
  while (at < text.length) {
    if (fields.length === limit - 1) {
      let end = text.length;
      while (end > at && isBlank(text.charAt(end - 1))) end--;
      fields.push(unescape(text.slice(at, end), raw));
      break;
    }
    const start = at;
    while (at < text.length && !ifs.includes(text.charAt(at))) at += !raw && text.charAt(at) === '\\' ? 2 : 1;
    fields.push(unescape(text.slice(start, at), raw));
    while (isBlank(text.charAt(at))) at++;
    if (at < text.length && ifs.includes(text.charAt(at)) && !isBlank(text.charAt(at))) at++;
    else if (at < text.length && !isBlank(text.charAt(at - 1)) && ifs.includes(text.charAt(at))) at++;
    while (isBlank(text.charAt(at))) at++;
  }
  return fields;
}

export const getoptsBuiltin: Builtin = function* (host, words) {
  const { state } = host;
  const [, spec = '', name = '', ...given] = words;
  const args = given.length > 0 ? given : state.positional;
  const offset = state.optionOffset;
  let index = Number(state.get('OPTIND') ?? 1);
  let word = args[index - 1] ?? '';
  const finish = (optind: number, at: number) => {
    state.set('OPTIND', String(optind));
    state.optionOffset = at;
  };
  if (offset === 0) {
    if (!/^-./.test(word) || word === '--') {
      finish(word === '--' ? index + 1 : index, 0);
      state.set(name, '?');
      return 1;
    }
  }
  const at = offset === 0 ? 1 : offset;
  const letter = word.charAt(at);
  const known = spec.replace(/^:/, '').indexOf(letter);
  const takesValue = known >= 0 && spec.replace(/^:/, '')[known + 1] === ':';
  const next = at + 1 < word.length && !takesValue ? at + 1 : 0;
  if (next === 0) index++;
  state.unset('OPTARG');
  if (known < 0 || letter === ':') {
    if (spec.startsWith(':')) state.set('OPTARG', letter);
    else
      yield* writeText(
        host.streams.stderr,
        `${state.flavour === 'bash' ? `${state.name}: illegal option -- ${letter}` : `Illegal option -${letter}`}\n`,
      );
    state.set(name, '?');
  } else if (!takesValue) state.set(name, letter);
  else {
    word = word.slice(at + 1);
    const value = word === '' ? args[index - 1] : word;
    if (word === '') index++;
    if (value === undefined) {
      index--;
      if (spec.startsWith(':')) state.set('OPTARG', letter);
      else
        yield* writeText(
          host.streams.stderr,
          `${state.flavour === 'bash' ? `${state.name}: option requires an argument -- ${letter}` : `No arg for -${letter} option`}\n`,
        );
      state.set(name, spec.startsWith(':') ? ':' : '?');
    } else {
      state.set('OPTARG', value);
      state.set(name, letter);
    }
  }
  finish(index, next);
  return 0;
};

export const letBuiltin: Builtin = function* (host, words) {
  let value = 0n;
  for (const word of words.slice(1)) value = evaluateArithmetic(word, arithmeticVariables(host.state));
  return value === 0n ? 1 : 0;
};

export const mapfileBuiltin: Builtin = function* (host, words) {
  const name = words.slice(1).find((word) => !word.startsWith('-')) ?? 'MAPFILE';
  const trimmed = words.includes('-t');
  const { reader } = host.state.descriptors.get(0) ?? {};
  const pieces: Uint8Array[] = [];
  for (let piece = yield* reader?.read() ?? nothing(); piece; piece = yield* reader?.read() ?? nothing())
    pieces.push(piece);
  const lines = decode(concatBytes(pieces)).match(/[^\n]*\n|[^\n]+$/g) ?? [];
  host.state.setArray(name, trimmed ? lines.map((line) => line.replace(/\n$/, '')) : lines);
  return 0;
};

function* nothing(): Process<Uint8Array | undefined> {
  return undefined;
}
