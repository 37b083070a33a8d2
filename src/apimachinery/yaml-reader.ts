// The characters of a YAML text, with places as libyaml counts them. Upstream: go-yaml v2 readerc.go, scannerc.go

/** Text that is no YAML; the message is Go's, such as `yaml: line 2: mapping values are not allowed in this context`. */
export class YamlError extends Error {
  override readonly name = 'YamlError';
}

/** A place in the text; all count from zero. */
export interface Mark {
  readonly index: number;
  readonly line: number;
  readonly column: number;
}

/** A space or a tab. */
export function isBlank(c: string): boolean {
  return c === ' ' || c === '\t';
}

/** What ends a line: a line feed, a carriage return, or one of Unicode's own. */
export function isBreak(c: string): boolean {
  return c === '\n' || c === '\r' || c === '\u0085' || c === '\u2028' || c === '\u2029';
}

/** A break or the end. */
export function isBreakOrEnd(c: string): boolean {
  return c === '' || isBreak(c);
}

/** A blank, a break or the end. */
export function isBlankOrEnd(c: string): boolean {
  return isBlank(c) || isBreakOrEnd(c);
}

/** The error at a line, as go-yaml words it: line 0 is not named. */
export function yamlErrorAt(line: number, problem: string): YamlError {
  return new YamlError(`yaml: ${line > 0 ? `line ${line}: ` : ''}${problem}`);
}

/** A text and a place in it. */
export class YamlReader {
  readonly text: string;
  #index = 0;
  #line = 0;
  #column = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The place in UTF-16 units; line and column count from zero. */
  get index(): number {
    return this.#index;
  }
  get line(): number {
    return this.#line;
  }
  get column(): number {
    return this.#column;
  }

  /** Closes the last line, as if it ended with a break. */
  endLine(): void {
    if (this.#column === 0) return;
    this.#column = 0;
    this.#line++;
  }

  /** Whether `---` or `...` stands at the beginning of a line here. */
  isDocumentIndicator(): boolean {
    if (this.#column !== 0) return false;
    const three = this.text.slice(this.#index, this.#index + 3);
    return (three === '---' || three === '...') && isBlankOrEnd(this.at(3));
  }

  /** Takes letters, digits, `_` and `-`; may be empty. */
  readWord(): string {
    return this.readUntil((c) => !/^[0-9A-Za-z_-]$/.test(c));
  }

  /** Takes characters up to one that ends them, or to the end of the text. */
  readUntil(ends: (c: string) => boolean): string {
    const from = this.#index;
    while (this.at(0) !== '' && !ends(this.at(0))) this.skip();
    return this.text.slice(from, this.#index);
  }

  skipBlanks(): void {
    while (isBlank(this.at(0))) this.skip();
  }

  /** The character so many places on, not taken; empty behind the end. */
  at(offset: number): string {
    return this.text.charAt(this.#index + offset);
  }

  mark(): Mark {
    return { index: this.#index, line: this.#line, column: this.#column };
  }

  /** Takes one character; a surrogate pair is one. */
  skip(): void {
    const unit = this.text.charCodeAt(this.#index);
    this.#index += unit >= 0xd800 && unit <= 0xdbff ? 2 : 1;
    this.#column++;
  }

  /** Takes one character and gives it. */
  read(): string {
    const from = this.#index;
    this.skip();
    return this.text.slice(from, this.#index);
  }

  /** Takes a break and gives what it counts as: a line separator itself, anything else `\n`. */
  readLine(): string {
    const c = this.at(0);
    this.#index += c === '\r' && this.at(1) === '\n' ? 2 : 1;
    this.#column = 0;
    this.#line++;
    return c === '\u2028' || c === '\u2029' ? c : '\n';
  }

  /** An error at the present line; on the first line, at the line of `context`, as libyaml counts. */
  error(problem: string, context?: Mark): YamlError {
    const line = this.#line > 0 ? this.#line + 1 : (context?.line ?? 0);
    return yamlErrorAt(line, problem);
  }

  skipComment(): void {
    if (this.at(0) === '#') while (!isBreakOrEnd(this.at(0))) this.skip();
  }
}
