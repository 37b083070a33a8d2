// Reads kubectl's JSONPath templates. Upstream: client-go/util/jsonpath/parser.go (v1.36)

import { unescapeGo } from './go-unquote.ts';

/** A template or expression that cannot be read or evaluated; the message is upstream's. */
export class JsonPathError extends Error {
  override readonly name = 'JsonPathError';
}

/** A bound of an array's slice. `derived`: it was not written but follows from the start. */
export interface SliceBound {
  readonly value: number;
  readonly known: boolean;
  readonly derived: boolean;
}

/** A part of a template. */
export type JsonPathNode =
  | { readonly kind: 'list'; readonly nodes: JsonPathNode[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'identifier'; readonly name: string }
  | { readonly kind: 'array'; readonly bounds: readonly [SliceBound, SliceBound, SliceBound] }
  | { readonly kind: 'filter'; readonly left: ListNode; readonly right: ListNode; readonly operator: string }
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'recursive' }
  | { readonly kind: 'union'; readonly nodes: readonly ListNode[] };

/** Parts evaluated one after the other. */
export type ListNode = Extract<JsonPathNode, { readonly kind: 'list' }>;

const terminators = ' \t\r\n.,[]$@{}';
const wordCharacter = /^[_\p{L}\p{Nd}]$/u;

class Parser {
  readonly root: ListNode = { kind: 'list', nodes: [] };
  readonly #input: string;
  #at = 0;
  #start = 0;

  constructor(input: string) {
    this.#input = input;
  }

  parse(): ListNode {
    while (this.#at < this.#input.length || this.#start < this.#at) {
      const open = this.#input.indexOf('{', this.#at);
      this.#at = open < 0 ? this.#input.length : open;
      if (this.#at > this.#start) this.root.nodes.push({ kind: 'text', text: this.#consume() });
      if (open < 0) break;
      this.#at++;
      this.#consume();
      const action: ListNode = { kind: 'list', nodes: [] };
      this.root.nodes.push(action);
      while (this.#insideAction(action.nodes));
    }
    return this.root;
  }

  /** Reads one part of an action. @returns false at its end */
  #insideAction(nodes: JsonPathNode[]): boolean {
    if (this.#takes('}')) return false;
    if (this.#takes('[?(')) return this.#filter(nodes);
    if (this.#takes('..')) return this.#recursive(nodes);
    const character = this.#next();
    if (character === '' || character === '\r' || character === '\n') throw new JsonPathError('unclosed action');
    if (character === ' ' || character === '@' || character === '$') this.#consume();
    else if (character === '[') this.#array(nodes);
    else if (character === '"' || character === "'") this.#quoted(nodes, character);
    else if (character === '.') this.#field(nodes);
    else if (/^[-+\p{Nd}]$/u.test(character)) this.#number(nodes);
    else if (wordCharacter.test(character)) this.#identifier(nodes);
    else {
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      throw new JsonPathError(`unrecognized character in action: U+${code} '${character}'`);
    }
    return true;
  }

  #identifier(nodes: JsonPathNode[]): void {
    while (!this.#atTerminator()) this.#next();
    const name = this.#consume();
    if (name === 'true' || name === 'false') nodes.push({ kind: 'bool', value: name === 'true' });
    else nodes.push({ kind: 'identifier', name });
  }

  #recursive(nodes: JsonPathNode[]): boolean {
    if (nodes.at(-1)?.kind === 'recursive') throw new JsonPathError('invalid multiple recursive descent');
    nodes.push({ kind: 'recursive' });
    const next = String.fromCodePoint(this.#input.codePointAt(this.#at) ?? 0);
    if (wordCharacter.test(next)) this.#field(nodes);
    return true;
  }

  #number(nodes: JsonPathNode[]): void {
    while (/[.0-9]/.test(this.#input.charAt(this.#at))) this.#at++;
    const text = this.#consume();
    if (/^[-+]?[0-9]+$/.test(text)) nodes.push({ kind: 'int', value: Number(text) });
    else if (/^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)$/.test(text)) nodes.push({ kind: 'float', value: Number(text) });
    else throw new JsonPathError(`cannot parse number ${text}`);
  }

  #array(nodes: JsonPathNode[]): void {
    for (let character = ''; character !== ']'; ) {
      character = this.#next();
      if (character === '' || character === '\n') throw new JsonPathError('unterminated array');
    }
    const inner = this.#consume().slice(1, -1);
    const text = inner === '*' ? ':' : inner;
    const parts = text.split(',');
    const key = /^'([^']*)'$/.exec(text);
    if (parts.length > 1) {
      nodes.push({ kind: 'union', nodes: parts.map((part) => parseAction(`[${part.replace(/^ +| +$/g, '')}]`)) });
    } else if (key !== null) nodes.push(...parseAction(`.${key[1] ?? ''}`).nodes);
    else nodes.push(parseSlice(text));
  }

  #filter(nodes: JsonPathNode[]): boolean {
    let pair = '';
    let ended = false;
    for (;;) {
      const character = this.#next();
      if (character === '' || character === '\n') throw new JsonPathError('unterminated filter');
      if (character === ')' && (pair !== '') === ended) break;
      if (character !== '"' && character !== "'") continue;
      if (pair === '') pair = character;
      else if (character === pair && this.#input[this.#at - 2] !== '\\') ended = true;
    }
    if (this.#next() !== ']') throw new JsonPathError('unclosed array expect ]');
    const text = this.#consume().slice(0, -2);
    const comparison = /^([^!<>=]+)([!<>=]+)(.+?)$/.exec(text);
    if (comparison === null) {
      nodes.push({ kind: 'filter', left: parseAction(text), right: { kind: 'list', nodes: [] }, operator: 'exists' });
    } else {
      const [, left = '', operator = '', right = ''] = comparison;
      nodes.push({ kind: 'filter', left: parseAction(left), right: parseAction(right), operator });
    }
    return true;
  }

  #quoted(nodes: JsonPathNode[], end: '"' | "'"): void {
    for (;;) {
      const character = this.#next();
      if (character === '' || character === '\n') throw new JsonPathError('unterminated quoted string');
      if (character === end && this.#input[this.#at - 2] !== '\\') break;
    }
    const quoted = this.#consume();
    const text = unescapeGo(quoted.slice(1, -1), end);
    if (text === undefined) throw new JsonPathError(`unquote string ${quoted} error invalid syntax`);
    nodes.push({ kind: 'text', text });
  }

  #field(nodes: JsonPathNode[]): void {
    this.#consume();
    while (!this.#atTerminator()) if (this.#next() === '\\') this.#next();
    const name = this.#consume();
    nodes.push(name === '*' ? { kind: 'wildcard' } : { kind: 'field', name: name.replaceAll('\\', '') });
  }

  #atTerminator(): boolean {
    return this.#at >= this.#input.length || terminators.includes(this.#input.charAt(this.#at));
  }

  /** The next character, empty at the end. */
  #next(): string {
    const code = this.#input.codePointAt(this.#at);
    if (code === undefined) return '';
    const character = String.fromCodePoint(code);
    this.#at += character.length;
    return character;
  }

  #takes(prefix: string): boolean {
    if (!this.#input.startsWith(prefix, this.#at)) return false;
    this.#at += prefix.length;
    this.#consume();
    return true;
  }

  #consume(): string {
    const text = this.#input.slice(this.#start, this.#at);
    this.#start = this.#at;
    return text;
  }
}

function parseSlice(text: string): JsonPathNode {
  const match = /^(-?[0-9]*)(:-?[0-9]*)?(:-?[0-9]*)?$/.exec(text);
  if (match === null) throw new JsonPathError(`invalid array index ${text}`);
  const [, first = '', second, third] = match;
  const start = boundOf(first);
  const derived: SliceBound = { value: start.value + 1, known: true, derived: true };
  const end = second === undefined ? derived : boundOf(second.slice(1));
  return { kind: 'array', bounds: [start, end, boundOf(third?.slice(1) ?? '')] };
}

function boundOf(text: string): SliceBound {
  if (text === '-') throw new JsonPathError(`array index ${text} is not a number`);
  return { value: Number(text), known: text !== '', derived: false };
}

function parseAction(text: string): ListNode {
  const first = new Parser(`{${text}}`).parse().nodes[0];
  return first?.kind === 'list' ? first : { kind: 'list', nodes: [] };
}

/** Reads a template: text with expressions in braces. @throws JsonPathError with upstream's message */
export function parseJsonPathTemplate(text: string): ListNode {
  return new Parser(text).parse();
}
