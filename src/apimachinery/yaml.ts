// Reads YAML as the API server and kubectl do: YAML 1.1 with merge keys, made into JSON values.
import { parseDocument, visit } from 'yaml';
import type { Document, ScalarTag, SchemaOptions, ParseOptions, DocumentOptions, Tags, YAMLParseError } from 'yaml';

/** Text that is no YAML; the message is Go's, such as `yaml: line 2: mapping values are not allowed in this context`. */
export class YamlError extends Error {
  override readonly name = 'YamlError';
}

/** Octals as YAML 1.2 writes them, which go-yaml reads too. */
const octal: ScalarTag = {
  identify: () => false,
  default: true,
  tag: 'tag:yaml.org,2002:int',
  format: 'OCT12',
  test: /^[-+]?0o[0-7_]+$/,
  resolve: (text) => Number.parseInt(text.replaceAll('_', '').replace('0o', ''), 8),
};

function isKept(tag: Tags[number]): boolean {
  return typeof tag === 'string' || !(('format' in tag && tag.format === 'TIME') || tag.tag.includes('timestamp'));
}

const options: ParseOptions & DocumentOptions & SchemaOptions = {
  version: '1.1',
  schema: 'yaml-1.1',
  merge: true,
  uniqueKeys: false,
  logLevel: 'silent',
  customTags: (tags) => [octal, ...tags.filter(isKept)],
};

function textOfError(error: YAMLParseError, text: string): string {
  const line = error.linePos?.[0].line ?? 1;
  const where = line > 1 ? `line ${line}: ` : '';
  const { message } = error;
  switch (error.code) {
    case 'TAB_AS_INDENT':
    case 'BAD_SCALAR_START':
      return `${where}found character that cannot start any token`;
    case 'BLOCK_AS_IMPLICIT_KEY': {
      const next = text.slice(error.pos[0]).search(/:(\s|$)/);
      const at = text.slice(0, error.pos[0] + Math.max(next, 0)).split('\n').length;
      return `${at > 1 ? `line ${at}: ` : ''}mapping values are not allowed in this context`;
    }
    case 'BAD_DQ_ESCAPE':
      return `${where}found unknown escape character`;
    case 'BAD_INDENT':
      if (message.startsWith('Flow'))
        return `line 1: did not find expected ',' or '${message.includes('map') ? '}' : ']'}'`;
      return `line ${line - 1}: did not find expected key`;
    case 'MISSING_CHAR':
      if (message.startsWith('Flow'))
        return `line ${line}: did not find expected ',' or '${message.includes('map') ? '}' : ']'}'`;
      if (message.startsWith('Missing closing')) return `${where}found unexpected end of stream`;
      return `line ${line + 1}: could not find expected ':'`;
    case 'MULTILINE_IMPLICIT_KEY':
      return `${where}mapping values are not allowed in this context`;
    case 'UNEXPECTED_TOKEN':
      if (message.includes('block-seq-ind')) return `${where}block sequence entries are not allowed in this context`;
      return `${where}did not find expected node content`;
    default:
      return `${where}did not find expected key`;
  }
}

function read(text: string): Document.Parsed {
  if (/^%YAML\s+1\.[^1]/m.test(text)) throw new YamlError('yaml: found incompatible YAML document');
  const document = parseDocument(text, options);
  const error = document.errors.find(({ code }) => code !== 'MULTIPLE_DOCS');
  if (error !== undefined) throw new YamlError(`yaml: ${textOfError(error, text)}`);
  return document;
}

/**
 * The JSON value of the first document of a YAML text; null for an empty one. Of like keys the last one counts.
 *
 * @throws YamlError
 *
 * Upstream: sigs.k8s.io/yaml YAMLToJSON
 */
export function parseYaml(text: string): unknown {
  const document = read(text.startsWith('\ufeff') ? text.slice(1) : text);
  try {
    return document.toJS({ maxAliasCount: 10_000 });
  } catch (error) {
    const alias = error instanceof Error ? /Unresolved alias .*: (\S+)/.exec(error.message) : null;
    if (alias !== null) throw new YamlError(`yaml: unknown anchor '${alias[1] ?? ''}' referenced`);
    throw new YamlError('yaml: map merge requires map or sequence of maps as the value');
  }
}

/**
 * Complaints about keys that a YAML text sets twice: `line 6: key "x" already set in map`.
 *
 * Upstream: go-yaml UnmarshalStrict
 */
export function duplicateYamlKeys(text: string): string[] {
  const found: { readonly at: number; readonly key: string }[] = [];
  visit(read(text), {
    Map(_, map) {
      const seen = new Set<string>();
      for (const pair of map.items) {
        const key = String(pair.key);
        const range =
          typeof pair.key === 'object' && pair.key !== null && 'range' in pair.key ? pair.key.range : undefined;
        if (key === '<<') continue;
        if (seen.has(key)) found.push({ at: Array.isArray(range) ? Number(range[0]) : 0, key });
        seen.add(key);
      }
    },
  });
  const lineOf = (at: number): number => text.slice(0, at).split('\n').length;
  return found
    .sort((a, b) => a.at - b.at)
    .map(({ at, key }) => `line ${lineOf(at)}: key ${JSON.stringify(key)} already set in map`);
}

/**
 * The documents of a YAML stream, split at lines that begin with `---`. Empty documents are left out.
 *
 * @throws YamlError when something other than a comment follows the dashes
 *
 * Upstream: apimachinery/pkg/util/yaml/decoder.go YAMLReader.Read (v1.36)
 */
export function splitYamlDocuments(text: string): string[] {
  const documents: string[] = [];
  let current = '';
  for (const line of text.split(/(?<=\n)/)) {
    if (!line.startsWith('---')) {
      current += line;
      continue;
    }
    const rest = line.slice(3).trim();
    if (rest !== '' && !rest.startsWith('#')) throw new YamlError(`invalid Yaml document separator: ${rest}`);
    if (current !== '') documents.push(current);
    current = '';
  }
  return current === '' ? documents : [...documents, current];
}

/** The values of all documents of a YAML stream. @throws YamlError */
export function parseYamlDocuments(text: string): unknown[] {
  return splitYamlDocuments(text).map(parseYaml);
}
