/** Expansion of words: tilde, parameters, commands, arithmetic, field splitting, globbing, removal of quotes. */
import type { Process } from '../../process/process.ts';
import { readPasswd } from '../users.ts';
import { type ArithmeticVariables, evaluateArithmetic } from './arithmetic.ts';
import type { ParameterPart, Script, Word, WordPart } from './ast.ts';
import { expandBraces } from './brace-expansion.ts';
import { glob } from './glob.ts';
import { type Expander, expandParameter, unsetError } from './parameter-expansion.ts';
import { escapePattern, hasPatternCharacters, unescapePattern } from './pattern.ts';
import type { ShellState } from './state.ts';

/** What expansion needs of the shell that it works for. */
export interface ExpansionHost {
  readonly state: ShellState;
  /** The output of a script, without its last line ends. */
  substitute(script: Script): Process<string>;
  /** The path of a file with the output of a script. */
  substituteFile(script: Script): Process<string>;
}

/** A run of characters of a field; quoted ones are neither split nor globbed. */
interface Piece {
  readonly text: string;
  readonly quoted: boolean;
}

/** Fields of one word in the making. */
class Fields {
  readonly done: Piece[][] = [];
  #current: Piece[] | undefined;
  #endedByBlank = false;

  add(text: string, quoted: boolean): void {
    if (text === '' && !quoted) return;
    (this.#current ??= []).push({ text, quoted });
  }
  /** Ends a field, as between the elements of `"$@"`. */
  cut(): void {
    this.done.push(this.#current ?? []);
    this.#current = undefined;
  }
  /** Adds text that is split at the characters of IFS. */
  split(text: string, ifs: string): void {
    let run = '';
    const flush = () => {
      this.add(run, false);
      run = '';
    };
    for (const char of text) {
      if (!ifs.includes(char)) {
        run += char;
        continue;
      }
      flush();
      const blank = char === ' ' || char === '\t' || char === '\n';
      if (this.#current) {
        this.cut();
        this.#endedByBlank = blank;
      } else if (!blank) {
        if (!this.#endedByBlank) this.done.push([]);
        this.#endedByBlank = false;
      }
    }
    flush();
    if (this.#current) this.#endedByBlank = false;
  }
  end(): Piece[][] {
    if (this.#current) this.cut();
    return this.done;
  }
}

/** Where a word stands decides how it is expanded. */
interface Mode {
  readonly quoted: boolean;
  readonly split: boolean;
}

/** The fields of the words of a command. */
export function* expandWords(host: ExpansionHost, words: readonly Word[]): Process<string[]> {
  const out: string[] = [];
  for (const word of words) {
    const simple = simpleText(word);
    if (simple !== undefined) {
      out.push(simple);
      continue;
    }
    for (const each of host.state.flavour === 'bash' ? expandBraces(word) : [word]) {
      const fields = new Fields();
      yield* addParts(host, fields, each, { quoted: false, split: true });
      for (const field of fields.end()) out.push(...globField(host.state, field));
    }
  }
  return out;
}

/** A word that is one plain piece of text needs no more. */
function simpleText(word: Word): string | undefined {
  const part = word.length === 1 ? word[0] : undefined;
  if (part?.kind === 'quoted') return part.text;
  return part?.kind === 'literal' && !/[*?[~{\\]/.test(part.text) ? part.text : undefined;
}

/** One string, unsplit: assignments, redirections, here-documents, `case` words. */
export function* expandString(host: ExpansionHost, word: Word): Process<string> {
  const fields = new Fields();
  yield* addParts(host, fields, word, { quoted: false, split: false });
  return fields
    .end()
    .map((field) => field.map((piece) => piece.text).join(''))
    .join(' ');
}

/** The value of an assignment: tildes count after colons too. */
export function* expandAssignment(host: ExpansionHost, word: Word): Process<string> {
  const parts = word.map((part, index): WordPart => {
    if (part.kind !== 'literal' || !part.text.includes(':~')) return part;
    const text = part.text.replace(/:~([^:/]*)/g, (_, user: string) => `:${tilde(host.state, user) ?? `~${user}`}`);
    return index === 0 ? { ...part, text } : { kind: 'literal', text };
  });
  return yield* expandString(host, parts);
}

/** A pattern: what was quoted is escaped. */
export function* expandPattern(host: ExpansionHost, word: Word): Process<string> {
  const fields = new Fields();
  yield* addParts(host, fields, word, { quoted: false, split: false });
  return fields
    .end()
    .map((field) => field.map((piece) => (piece.quoted ? escapePattern(piece.text) : piece.text)).join(''))
    .join(' ');
}

const expanderOf = (host: ExpansionHost): Expander => ({
  state: host.state,
  string: (word) => expandString(host, word),
  pattern: (word) => expandPattern(host, word),
  arithmetic: (word) => expandArithmetic(host, word),
});

/** The value of an arithmetic expression. @throws ArithmeticError */
export function* expandArithmetic(host: ExpansionHost, word: Word): Process<bigint> {
  const text = yield* expandString(host, word);
  return evaluateArithmetic(text, arithmeticVariables(host.state));
}

/** The shell's variables as arithmetic reads and sets them. */
export function arithmeticVariables(state: ShellState): ArithmeticVariables {
  return {
    get: (name, index) => {
      const value = index === undefined ? state.get(name) : state.variables.get(name)?.elements?.get(index);
      if (value === undefined && index === undefined && state.options.has('u')) throw unsetError(state, name);
      return value ?? '';
    },
    set: (name, value, index) => (index === undefined ? state.set(name, value) : state.setElement(name, index, value)),
  };
}

function* addParts(host: ExpansionHost, fields: Fields, word: Word, mode: Mode): Process<void> {
  for (const [index, part] of word.entries()) {
    switch (part.kind) {
      case 'literal': {
        const text = index === 0 && !mode.quoted ? withTilde(host.state, part.text, word.length === 1) : part.text;
        if (mode.quoted) fields.add(part.text, true);
        else if (typeof text === 'string') fields.add(text, false);
        else {
          fields.add(text.home, true);
          fields.add(text.rest, false);
        }
        break;
      }
      case 'quoted':
        fields.add(part.text, true);
        break;
      case 'double':
        if (!isOnlyAll(part.parts)) fields.add('', true);
        yield* addParts(host, fields, part.parts, { ...mode, quoted: true });
        break;
      case 'command':
        addValue(host.state, fields, yield* host.substitute(part.script), mode);
        break;
      case 'process':
        fields.add(yield* host.substituteFile(part.script), true);
        break;
      case 'arithmetic':
        addValue(host.state, fields, String(yield* expandArithmetic(host, part.expression)), mode);
        break;
      default:
        yield* addParameter(host, fields, part, mode);
    }
  }
}

const isOnlyAll = (parts: Word) => {
  const part = parts.length === 1 ? parts[0] : undefined;
  return part?.kind === 'parameter' && (part.name === '@' || isAll(part, '@'));
};

const isAll = (part: ParameterPart, sign: string) => {
  const index = part.index?.[0];
  return part.index?.length === 1 && index?.kind === 'literal' && index.text === sign;
};

function addValue(state: ShellState, fields: Fields, value: string, mode: Mode): void {
  if (mode.quoted || !mode.split) fields.add(value, mode.quoted);
  else fields.split(value, state.get('IFS') ?? ' \t\n');
}

function* addParameter(host: ExpansionHost, fields: Fields, part: ParameterPart, mode: Mode): Process<void> {
  const result = yield* expandParameter(expanderOf(host), part);
  if (result.kind === 'word') return yield* addOperand(host, fields, result.word, mode);
  if (result.kind === 'text') return addValue(host.state, fields, result.text, mode);
  const ifs = host.state.get('IFS') ?? ' \t\n';
  if (mode.quoted && (result.joined || !mode.split)) {
    fields.add(result.values.join(result.joined ? ifs.slice(0, 1) : ' '), true);
    return;
  }
  for (const [index, value] of result.values.entries()) {
    if (index > 0 && mode.split) fields.cut();
    else if (index > 0) fields.add(' ', false);
    if (mode.quoted) fields.add(value, true);
    else addValue(host.state, fields, value, mode);
  }
}

/** The word of `${x:-word}`: its unquoted text is split like a value. */
function* addOperand(host: ExpansionHost, fields: Fields, word: Word, mode: Mode): Process<void> {
  for (const [index, part] of word.entries()) {
    if (part.kind !== 'literal') yield* addParts(host, fields, [part], mode);
    else {
      const text = index === 0 && !mode.quoted ? withTilde(host.state, part.text, word.length === 1) : part.text;
      addValue(host.state, fields, typeof text === 'string' ? text : text.home + text.rest, mode);
    }
  }
}

function withTilde(state: ShellState, text: string, whole: boolean): string | { home: string; rest: string } {
  const match = /^~([^/:]*)/.exec(text);
  if (!match || (!whole && match[0].length === text.length)) return text;
  const home = tilde(state, match[1] ?? '');
  return home === undefined ? text : { home, rest: text.slice(match[0].length) };
}

function tilde(state: ShellState, user: string): string | undefined {
  if (user === '') return state.get('HOME');
  if (user === '+') return state.get('PWD');
  if (user === '-') return state.get('OLDPWD');
  return readPasswd(state.context.fs).find((entry) => entry.name === user)?.home;
}

function globField(state: ShellState, field: readonly Piece[]): string[] {
  const plain = field.map((piece) => piece.text).join('');
  if (state.options.has('f') || !field.some((piece) => !piece.quoted && /[*?[\\]/.test(piece.text))) return [plain];
  const pattern = field.map((piece) => (piece.quoted ? escapePattern(piece.text) : piece.text)).join('');
  if (!hasPatternCharacters(pattern)) return [unescapePattern(pattern)];
  const paths = glob(state.context.fs, state.context.cwd, pattern);
  if (paths.length > 0) return paths;
  return state.options.has('nullglob') ? [] : [plain];
}
