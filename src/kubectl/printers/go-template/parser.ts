import { unescapeGo, unquote } from '../../../apimachinery/go-unquote.ts';
import { lexTemplate, TemplateSyntaxError, type Token, type Word } from './lexer.ts';
import type { CommandNode, Operand, Pipe, TemplateNode } from './nodes.ts';

/** Templates by name, the main one under its own. */
export type TemplateSet = ReadonlyMap<string, readonly TemplateNode[]>;

/** Upstream: text/template/parse. @throws TemplateSyntaxError */
export function parseTemplate(name: string, source: string, functions: ReadonlySet<string>): TemplateSet {
  const parser = new Parser(name, source, functions);
  return parser.parse();
}

type Stop = 'end' | 'else' | 'eof';

class Parser {
  readonly #name: string;
  readonly #source: string;
  readonly #functions: ReadonlySet<string>;
  readonly #tokens: readonly Token[];
  readonly #templates = new Map<string, readonly TemplateNode[]>();
  #at = 0;
  #variables: string[] = ['$'];
  #rangeDepth = 0;

  constructor(name: string, source: string, functions: ReadonlySet<string>) {
    this.#name = name;
    this.#source = source;
    this.#functions = functions;
    this.#tokens = lexTemplate(name, source);
  }

  parse(): TemplateSet {
    const { nodes, stop, line } = this.#list();
    if (stop !== 'eof') this.#fail(line, `unexpected {{${stop}}}`);
    this.#templates.set(this.#name, nodes);
    return this.#templates;
  }

  #fail(line: number, message: string): never {
    throw new TemplateSyntaxError(`${this.#name}:${line}: ${message}`);
  }

  #list(): { nodes: TemplateNode[]; stop: Stop; line: number; elseWords?: readonly Word[] } {
    const nodes: TemplateNode[] = [];
    for (;;) {
      const token = this.#tokens[this.#at++];
      if (token === undefined) {
        const line = this.#source.split('\n').length;
        return { nodes, stop: 'eof', line };
      }
      if (token.kind === 'text') {
        nodes.push({ kind: 'text', text: token.text });
        continue;
      }
      const words = trimSpaces(token.words);
      const keyword = words[0]?.kind === 'identifier' ? words[0].text : '';
      if (keyword === 'end') return { nodes, stop: 'end', line: token.line };
      if (keyword === 'else') return { nodes, stop: 'else', line: token.line, elseWords: trimSpaces(words.slice(1)) };
      const node = this.#statement(keyword, words, token);
      if (node) nodes.push(node);
    }
  }

  #statement(keyword: string, words: readonly Word[], token: Token): TemplateNode | undefined {
    const rest = trimSpaces(words.slice(1));
    switch (keyword) {
      case 'if':
      case 'with':
      case 'range':
        return this.#control(keyword, rest, token.line);
      case 'define':
        return this.#define(rest, token.line);
      case 'block':
      case 'template':
        return this.#template(keyword, rest, token);
      case 'break':
      case 'continue':
        if (this.#rangeDepth === 0) this.#fail(token.line, `{{${keyword}}} outside {{range}}`);
        return { kind: keyword };
      default:
        return { kind: 'action', pipe: this.#pipe(words, token.line, 'command') };
    }
  }

  #control(kind: 'if' | 'with' | 'range', words: readonly Word[], line: number): TemplateNode {
    const scope = this.#variables.length;
    const pipe = this.#pipe(words, line, kind);
    if (kind === 'range') this.#rangeDepth++;
    const body = this.#list();
    if (kind === 'range') this.#rangeDepth--;
    let otherwise: readonly TemplateNode[] = [];
    if (body.stop === 'eof') this.#fail(body.line, 'unexpected EOF');
    if (body.stop === 'else') {
      const words2 = body.elseWords ?? [];
      const keyword = words2[0]?.text ?? '';
      if (keyword === 'if' || keyword === 'with') {
        otherwise = [this.#control(keyword, trimSpaces(words2.slice(1)), body.line)];
      } else {
        const rest = this.#list();
        if (rest.stop === 'eof') this.#fail(rest.line, 'unexpected EOF');
        if (rest.stop === 'else') this.#fail(rest.line, 'expected end; found {{else}}');
        otherwise = rest.nodes;
      }
    }
    this.#variables.length = scope;
    return { kind, pipe, body: body.nodes, otherwise };
  }

  /** The text of a string literal. */
  #string(literal: string, line: number): string {
    return unquote(literal) ?? this.#fail(line, 'invalid syntax');
  }
  /** The code point of a character constant. */
  #character({ text, line }: Word): number {
    const [character, ...more] = unescapeGo(text.slice(1, -1), "'") ?? this.#fail(line, 'invalid syntax');
    if (character === undefined || more.length > 0) this.#fail(line, `malformed character constant: ${text}`);
    return character.codePointAt(0) ?? 0;
  }

  #define(words: readonly Word[], line: number): undefined {
    const name = this.#string(words[0]?.text ?? '""', line);
    const variables = this.#variables;
    this.#variables = ['$'];
    const body = this.#list();
    this.#variables = variables;
    if (body.stop !== 'end') this.#fail(line, 'unexpected EOF');
    this.#templates.set(name, body.nodes);
    return undefined;
  }

  #template(keyword: 'block' | 'template', words: readonly Word[], token: Token): TemplateNode {
    const first = words[0];
    if (first?.kind !== 'string') this.#fail(token.line, `unexpected "${first?.text ?? '}}'}" in ${keyword} clause`);
    const name = this.#string(first?.text ?? '""', token.line);
    const rest = trimSpaces(words.slice(1));
    const pipe = rest.length === 0 ? undefined : this.#pipe(rest, token.line, keyword);
    if (keyword === 'block') {
      const body = this.#list();
      if (!this.#templates.has(name)) this.#templates.set(name, body.nodes);
    }
    return { kind: 'template', name, pipe, at: token.at };
  }

  #pipe(words: readonly Word[], line: number, context: string): Pipe {
    const { declares, assigns, rest } = this.#declarations(words, context);
    const trimmed = trimSpaces(rest);
    if (trimmed.length === 0) this.#fail(line, `missing value for ${context}`);
    const commands = splitAt(trimmed, '|').map((part) => this.#command(trimSpaces(part), line));
    for (const command of commands.slice(1)) {
      const first = command.operands[0];
      if (first?.kind === 'literal' || first?.kind === 'dot' || first?.kind === 'nil') {
        this.#fail(line, `non executable command in pipeline stage ${commands.indexOf(command) + 1}`);
      }
    }
    this.#variables.push(...declares);
    return { declares, assigns, commands, at: trimmed[0]?.at ?? 0, source: sourceOf(trimmed) };
  }

  #declarations(words: readonly Word[], context: string) {
    const plain = words.filter((word) => word.kind !== 'space');
    const two = context === 'range' && plain[1]?.text === ',';
    const operator = plain[two ? 3 : 1]?.text;
    if (plain[0]?.kind !== 'variable' || (operator !== ':=' && operator !== '=')) {
      return { declares: [], assigns: false, rest: words };
    }
    const names = [plain[0].text, ...(two && plain[2] ? [plain[2].text] : [])];
    const at = words.findIndex((word) => word.text === operator);
    return { declares: names, assigns: operator === '=', rest: words.slice(at + 1) };
  }

  #command(words: readonly Word[], line: number): CommandNode {
    if (words.length === 0) this.#fail(line, 'missing value for command');
    const operands: Operand[] = [];
    let at = 0;
    while (at < words.length) {
      if (words[at]?.kind === 'space') {
        at++;
        continue;
      }
      const { operand, next } = this.#operand(words, at, line);
      operands.push(operand);
      at = next;
    }
    return { operands, at: words[0]?.at ?? 0, source: sourceOf(words) };
  }

  #operand(words: readonly Word[], start: number, line: number): { operand: Operand; next: number } {
    const word = words[start] as Word;
    if (word.text === '(') {
      const close = closing(words, start);
      const pipe = this.#pipe(words.slice(start + 1, close), line, 'parenthesized pipeline');
      const { names, next } = fieldsAfter(words, close + 1);
      return { operand: { kind: 'pipe', pipe, names, at: word.at }, next };
    }
    switch (word.kind) {
      case 'dot':
        return { operand: { kind: 'dot' }, next: start + 1 };
      case 'field': {
        const { names, next } = fieldsAfter(words, start);
        return { operand: { kind: 'field', names, at: lastAt(words, next) }, next };
      }
      case 'variable': {
        if (!this.#variables.includes(word.text)) this.#fail(word.line, `undefined variable "${word.text}"`);
        const { names, next } = fieldsAfter(words, start + 1);
        return { operand: { kind: 'variable', name: word.text, names, at: lastAt(words, next) }, next };
      }
      case 'string':
        return {
          operand: { kind: 'literal', value: this.#string(word.text, word.line), source: word.text },
          next: start + 1,
        };
      case 'char':
        return { operand: { kind: 'literal', value: this.#character(word), source: word.text }, next: start + 1 };
      case 'number':
        return {
          operand: { kind: 'literal', value: Number(word.text.replaceAll('_', '')), source: word.text },
          next: start + 1,
        };
      case 'identifier':
        return { operand: this.#identifier(word), next: start + 1 };
      default:
        return this.#fail(line, `unexpected "${word.text}" in operand`);
    }
  }

  #identifier(word: Word): Operand {
    if (word.text === 'true' || word.text === 'false') {
      return { kind: 'literal', value: word.text === 'true', source: word.text };
    }
    if (word.text === 'nil') return { kind: 'nil' };
    if (!this.#functions.has(word.text)) this.#fail(word.line, `function "${word.text}" not defined`);
    return { kind: 'function', name: word.text, at: word.at };
  }
}

const lastAt = (words: readonly Word[], next: number): number => words[next - 1]?.at ?? 0;

const sourceOf = (words: readonly Word[]): string =>
  words.map((word) => (word.kind === 'space' ? ' ' : word.text)).join('');

function trimSpaces(words: readonly Word[]): readonly Word[] {
  let from = 0;
  let to = words.length;
  while (words[from]?.kind === 'space') from++;
  while (to > from && words[to - 1]?.kind === 'space') to--;
  return words.slice(from, to);
}

function splitAt(words: readonly Word[], symbol: string): Word[][] {
  const out: Word[][] = [[]];
  let depth = 0;
  for (const word of words) {
    if (word.text === '(') depth++;
    if (word.text === ')') depth--;
    if (word.kind === 'symbol' && word.text === symbol && depth === 0) out.push([]);
    else out.at(-1)?.push(word);
  }
  return out;
}

function closing(words: readonly Word[], open: number): number {
  let depth = 0;
  for (let at = open; at < words.length; at++) {
    if (words[at]?.text === '(') depth++;
    if (words[at]?.text === ')' && --depth === 0) return at;
  }
  return words.length;
}

function fieldsAfter(words: readonly Word[], start: number): { names: string[]; next: number } {
  const names: string[] = [];
  let at = start;
  for (; words[at]?.kind === 'field'; at++) names.push((words[at]?.text ?? '').slice(1));
  return { names, next: at };
}
