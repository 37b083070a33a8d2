import { quote } from '../../apimachinery/go-format.ts';
import type { FlagSpec } from './flag-spec.ts';
import { parseFlagValue, type FlagValue } from './flag-value.ts';

/** An error of the command line itself: printed with a hint to the command's help. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

/** Thrown by `parse` at `-h` or `--help`. */
export class HelpRequested extends Error {
  override readonly name = 'HelpRequested';
}

/**
 * The flags of one command line and their values.
 *
 * Upstream: spf13/pflag flag.go FlagSet (texts and order of parsing)
 */
export class FlagSet {
  readonly #specs = new Map<string, FlagSpec>();
  readonly #shorts = new Map<string, FlagSpec>();
  readonly #values = new Map<string, FlagValue>();
  readonly #changed = new Set<string>();
  readonly #hidden = new Set<string>();
  /** What is no flag, in order. */
  readonly args: string[] = [];
  /** How many arguments stood before `--`; -1 when there was none. */
  argsBeforeDash = -1;
  /** Deprecated flags that were used, as notices. */
  readonly notices: string[] = [];

  /** `shared` are the flags every command takes; a command's own flag of the same name hides one. */
  constructor(own: readonly FlagSpec[], shared: readonly FlagSpec[] = []) {
    for (const spec of shared) if (own.some((one) => one.name === spec.name)) this.#hidden.add(spec.name);
    for (const spec of [...own, ...shared]) {
      if (this.#specs.has(spec.name)) continue;
      this.#specs.set(spec.name, spec);
      if (spec.short !== '' && !this.#shorts.has(spec.short)) this.#shorts.set(spec.short, spec);
    }
  }

  get specs(): readonly FlagSpec[] {
    return [...this.#specs.values()];
  }

  lookup(name: string): FlagSpec | undefined {
    return this.#specs.get(name);
  }

  lookupShort(letter: string): FlagSpec | undefined {
    return this.#shorts.get(letter);
  }

  /** @throws FlagError, HelpRequested */
  parse(words: readonly string[]): void {
    const rest = [...words];
    for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
      if (word === '--') {
        this.argsBeforeDash = this.args.length;
        this.args.push(...rest);
        return;
      }
      if (word.length < 2 || !word.startsWith('-')) this.args.push(word);
      else if (word.startsWith('--')) this.#parseLong(word, rest);
      else this.#parseShorts(word.slice(1), rest);
    }
  }

  #parseLong(word: string, rest: string[]): void {
    const body = word.slice(2);
    if (body.startsWith('-') || body.startsWith('=')) throw new FlagError(`bad flag syntax: ${word}`);
    const equals = body.indexOf('=');
    const name = (equals < 0 ? body : body.slice(0, equals)).replaceAll('_', '-');
    const spec = this.#specs.get(name);
    if (spec === undefined) {
      if (name === 'help') throw new HelpRequested();
      throw new FlagError(`unknown flag: --${name}`);
    }
    if (equals >= 0) this.set(spec, body.slice(equals + 1));
    else if (spec.withoutValue !== undefined) this.set(spec, spec.withoutValue);
    else {
      const value = rest.shift();
      if (value === undefined) throw new FlagError(`flag needs an argument: --${name}`);
      this.set(spec, value);
    }
  }

  #parseShorts(group: string, rest: string[]): void {
    for (let letters = group; letters.length > 0; ) {
      const letter = letters.charAt(0);
      const spec = this.#shorts.get(letter);
      if (spec === undefined) {
        if (letter === 'h') throw new HelpRequested();
        throw new FlagError(`unknown shorthand flag: ${singleQuote(letter)} in -${letters}`);
      }
      if (letters.length > 2 && letters.charAt(1) === '=') return this.set(spec, letters.slice(2));
      if (spec.withoutValue !== undefined) {
        this.set(spec, spec.withoutValue);
        letters = letters.slice(1);
        continue;
      }
      if (letters.length > 1) return this.set(spec, letters.slice(1));
      const value = rest.shift();
      if (value === undefined) throw new FlagError(`flag needs an argument: ${singleQuote(letter)} in -${letters}`);
      return this.set(spec, value);
    }
  }

  /** Gives a flag a value, as if it stood on the command line. @throws FlagError */
  set(spec: FlagSpec, text: string): void {
    const before = this.#changed.has(spec.name) ? this.#values.get(spec.name) : undefined;
    const parsed = parseFlagValue(spec, text, before);
    if ('error' in parsed) {
      const shown = spec.short === '' ? `--${spec.name}` : `-${spec.short}, --${spec.name}`;
      throw new FlagError(`invalid argument ${quote(text)} for ${quote(shown)} flag: ${parsed.error}`);
    }
    if (spec.deprecated !== undefined && !this.#changed.has(spec.name)) {
      this.notices.push(`Flag --${spec.name} has been deprecated, ${spec.deprecated}`);
    }
    this.#values.set(spec.name, parsed.value);
    this.#changed.add(spec.name);
  }

  /** Gives a flag a value before the words are read. @throws FlagError */
  preset(name: string, text: string): void {
    const spec = this.#specs.get(name);
    if (spec) this.set(spec, text);
  }

  changed(name: string): boolean {
    return this.#changed.has(name);
  }
  /** Whether the shared flag was given; a command's own flag of that name does not count. */
  sharedChanged(name: string): boolean {
    return !this.#hidden.has(name) && this.changed(name);
  }
  /** The shared flag's value; empty when a command's own flag hides it. */
  sharedString(name: string): string {
    return this.#hidden.has(name) ? '' : this.string(name);
  }
  has(name: string): boolean {
    return this.#specs.has(name);
  }
  #value(name: string): FlagValue {
    const set = this.#values.get(name);
    if (set !== undefined) return set;
    const spec = this.#specs.get(name);
    if (spec === undefined) throw new Error(`no such flag: ${name}`);
    const text = spec.defaultText.replace(/^'(.*)'$/, '$1').replace(/^\[(.*)\]$/, '$1');
    if (spec.type === 'strings' || spec.type === 'array' || spec.type === 'map')
      return text === '' ? [] : text.split(',');
    const parsed = parseFlagValue(spec, text, undefined);
    return 'error' in parsed ? '' : parsed.value;
  }
  string(name: string): string {
    return String(this.#value(name));
  }
  bool(name: string): boolean {
    return this.#value(name) === true;
  }
  int(name: string): number {
    return Number(this.#value(name));
  }
  /** Milliseconds. */
  duration(name: string): number {
    return Number(this.#value(name));
  }
  strings(name: string): readonly string[] {
    const value = this.#value(name);
    return Array.isArray(value) ? (value as readonly string[]) : [];
  }
}

const singleQuote = (letter: string): string => `'${letter}'`;
