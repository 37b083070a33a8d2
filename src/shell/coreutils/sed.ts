import type { Process } from '../../process/process.ts';
import { LineReader } from '../streams.ts';
import { encode } from '../text.ts';
import { type SedAddress, type SedCommand, parseSedScript } from './sed-script.ts';
import { type Call, type Utility, UtilityError } from './utility.ts';

export const sed: Utility = {
  names: ['sed'],
  summary: 'Edit a stream of text',
  usage: '[-i[SFX]] [-nrE] [-f FILE]... [-e CMD]... [FILE]...',
  *run(call) {
    const { scripts, files, flags, suffix } = yield* readWords(call);
    const commands = parseSedScript(scripts.join('\n'), flags.has('E'));
    const editor = new SedEditor(call, commands, flags.has('n'));
    if (!flags.has('i')) {
      const status = yield* editor.run(files.length === 0 ? ['-'] : files, (text) => call.out(text));
      return status;
    }
    let status = 0;
    for (const file of files) {
      let out = '';
      const { fs } = call.context;
      status = yield* editor.run([file], function* (text) {
        out += text;
      });
      if (!fs.exists(call.path(file))) continue;
      const mode = fs.stat(call.path(file)).mode & 0o7777;
      if (suffix !== '') fs.writeFile(call.path(file + suffix), fs.readFile(call.path(file)), { mode });
      fs.writeFile(call.path(file), encode(out), { mode });
    }
    return status;
  },
};

interface Words {
  readonly scripts: string[];
  readonly files: string[];
  readonly flags: Set<string>;
  suffix: string;
}

function* readWords(call: Call): Process<Words> {
  const words: Words = { scripts: [], files: [], flags: new Set(), suffix: '' };
  const given = [...call.args];
  while (given.length > 0) {
    const word = given.shift() ?? '';
    if (word === '--') {
      words.files.push(...given.splice(0));
    } else if (word.startsWith('--')) {
      const [name, value] = word.slice(2).split('=');
      if (name === 'expression') words.scripts.push(value ?? given.shift() ?? '');
      else if (name === 'quiet' || name === 'silent') words.flags.add('n');
      else if (name === 'regexp-extended') words.flags.add('E');
      else if (name === 'in-place') {
        words.flags.add('i');
        words.suffix = value ?? '';
      } else throw new UtilityError(`unrecognized option: ${name}`);
    } else if (/^-./.test(word)) {
      for (let at = 1; at < word.length; at++) {
        const letter = word.charAt(at);
        if (letter === 'i') {
          words.flags.add('i');
          words.suffix = word.slice(at + 1);
          break;
        }
        if (letter === 'e' || letter === 'f') {
          const value = word.slice(at + 1) || (given.shift() ?? '');
          words.scripts.push(letter === 'e' ? value : (yield* call.lines([value])).join('\n'));
          break;
        }
        if (!'nrEsuz'.includes(letter)) throw new UtilityError(`unrecognized option: ${letter}`);
        words.flags.add(letter === 'r' ? 'E' : letter);
      }
    } else words.files.push(word);
  }
  if (words.scripts.length === 0) {
    const script = words.files.shift();
    if (script === undefined) throw new UtilityError('no script given');
    words.scripts.push(script);
  }
  return words;
}

type Print = (text: string) => Process<void>;

/** Where a cycle goes on after a command. */
type Next =
  | { readonly kind: 'go'; readonly to: number }
  | { readonly kind: 'end'; readonly print: boolean }
  | { readonly kind: 'quit'; readonly print: boolean; readonly code: number }
  | { readonly kind: 'restart' };

class SedEditor {
  readonly #call: Call;
  readonly #commands: readonly SedCommand[];
  readonly #quiet: boolean;
  #hold = '';
  #pattern = '';
  #line = 0;
  #ahead: string | undefined;
  #substituted = false;
  #appended: string[] = [];
  /** Whether the line read last ended with a line end. */
  #terminated = true;
  readonly #active = new Map<SedCommand, number | true>();

  constructor(call: Call, commands: readonly SedCommand[], quiet: boolean) {
    this.#call = call;
    this.#commands = commands;
    this.#quiet = quiet;
  }

  *run(files: readonly string[], output: Print): Process<number> {
    const { print, append } = this.#printers(output);
    const source = this.#source(files);
    this.#line = 0;
    this.#ahead = yield* source();
    while (this.#ahead !== undefined) {
      yield* this.#advance(source);
      let next = yield* this.#cycle(print, source);
      while (next.kind === 'restart') next = yield* this.#cycle(print, source);
      const shown = next.kind === 'go' || next.print;
      if (shown && !this.#quiet) yield* print(`${this.#pattern}\n`);
      for (const text of this.#appended.splice(0)) yield* append(text);
      if (next.kind === 'quit') return next.code;
    }
    return this.#call.status;
  }
  /** Lines of a last line that has no line end have none either, until something follows. */
  #printers(output: Print): { readonly print: Print; readonly append: Print } {
    let missing = false;
    function* append(text: string): Process<void> {
      if (missing) yield* output('\n');
      missing = false;
      yield* output(text);
    }
    const endsOpen = () => this.#ahead === undefined && !this.#terminated;
    function* print(text: string): Process<void> {
      const open = endsOpen() && text.endsWith('\n');
      yield* append(open ? text.slice(0, -1) : text);
      missing = open;
    }
    return { print, append };
  }
  #source(files: readonly string[]): () => Process<string | undefined> {
    const left = [...files];
    let lines: LineReader | undefined;
    const call = this.#call;
    const ended = (terminated: boolean) => {
      this.#terminated = terminated;
    };
    return function* () {
      for (;;) {
        const line = lines ? yield* lines.next() : undefined;
        if (line !== undefined) {
          ended(lines?.terminated ?? true);
          return line;
        }
        const path = left.shift();
        if (path === undefined) return undefined;
        const reader = yield* openOrSay(call, path);
        lines = reader && new LineReader(reader);
      }
    };
  }
  *#advance(source: () => Process<string | undefined>): Process<void> {
    this.#pattern = this.#ahead ?? '';
    this.#line++;
    this.#ahead = yield* source();
  }

  *#cycle(print: Print, source: () => Process<string | undefined>): Process<Next> {
    this.#substituted = false;
    for (let at = 0; at < this.#commands.length; ) {
      const command = this.#commands[at] as SedCommand;
      if (!this.#selected(command)) {
        at = command.name === '{' ? command.target : at + 1;
        continue;
      }
      const next = yield* this.#execute(command, at, print, source);
      if (next.kind !== 'go') return next;
      at = next.to;
    }
    return { kind: 'end', print: true };
  }

  #selected(command: SedCommand): boolean {
    const { first, second, negated } = command;
    if (!first) return !negated;
    return this.#inRange(command, first, second) !== negated;
  }
  #inRange(command: SedCommand, first: SedAddress, second: SedAddress | undefined): boolean {
    if (!second) return this.#matches(first);
    const active = this.#active.get(command);
    if (active === undefined) {
      const begins = first.kind === 'line' && first.line === 0 ? this.#line === 1 : this.#matches(first);
      if (!begins) return false;
      if (first.kind === 'line' && first.line === 0 && this.#matches(second)) return true;
      if (second.kind === 'line' && second.line <= this.#line) return true;
      if (second.kind === 'offset') {
        if (second.lines > 0) this.#active.set(command, this.#line + second.lines);
        return true;
      }
      this.#active.set(command, true);
      return true;
    }
    const ends =
      active === true
        ? second.kind === 'line'
          ? this.#line >= second.line
          : this.#matches(second)
        : this.#line >= active;
    if (ends) this.#active.delete(command);
    return active !== true || second.kind !== 'line' || this.#line <= second.line;
  }
  #matches(address: SedAddress): boolean {
    switch (address.kind) {
      case 'line':
        return this.#line === address.line;
      case 'last':
        return this.#ahead === undefined;
      case 'step':
        return address.step === 0
          ? this.#line === address.first
          : this.#line >= address.first && (this.#line - address.first) % address.step === 0;
      case 'regex':
        return address.expression.test(this.#pattern);
      default:
        return false;
    }
  }

  *#execute(command: SedCommand, at: number, print: Print, source: () => Process<string | undefined>): Process<Next> {
    const go: Next = { kind: 'go', to: at + 1 };
    switch (command.name) {
      case 's':
        return yield* this.#substitute(command, go, print);
      case 'y':
        this.#pattern = [...this.#pattern].map((char) => command.map?.get(char) ?? char).join('');
        return go;
      case 'd':
        return { kind: 'end', print: false };
      case 'D': {
        const newline = this.#pattern.indexOf('\n');
        if (newline < 0) return { kind: 'end', print: false };
        this.#pattern = this.#pattern.slice(newline + 1);
        return { kind: 'restart' };
      }
      case 'p':
        yield* print(`${this.#pattern}\n`);
        return go;
      case 'P':
        yield* print(`${this.#pattern.split('\n')[0]}\n`);
        return go;
      case 'n':
        if (this.#ahead === undefined) return { kind: 'quit', print: true, code: 0 };
        if (!this.#quiet) yield* print(`${this.#pattern}\n`);
        yield* this.#advance(source);
        return go;
      case 'N': {
        if (this.#ahead === undefined) return { kind: 'quit', print: true, code: 0 };
        const before = this.#pattern;
        yield* this.#advance(source);
        this.#pattern = `${before}\n${this.#pattern}`;
        return go;
      }
      case 'q':
        return { kind: 'quit', print: true, code: Number(command.text || 0) };
      case 'Q':
        return { kind: 'quit', print: false, code: Number(command.text || 0) };
      case 'a':
        this.#appended.push(`${command.text}\n`);
        return go;
      case 'i':
        yield* print(`${command.text}\n`);
        return go;
      case 'c':
        if (!command.second || command.negated || !this.#active.has(command)) yield* print(`${command.text}\n`);
        return { kind: 'end', print: false };
      case '=':
        yield* print(`${this.#line}\n`);
        return go;
      case 'l':
        yield* print(`${JSON.stringify(this.#pattern).slice(1, -1).replace(/\\"/g, '"')}$\n`);
        return go;
      case 'b':
        return { kind: 'go', to: command.target };
      case 't':
        if (!this.#substituted) return go;
        this.#substituted = false;
        return { kind: 'go', to: command.target };
      case 'T':
        if (!this.#substituted) return { kind: 'go', to: command.target };
        this.#substituted = false;
        return go;
      case 'w':
        this.#append(command.text);
        return go;
      case 'r': {
        const path = this.#call.path(command.text);
        if (this.#call.context.fs.exists(path)) this.#appended.push(yield* this.#call.text([command.text]));
        return go;
      }
      default:
        this.#exchange(command.name);
        return go;
    }
  }
  #exchange(name: string): void {
    const pattern = this.#pattern;
    if (name === 'h') this.#hold = pattern;
    else if (name === 'H') this.#hold += `\n${pattern}`;
    else if (name === 'g') this.#pattern = this.#hold;
    else if (name === 'G') this.#pattern += `\n${this.#hold}`;
    else if (name === 'x') {
      this.#pattern = this.#hold;
      this.#hold = pattern;
    } else if (name === 'z') this.#pattern = '';
  }
  #append(file: string): void {
    this.#call.context.fs.writeFile(this.#call.path(file), encode(`${this.#pattern}\n`), { append: true });
  }

  *#substitute(command: SedCommand, go: Next, print: Print): Process<Next> {
    const { substitution } = command;
    if (!substitution) return go;
    let count = 0;
    let changed = false;
    this.#pattern = this.#pattern.replace(substitution.expression, (...match) => {
      count++;
      const whole = String(match[0]);
      if (count < substitution.occurrence || (!substitution.all && count > substitution.occurrence)) return whole;
      changed = true;
      const groups = typeof match.at(-1) === 'object' ? match.slice(1, -3) : match.slice(1, -2);
      return substitution.replace([whole, ...groups.map((group) => (group === undefined ? '' : String(group)))]);
    });
    if (!changed) return go;
    this.#substituted = true;
    if (substitution.print) yield* print(`${this.#pattern}\n`);
    if (substitution.file !== undefined) this.#append(substitution.file);
    return go;
  }
}

function* openOrSay(call: Call, path: string): Process<ReturnType<Call['open']> | undefined> {
  try {
    return call.open(path);
  } catch (error) {
    yield* call.fileError(path, error);
    return undefined;
  }
}
