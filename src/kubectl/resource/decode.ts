import { errorText } from '../../apimachinery/error-text.ts';
import { quote } from '../../apimachinery/go-format.ts';
import { AggregateKubectlError, KubectlError } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../../apimachinery/json-value.ts';
import type { Unstructured } from '../object.ts';
import { parseYaml } from '../../apimachinery/yaml.ts';

const skipValidation = 'if you choose to ignore these errors, turn validation off with --validate=false';

/** The documents of a text: a stream of JSON values, or YAML documents. @throws KubectlError `error parsing FILE: …` */
export function* decodeDocuments(text: string, source: string): Generator<unknown, void> {
  const plain = text.replace(/^\uFEFF/, '');
  if (/^\s*\{/.test(plain)) {
    const values = jsonStream(plain, source);
    if (values !== undefined) return yield* values;
  }
  let line = 1;
  for (const document of plain.split(/^---[ \t]*(?:#.*)?(?:\r?\n|$)/m)) {
    line += 1;
    if (document.trim() === '') continue;
    try {
      yield parseYaml(document);
    } catch (error) {
      throw new KubectlError(`error parsing ${source}: error converting YAML to JSON: ${errorText(error)}`);
    }
  }
}

/** The values of a JSON stream; undefined when it is no JSON and must be read as YAML. */
function jsonStream(text: string, source: string): unknown[] | undefined {
  const values: unknown[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const end = endOfJson(rest);
    if (end === undefined) throw new KubectlError(`error parsing ${source}: unexpected EOF`);
    try {
      values.push(JSON.parse(rest.slice(0, end)));
    } catch {
      return undefined;
    }
    rest = rest.slice(end).trimStart();
    if (rest.startsWith('---')) rest = rest.replace(/^---[^\n]*\n?/, '').trimStart();
    if (rest !== '' && !rest.startsWith('{')) return undefined;
  }
  return values;
}

/** Where the JSON object that the text begins with ends; undefined when it does not. */
function endOfJson(text: string): number | undefined {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') {
      depth--;
      if (depth === 0) return at + 1;
    }
  }
  return undefined;
}

/** A document as an object. @throws KubectlError `error validating …`, `unable to decode …` */
export function objectFromDocument(document: unknown, source: string, validate: boolean): Unstructured {
  if (validate) {
    const problems = kindProblems(document);
    if (problems.length > 0) {
      const text = new AggregateKubectlError(problems.map((problem) => new KubectlError(problem))).message;
      throw new KubectlError(`error validating ${quote(source)}: error validating data: ${text}; ${skipValidation}`);
    }
  }
  const problem = decodeProblem(document);
  if (problem !== undefined) throw new KubectlError(`unable to decode ${quote(source)}: ${problem}`);
  return document as Unstructured;
}

/** Upstream: kubectl/pkg/validation/schema.go, openapi validation getObjectKind (v1.36) */
function kindProblems(document: unknown): string[] {
  if (!isJsonObject(document)) return ['invalid object to validate'];
  return ['apiVersion', 'kind'].flatMap((field) => {
    const value = document[field];
    if (value === undefined || value === null) return [`${field} not set`];
    return typeof value === 'string' ? [] : [`${field} isn't string type`];
  });
}

function decodeProblem(document: unknown): string | undefined {
  const typeName = goTypeOf(document);
  if (!isJsonObject(document)) return `json: cannot unmarshal ${typeName} into Go value of type unstructured.detector`;
  if (typeof document['kind'] !== 'string' || document['kind'] === '') {
    return `Object 'Kind' is missing in '${JSON.stringify(document)}'`;
  }
  if (document['apiVersion'] !== undefined && typeof document['apiVersion'] !== 'string') {
    return `json: cannot unmarshal ${goTypeOf(document['apiVersion'])} into Go struct field detector.apiVersion of type string`;
  }
  return isJsonObject(document['metadata']) ? metadataProblem(document['metadata']) : undefined;
}

const stringFields = ['name', 'generateName', 'namespace', 'resourceVersion', 'uid', 'selfLink'];

/** Upstream: cli-runtime/pkg/resource/metadata_decoder.go (v1.36) */
function metadataProblem(metadata: JsonObject): string | undefined {
  const wrong = (value: unknown, field: string, type: string) =>
    `json: cannot unmarshal ${goTypeOf(value)} into Go struct field ObjectMeta.metadata.${field} of type ${type}`;
  for (const [field, value] of Object.entries(metadata)) {
    if (value === null || value === undefined) continue;
    if (stringFields.includes(field) && typeof value !== 'string') return wrong(value, field, 'string');
    if (field !== 'labels' && field !== 'annotations') continue;
    if (!isJsonObject(value)) return wrong(value, field, 'map[string]string');
    for (const member of Object.values(value)) {
      if (member !== null && typeof member !== 'string') return wrong(member, field, 'string');
    }
  }
  return undefined;
}

function goTypeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (value === null) return 'null';
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'object':
      return 'object';
    default:
      return typeof value;
  }
}
