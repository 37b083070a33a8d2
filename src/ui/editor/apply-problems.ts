/**
 * Finds the line that an error of `kubectl apply` is about. kubectl names the object and the field's path; the file's own
 * positions give the line.
 */
import { isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, type Document } from 'yaml';

export interface Problem {
  readonly message: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
}

interface Parsed {
  readonly document: Document.Parsed;
  readonly kind: string;
  readonly name: string;
}

/** What matters of a long message: the API repeats whole objects before it says what is wrong. */
export function shortMessage(message: string): string {
  const strict = /strict decoding error: (.*)$/.exec(message)?.[1];
  if (strict !== undefined) return strict;
  return message
    .replace(/^Error from server \(\w+\): /, '')
    .replace(/^error when (?:creating|applying patch)[^:]*: /, '');
}

/** The problems that kubectl wrote about one file's text. Each has a line: the field's, the object's, or the first. */
export function problemsOf(text: string, stderr: string): Problem[] {
  const counter = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: counter, version: '1.1', uniqueKeys: false });
  const parsed: Parsed[] = (Array.isArray(documents) ? documents : []).map((document) => ({
    document: document as Document.Parsed,
    kind: String(document.get('kind') ?? ''),
    name: String(document.getIn(['metadata', 'name']) ?? ''),
  }));
  return messagesOf(stderr).map((message) => locate(message, parsed, counter, text));
}

/** Splits what kubectl wrote into one message for each thing that is wrong. */
export function messagesOf(stderr: string): string[] {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('Warning: '));
  const out: string[] = [];
  let head = '';
  for (const line of lines) {
    const item = /^\* (.*)$/.exec(line);
    if (item?.[1] !== undefined && head !== '') {
      if (out.at(-1) === head) out.pop();
      out.push(`${head} ${item[1]}`);
    } else {
      head = line;
      out.push(line);
    }
  }
  return out.flatMap(splitStrict);
}

/** `strict decoding error: unknown field "a", unknown field "b"` is two problems. */
function splitStrict(message: string): string[] {
  const match = /^(.*strict decoding error: )(.*)$/.exec(message);
  if (!match) return [message];
  return (match[2] ?? '').split(/, (?=unknown field|duplicate field)/).map((part) => (match[1] ?? '') + part);
}

function locate(message: string, parsed: readonly Parsed[], counter: LineCounter, text: string): Problem {
  const inYaml = /yaml: line (\d+)/.exec(message);
  if (inYaml) return wholeLine(message, Number(inYaml[1]), text);
  const target = objectOf(message, parsed);
  const path = pathOf(message);
  const node = target && path ? deepest(target.document, path) : undefined;
  const offset = node?.range?.[0] ?? target?.document.contents?.range?.[0] ?? 0;
  const { line } = counter.linePos(offset);
  return wholeLine(message, line, text);
}

function wholeLine(message: string, line: number, text: string): Problem {
  const content = text.split('\n')[line - 1] ?? '';
  const column = content.length - content.trimStart().length + 1;
  return { message, line, column, endColumn: Math.max(content.trimEnd().length + 1, column + 1) };
}

/** `The Deployment "web" is invalid`, `deployments.apps "web" is forbidden`, or the only object there is. */
function objectOf(message: string, parsed: readonly Parsed[]): Parsed | undefined {
  const quoted = [...message.matchAll(/"([^"]+)"/g)].map((match) => match[1]);
  const named = parsed.filter(({ name }) => quoted.includes(name));
  const kind = /The (\w+) "|(\w+) in version "/.exec(message);
  const word = kind?.[1] ?? kind?.[2];
  const ofKind = (list: readonly Parsed[]) => list.find((each) => word !== undefined && each.kind === word);
  return ofKind(named) ?? ofKind(parsed) ?? named[0] ?? parsed[0];
}

/** The field's path: `spec.template.spec.containers[0].image`, also of an unknown field. */
export function pathOf(message: string): readonly (string | number)[] | undefined {
  const quoted = /(?:unknown|duplicate) field "([^"]+)"/.exec(message)?.[1];
  const plain =
    /(?:^|[\s(])((?:spec|metadata|data|status|rules|subjects|roleRef|webhooks|[a-z]\w+)(?:\.[\w-]+|\[[^\]]*\])+):/.exec(
      message,
    )?.[1];
  const text = quoted ?? plain ?? /is invalid:? \[?(\w+):/.exec(message)?.[1];
  if (text === undefined) return undefined;
  return [...text.matchAll(/([^.[\]]+)|\[([^\]]*)\]/g)].map((match) => {
    const part = match[1] ?? match[2] ?? '';
    return match[2] !== undefined && /^\d+$/.test(part) ? Number(part) : part;
  });
}

/** The node of the longest part of a path that the file has: the key where there is one. */
function deepest(document: Document.Parsed, path: readonly (string | number)[]): Node | undefined {
  let node: unknown = document.contents;
  let found: Node | undefined;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      if (!pair) break;
      found = pair.key as Node;
      node = pair.value;
    } else if (isSeq(node)) {
      const item: unknown = typeof part === 'number' ? node.items[part] : undefined;
      if (item === undefined) break;
      found = item as Node;
      node = item;
    } else break;
  }
  return found;
}
