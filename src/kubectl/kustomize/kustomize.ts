import { errorText } from '../../apimachinery/error-text.ts';
import { isJsonObject } from '../../apimachinery/json-value.ts';
import { writeYaml } from '../../apimachinery/yaml-writer.ts';
import type { ProgramContext } from '../../shell/context.ts';
import { KubectlError } from '../errors.ts';
import { pathKind, readFileText, resolvePath } from '../files.ts';
import { nameOf, namespaceOf, type Unstructured, withMeta } from '../object.ts';
import { decodeDocuments } from '../resource/decode.ts';
import { runGenerators } from './generators.ts';
import { contentHash } from './hash-name.ts';
import { type Kustomization, readKustomization } from './kustomization.ts';
import { fixReferences } from './name-references.ts';
import { runPatches } from './patches.ts';
import { runReplacements } from './replacements.ts';
import { idText, inOrder, type Resource } from './resource-map.ts';
import { runTransformers } from './transformers.ts';

/** What a directory builds: YAML documents, and complaints about what is out of date. */
export interface Built {
  readonly text: string;
  readonly warnings: string;
}

/**
 * Builds a kustomization: resources, components, generators, patches, names, namespaces, labels, annotations, images, replicas and
 * replacements. Charts, plugins, remote directories and vars are not done.
 *
 * Upstream: kustomize/api/internal/target/kusttarget.go
 * @throws KubectlError
 */
export function buildKustomization(context: ProgramContext, directory: string): Built {
  const warnings: string[] = [];
  const resources: Resource[] = [];
  const root = resolvePath(context, directory).replace(/\/+$/, '');
  if (pathKind(context, root) === 'none') {
    const why = `evalsymlink failure on '${directory}' : lstat ${root}: no such file or directory`;
    throw new KubectlError(`must build at directory: not a valid directory: ${why}`);
  }
  accumulate({ context, warnings, seen: [] }, root, resources);
  for (const resource of resources) {
    if (!resource.hashed) continue;
    const { object, before } = resource;
    before.push({ name: nameOf(object), namespace: namespaceOf(object) });
    resource.object = withMeta(object, { name: `${nameOf(object)}-${contentHash(object)}` });
  }
  fixReferences(resources);
  const documents = inOrder(resources).map(({ object }) => writeYaml(object));
  return { text: documents.join('---\n'), warnings: warnings.join('') };
}

interface Build {
  readonly context: ProgramContext;
  readonly warnings: string[];
  /** Directories on the way here. */
  readonly seen: readonly string[];
}

function accumulate(build: Build, directory: string, resources: Resource[]): void {
  const { context, warnings, seen } = build;
  if (seen.includes(directory)) throw new KubectlError(`cycle detected: ${[...seen, directory].join(' -> ')}`);
  const { kustomization, warnings: found } = readKustomization(context, directory);
  warnings.push(...found);
  const inner: Build = { ...build, seen: [...seen, directory] };
  const own: Resource[] = kustomization.kind === 'Component' ? resources : [];
  for (const path of [...(kustomization.resources ?? []), ...(kustomization.bases ?? [])]) {
    addResources(inner, directory, path, own);
  }
  for (const path of kustomization.components ?? []) {
    accumulate(inner, absolute(directory, path), own);
  }
  runGenerators(context, directory, kustomization, own);
  runLayer(context, directory, kustomization, own);
  fixReferences(own);
  if (own !== resources) merge(own, resources);
}

function runLayer(
  context: ProgramContext,
  directory: string,
  kustomization: Kustomization,
  resources: Resource[],
): void {
  const { patchesStrategicMerge = [], patches = [], patchesJson6902 = [], replacements = [] } = kustomization;
  const inline = (text: string) => (text.includes('\n') ? { patch: text } : { path: text });
  runPatches(context, directory, [...patchesStrategicMerge.map(inline), ...patches], resources);
  runTransformers(kustomization, resources);
  runPatches(context, directory, patchesJson6902, resources);
  runReplacements(context, directory, replacements, resources);
}

function absolute(directory: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${directory}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** A file with objects, or a directory with a kustomization of its own. */
function addResources(build: Build, directory: string, path: string, resources: Resource[]): void {
  const { context } = build;
  const full = absolute(directory, path);
  const kind = pathKind(context, full);
  if (kind === 'directory') return accumulate(build, full, resources);
  if (kind === 'none') {
    const why = `evalsymlink failure on '${full}' : lstat ${full}: no such file or directory`;
    throw new KubectlError(
      `accumulating resources: accumulation err='accumulating resources from '${path}': ${why}': must build at directory: not a valid directory: ${why}`,
    );
  }
  try {
    merge(objectsOf(context, full), resources);
  } catch (error) {
    throw new KubectlError(
      `accumulating resources: accumulation err='merging resources from '${path}': ${errorText(error)}': must build at directory: '${full}': file is not directory`,
    );
  }
}

function objectsOf(context: ProgramContext, path: string): Resource[] {
  const found: Resource[] = [];
  for (const document of decodeDocuments(readFileText(context, path), path)) {
    if (!isJsonObject(document)) continue;
    const list = document['kind'] === 'List' && Array.isArray(document['items']) ? document['items'] : [document];
    for (const object of list as readonly Unstructured[]) found.push({ object, before: [], hashed: false });
  }
  return found;
}

function merge(added: readonly Resource[], resources: Resource[]): void {
  for (const resource of added) {
    const id = idText(resource.object);
    if (resources.some((one) => idText(one.object) === id)) {
      throw new KubectlError(`may not add resource with an already registered id: ${id}`);
    }
    resources.push(resource);
  }
}
