/** A script that cannot be read. */
export class ShellSyntaxError extends Error {
  override readonly name = 'ShellSyntaxError';
  readonly line: number;
  /** The end came too early: more lines could complete it. */
  readonly incomplete: boolean;
  constructor(message: string, line: number, incomplete = false) {
    super(message);
    this.line = line;
    this.incomplete = incomplete;
  }
}

export interface Mark {
  readonly position: number;
  readonly line: number;
}

/** Text with a position, for the parsers. */
export class Source {
  #text: string;
  #at = 0;
  line: number;
  /** More lines may come. */
  readonly interactive: boolean;

  constructor(text: string, options: { readonly line?: number; readonly interactive?: boolean } = {}) {
    this.#text = text;
    this.line = options.line ?? 1;
    this.interactive = options.interactive ?? false;
  }
  get position(): number {
    return this.#at;
  }
  get remaining(): number {
    return this.#text.length - this.#at;
  }
  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }
  /** The character at the position; empty at the end. */
  get char(): string {
    return this.#text.charAt(this.#at);
  }
  peek(length: number): string {
    return this.#text.substr(this.#at, length);
  }
  startsWith(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }
  /** What a sticky pattern matches here. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0];
  }
  skip(length: number): void {
    for (let i = 0; i < length; i++) if (this.#text.charCodeAt(this.#at + i) === 10) this.line++;
    this.#at += length;
  }
  take(): string {
    const char = this.char;
    this.skip(1);
    return char;
  }
  slice(from: number): string {
    return this.#text.slice(from, this.#at);
  }
  mark(): Mark {
    return { position: this.#at, line: this.line };
  }
  reset(mark: Mark): void {
    this.#at = mark.position;
    this.line = mark.line;
  }
  /** Puts other text in the place of what follows. */
  replace(length: number, text: string): void {
    this.#text = this.#text.slice(0, this.#at) + text + this.#text.slice(this.#at + length);
  }
  blanks(): void {
    for (;;) {
      const char = this.char;
      if (char === ' ' || char === '\t' || char === '\r') this.skip(1);
      else if (char === '\\' && this.startsWith('\\\n')) this.skip(2);
      else if (char === '#' && this.#atWordStart()) this.skip((this.match(/[^\n]*/y) ?? '').length);
      else return;
    }
  }
  /** Takes the lines up to a delimiter line. */
  hereDocument(delimiter: string, stripTabs: boolean): string {
    let body = '';
    while (!this.atEnd) {
      const raw = this.match(/[^\n]*/y) ?? '';
      const line = stripTabs ? raw.replace(/^\t+/, '') : raw;
      this.skip(raw.length);
      const ended = !this.atEnd;
      if (ended) this.skip(1);
      if (line === delimiter) return body;
      body += ended ? `${line}\n` : line;
    }
    if (this.interactive) throw new ShellSyntaxError('unexpected end of file', this.line, true);
    return body;
  }
  #atWordStart(): boolean {
    return this.#at === 0 || /[\s;&|()`]/.test(this.#text.charAt(this.#at - 1));
  }
}
