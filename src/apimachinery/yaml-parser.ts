// Builds the tree of a YAML document from its tokens. Upstream: go-yaml v2 parserc.go and decode.go
import { quote } from './go-format.ts';
import { type Mark, YamlError, yamlErrorAt } from './yaml-reader.ts';
import { YamlScanner } from './yaml-scanner.ts';
import type { Token, TokenKind } from './yaml-token.ts';

/** A part of a document. */
export type YamlNode =
  | {
      readonly kind: 'scalar';
      readonly line: number;
      readonly value: string;
      readonly tag: string;
      readonly plain: boolean;
    }
  | { readonly kind: 'sequence'; readonly line: number; readonly items: YamlNode[] }
  | { readonly kind: 'mapping'; readonly line: number; readonly pairs: (readonly [YamlNode, YamlNode])[] }
  | { readonly kind: 'alias'; readonly line: number; readonly name: string; readonly target: YamlNode };

const coreTagPrefix = 'tag:yaml.org,2002:';

/** The tag and anchor before a node. */
interface Properties {
  readonly anchor: string;
  readonly tag: string;
  readonly mark: Mark;
}

class Parser {
  readonly #scanner: YamlScanner;
  readonly #anchors = new Map<string, YamlNode>();
  readonly #tagPrefixes = new Map([
    ['!', '!'],
    ['!!', coreTagPrefix],
  ]);

  constructor(text: string) {
    this.#scanner = new YamlScanner(text);
  }

  /** The first document; undefined when there is none. */
  document(): YamlNode | undefined {
    if (this.#next() === 'stream-end') return undefined;
    const isExplicit = this.#directives();
    const first = this.#next();
    const isEmpty =
      isExplicit &&
      ['version-directive', 'tag-directive', 'document-start', 'document-end', 'stream-end'].includes(first);
    const node = isEmpty ? this.#empty(this.#scanner.peek().mark) : this.#node(true, false);
    this.#scanner.peek();
    return node;
  }

  #next(): TokenKind {
    return this.#scanner.peek().kind;
  }

  /** @returns whether the document begins with `---` */
  #directives(): boolean {
    const tagHandles = new Set<string>();
    let hasVersion = false;
    let hasAny = false;
    for (;;) {
      const token = this.#scanner.peek();
      if (token.kind === 'version-directive') {
        if (hasVersion) throw yamlErrorAt(token.mark.line, 'found duplicate %YAML directive');
        if (token.value !== '1.1') throw yamlErrorAt(token.mark.line, 'found incompatible YAML document');
        hasVersion = true;
      } else if (token.kind === 'tag-directive') {
        if (tagHandles.has(token.value)) throw yamlErrorAt(token.mark.line, 'found duplicate %TAG directive');
        tagHandles.add(token.value);
        this.#tagPrefixes.set(token.value, token.suffix);
      } else break;
      hasAny = true;
      this.#scanner.take();
    }
    const token = this.#scanner.peek();
    if (token.kind === 'document-start') {
      this.#scanner.take();
      return true;
    }
    if (hasAny) throw yamlErrorAt(token.mark.line, 'did not find expected <document start>');
    return false;
  }

  #empty({ line }: Mark): YamlNode {
    return { kind: 'scalar', line, value: '', tag: '', plain: true };
  }

  #node(block: boolean, indentless: boolean): YamlNode {
    const first = this.#scanner.peek();
    if (first.kind === 'alias') return this.#alias(this.#scanner.take());
    const properties = this.#properties(first);
    const token = this.#scanner.peek();
    if (indentless && token.kind === 'block-entry') return this.#indentlessSequence(properties);
    switch (token.kind) {
      case 'scalar':
        return this.#scalar(this.#scanner.take(), properties);
      case 'flow-sequence-start':
        return this.#flowSequence(properties);
      case 'flow-mapping-start':
        return this.#flowMapping(properties);
      default:
    }
    if (block && token.kind === 'block-sequence-start') return this.#blockSequence(properties);
    if (block && token.kind === 'block-mapping-start') return this.#blockMapping(properties);
    if (properties.anchor !== '' || properties.tag !== '') {
      const { line } = properties.mark;
      return this.#anchored(properties, {
        kind: 'scalar',
        line,
        value: '',
        tag: properties.tag,
        plain: properties.tag === '',
      });
    }
    throw problem('did not find expected node content', token.mark, properties.mark);
  }

  #alias({ value: name, mark }: Token): YamlNode {
    const target = this.#anchors.get(name);
    if (target === undefined) throw new YamlError(`yaml: unknown anchor '${name}' referenced`);
    return { kind: 'alias', line: mark.line, name, target };
  }

  #properties({ mark }: Token): Properties {
    let anchor = '';
    let tag = '';
    for (let token = this.#scanner.peek(); ; token = this.#scanner.peek()) {
      if (token.kind === 'anchor' && anchor === '') anchor = token.value;
      else if (token.kind === 'tag' && tag === '') tag = this.#resolveTag(token, mark);
      else return { anchor, tag, mark };
      this.#scanner.take();
    }
  }

  #resolveTag({ value: handle, suffix, mark }: Token, context: Mark): string {
    if (handle === '') return suffix;
    const prefix = this.#tagPrefixes.get(handle);
    if (prefix === undefined) throw problem('found undefined tag handle', mark, context);
    return prefix + suffix;
  }

  #anchored(properties: Properties, node: YamlNode): YamlNode {
    if (properties.anchor !== '') this.#anchors.set(properties.anchor, node);
    return node;
  }

  #scalar(token: Token, properties: Properties): YamlNode {
    const { tag, mark } = properties;
    const plain = (tag === '' && token.plain) || tag === '!';
    return this.#anchored(properties, { kind: 'scalar', line: mark.line, value: token.value, tag, plain });
  }

  #sequenceNode(properties: Properties): Extract<YamlNode, { readonly kind: 'sequence' }> {
    const node = { kind: 'sequence', line: properties.mark.line, items: [] as YamlNode[] } as const;
    this.#anchored(properties, node);
    return node;
  }

  #mappingNode(properties: Properties): Extract<YamlNode, { readonly kind: 'mapping' }> {
    const pairs: (readonly [YamlNode, YamlNode])[] = [];
    const node = { kind: 'mapping', line: properties.mark.line, pairs } as const;
    this.#anchored(properties, node);
    return node;
  }

  #indentlessSequence(properties: Properties): YamlNode {
    const node = this.#sequenceNode(properties);
    while (this.#next() === 'block-entry') {
      const { mark } = this.#scanner.take();
      const ends = ['block-entry', 'key', 'value', 'block-end'].includes(this.#next());
      node.items.push(ends ? this.#empty(mark) : this.#node(true, false));
    }
    return node;
  }

  #blockSequence(properties: Properties): YamlNode {
    const node = this.#sequenceNode(properties);
    const { mark: context } = this.#scanner.take();
    for (;;) {
      const { kind, mark } = this.#scanner.peek();
      if (kind !== 'block-entry' && kind !== 'block-end') {
        throw problem("did not find expected '-' indicator", mark, context);
      }
      this.#scanner.take();
      if (kind === 'block-end') return node;
      const ends = this.#next() === 'block-entry' || this.#next() === 'block-end';
      node.items.push(ends ? this.#empty(mark) : this.#node(true, false));
    }
  }

  #blockMapping(properties: Properties): YamlNode {
    const node = this.#mappingNode(properties);
    const { mark: context } = this.#scanner.take();
    const ends = (): boolean => ['key', 'value', 'block-end'].includes(this.#next());
    for (;;) {
      const { kind, mark } = this.#scanner.peek();
      if (kind === 'block-end') {
        this.#scanner.take();
        return node;
      }
      if (kind !== 'key') throw problem('did not find expected key', mark, context);
      this.#scanner.take();
      const key = ends() ? this.#empty(mark) : this.#node(true, true);
      const value = this.#scanner.peek();
      if (value.kind === 'value') this.#scanner.take();
      const isEmpty = value.kind !== 'value' || ends();
      node.pairs.push([key, isEmpty ? this.#empty(value.mark) : this.#node(true, true)]);
    }
  }

  #flowSequence(properties: Properties): YamlNode {
    const node = this.#sequenceNode(properties);
    const { mark: context } = this.#scanner.take();
    for (let first = true; ; first = false) {
      if (this.#endsFlow('flow-sequence-end', first, "did not find expected ',' or ']'", context)) return node;
      if (this.#next() === 'flow-sequence-end') {
        this.#scanner.take();
        return node;
      }
      node.items.push(this.#next() === 'key' ? this.#flowPair() : this.#node(false, false));
    }
  }

  /** Takes the comma before all entries but the first. @returns whether the end was there instead */
  #endsFlow(end: TokenKind, first: boolean, complaint: string, context: Mark): boolean {
    const { kind, mark } = this.#scanner.peek();
    if (kind === end) {
      this.#scanner.take();
      return true;
    }
    if (first) return false;
    if (kind !== 'flow-entry') throw problem(complaint, mark, context);
    this.#scanner.take();
    return false;
  }

  /** A single pair in a list: `[a: b]`. After `?` without a key, libyaml loses a token. */
  #flowPair(): YamlNode {
    const { mark } = this.#scanner.take();
    const node = this.#mappingNode({ anchor: '', tag: '', mark });
    const endsKey = ['value', 'flow-entry', 'flow-sequence-end'].includes(this.#next());
    if (endsKey) this.#scanner.take();
    const key = endsKey ? this.#empty(mark) : this.#node(false, false);
    let value = this.#empty(mark);
    if (this.#next() === 'value') {
      this.#scanner.take();
      if (this.#next() !== 'flow-entry' && this.#next() !== 'flow-sequence-end') value = this.#node(false, false);
    }
    node.pairs.push([key, value]);
    return node;
  }

  #flowMapping(properties: Properties): YamlNode {
    const node = this.#mappingNode(properties);
    const { mark: context } = this.#scanner.take();
    for (let first = true; ; first = false) {
      if (this.#endsFlow('flow-mapping-end', first, "did not find expected ',' or '}'", context)) return node;
      const { kind, mark } = this.#scanner.peek();
      if (kind === 'flow-mapping-end') {
        this.#scanner.take();
        return node;
      }
      if (kind === 'key') this.#scanner.take();
      const ends = (): boolean => ['value', 'flow-entry', 'flow-mapping-end'].includes(this.#next());
      if (kind !== 'key') {
        node.pairs.push([this.#node(false, false), this.#empty(mark)]);
        continue;
      }
      const key = ends() ? this.#empty(mark) : this.#node(false, false);
      let value = this.#empty(this.#scanner.peek().mark);
      if (this.#next() === 'value') {
        this.#scanner.take();
        if (this.#next() !== 'flow-entry' && this.#next() !== 'flow-mapping-end') value = this.#node(false, false);
      }
      node.pairs.push([key, value]);
    }
  }
}

function problem(text: string, mark: Mark, context: Mark): YamlError {
  return yamlErrorAt(mark.line > 0 ? mark.line : context.line, text);
}

const forbidden = /[^\t\n\r -~\u0085\u00a0-\ud7ff\ud800-\udfff\ue000-\ufffd]/u;

/**
 * The tree of the first document; undefined when the text has none.
 *
 * @throws YamlError
 */
export function parseYamlNode(text: string): YamlNode | undefined {
  if (forbidden.test(text) && /[\0-\x08\v\f\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/.test(text)) {
    throw new YamlError('yaml: control characters are not allowed');
  }
  return new Parser(text).document();
}

/** A short name for a tag: `!!int`. */
export function shortTag(tag: string): string {
  return tag.startsWith(coreTagPrefix) ? `!!${tag.slice(coreTagPrefix.length)}` : tag;
}

/** `line 6: key "x" already set in map`. */
export function duplicateKeyText(line: number, key: string | number | boolean): string {
  return `line ${line + 1}: key ${typeof key === 'string' ? quote(key) : String(key)} already set in map`;
}
