import { encodeBase64 } from '../../apimachinery/base64.ts';
import type { ProgramContext } from '../../shell/context.ts';
import { KubectlError } from '../errors.ts';
import { pathKind, readFileBytes } from '../files.ts';
import { metaOf, nameOf, type Unstructured, valueAt, withMeta } from '../object.ts';
import { kindOf } from '../object.ts';
import type { Generator, GeneratorOptions, Kustomization } from './kustomization.ts';
import type { Resource } from './resource-map.ts';

const encoder = new TextEncoder();

/** ConfigMaps and Secrets out of literals and files. Upstream: kustomize/api/internal/generators */
export function runGenerators(
  context: ProgramContext,
  directory: string,
  { configMapGenerator = [], secretGenerator = [], generatorOptions }: Kustomization,
  resources: Resource[],
): void {
  for (const generator of configMapGenerator) {
    const { data, binaryData } = configMapData(pairsOf(context, directory, generator));
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      ...(Object.keys(data).length > 0 ? { data } : {}),
      ...(Object.keys(binaryData).length > 0 ? { binaryData } : {}),
    };
    add(resources, object as Unstructured, generator, generatorOptions);
  }
  for (const generator of secretGenerator) {
    const pairs = pairsOf(context, directory, generator);
    const data = Object.fromEntries([...pairs].map(([key, bytes]) => [key, encodeBase64(bytes)]));
    const object = {
      apiVersion: 'v1',
      kind: 'Secret',
      ...(pairs.size > 0 ? { data } : {}),
      type: generator.type ?? 'Opaque',
    };
    add(resources, object as Unstructured, generator, generatorOptions);
  }
}

function pairsOf(context: ProgramContext, directory: string, generator: Generator): Map<string, Uint8Array> {
  const pairs = new Map<string, Uint8Array>();
  const put = (key: string, value: Uint8Array) => {
    if (pairs.has(key))
      throw new KubectlError(`cannot add key ${JSON.stringify(key)}, another key by that name already exists`);
    pairs.set(key, value);
  };
  const read = (file: string): Uint8Array => {
    const path = `${directory}/${file}`;
    if (pathKind(context, path) !== 'file') {
      throw new KubectlError(
        `loading KV pairs: file sources: [${(generator.files ?? []).join(' ')}]: evalsymlink failure on '${path}' : lstat ${path}: no such file or directory`,
      );
    }
    return readFileBytes(context, path);
  };
  for (const file of [...(generator.envs ?? []), ...(generator.env ? [generator.env] : [])]) {
    for (const line of new TextDecoder().decode(read(file)).split('\n')) {
      const text = line.trim();
      if (text === '' || text.startsWith('#')) continue;
      const equals = text.indexOf('=');
      if (equals < 0) put(text, encoder.encode(context.env.get(text) ?? ''));
      else put(text.slice(0, equals), encoder.encode(text.slice(equals + 1)));
    }
  }
  for (const literal of generator.literals ?? []) {
    const equals = literal.indexOf('=');
    if (equals < 1) throw new KubectlError(`invalid literal source ${literal}, expected key=value`);
    put(literal.slice(0, equals), encoder.encode(literal.slice(equals + 1).replace(/^(["'])(.*)\1$/s, '$2')));
  }
  for (const source of generator.files ?? []) {
    const equals = source.indexOf('=');
    const [key, file] =
      equals < 0 ? [source.split('/').at(-1) ?? '', source] : [source.slice(0, equals), source.slice(equals + 1)];
    put(key, read(file));
  }
  return pairs;
}

/** What is no UTF-8 becomes binary data. */
function configMapData(pairs: ReadonlyMap<string, Uint8Array>) {
  const data: Record<string, string> = {};
  const binaryData: Record<string, string> = {};
  for (const [key, bytes] of pairs) {
    try {
      data[key] = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      binaryData[key] = encodeBase64(bytes);
    }
  }
  return { data, binaryData };
}

function add(
  resources: Resource[],
  object: Unstructured,
  { name, namespace, behavior = 'create', options = {} }: Generator,
  common: GeneratorOptions = {},
): void {
  const labels = { ...common.labels, ...options.labels };
  const annotations = { ...common.annotations, ...options.annotations };
  const immutable = options.immutable ?? common.immutable;
  const named = withMeta(object, {
    ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
    name,
    ...(namespace === undefined ? {} : { namespace }),
  });
  const whole = immutable ? { ...named, immutable } : named;
  const hashed = !(options.disableNameSuffixHash ?? common.disableNameSuffixHash ?? false);
  const existing = resources.find(
    (one) =>
      kindOf(one.object).kind === object.kind &&
      (nameOf(one.object) === name || one.before.some((former) => former.name === name)),
  );
  if (behavior === 'create') {
    if (existing !== undefined) {
      throw new KubectlError(
        `merging from generator: id resid.ResId{Gvk:${object.kind}.v1.[noGrp], Name:"${name}"} exists; behavior must be merge or replace`,
      );
    }
    resources.push({ object: whole, before: [], hashed });
    return;
  }
  if (existing === undefined) {
    throw new KubectlError(
      `merging from generator: id for ${object.kind} ${name} does not exist; cannot merge or replace`,
    );
  }
  existing.object = behavior === 'replace' ? replaced(existing.object, whole) : merged(existing.object, whole);
}

/** The new content under the present name. */
const replaced = (before: Unstructured, after: Unstructured): Unstructured =>
  withMeta(after, { ...metaOf(after), name: nameOf(before) });

function merged(before: Unstructured, after: Unstructured): Unstructured {
  const join = (field: string) => ({
    ...(valueAt(before, field) as object | undefined),
    ...(valueAt(after, field) as object | undefined),
  });
  const parts = ['data', 'binaryData'].map((field) => [field, join(field)] as const);
  const filled = parts.filter(([, value]) => Object.keys(value).length > 0);
  const { labels, annotations } = metaOf(after);
  const old = metaOf(before);
  return {
    ...before,
    ...Object.fromEntries(filled),
    metadata: {
      ...old,
      ...(labels || old.labels ? { labels: { ...old.labels, ...labels } } : {}),
      ...(annotations || old.annotations ? { annotations: { ...old.annotations, ...annotations } } : {}),
    },
  } as Unstructured;
}
