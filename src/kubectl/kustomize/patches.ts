import { schemaFor } from '../../api/schema.ts';
import { errorText } from '../../apimachinery/error-text.ts';
import { applyJsonPatch, type JsonPatchOperation } from '../../apimachinery/json-patch.ts';
import { isJsonObject, type JsonObject } from '../../apimachinery/json-value.ts';
import { applyMergePatch } from '../../apimachinery/merge-patch.ts';
import { applyStrategicMergePatch } from '../../apimachinery/strategic-merge-patch.ts';
import { parseYaml } from '../../apimachinery/yaml.ts';
import type { ProgramContext } from '../../shell/context.ts';
import { KubectlError } from '../errors.ts';
import { pathKind, readFileText } from '../files.ts';
import { kindOf, metaOf, nameOf, type Unstructured } from '../object.ts';
import { decodeDocuments } from '../resource/decode.ts';
import type { PatchEntry } from './kustomization.ts';
import { idText, type Resource, selects } from './resource-map.ts';

/** The text of a patch: its file, or itself. @throws KubectlError */
function patchText(context: ProgramContext, directory: string, { path, patch }: PatchEntry): string {
  if (patch !== undefined) return patch;
  const file = `${directory}/${path ?? ''}`;
  if (pathKind(context, file) !== 'file') {
    throw new KubectlError(
      `failed to get the patch file from path(${path ?? ''}): evalsymlink failure on '${file}' : lstat ${file}: no such file or directory`,
    );
  }
  return readFileText(context, file);
}

/** Upstream: kustomize/api/internal/builtins/PatchTransformer.go */
export function runPatches(
  context: ProgramContext,
  directory: string,
  entries: readonly PatchEntry[],
  resources: Resource[],
): void {
  for (const entry of entries) {
    const text = patchText(context, directory, entry);
    const operations = jsonOperations(text);
    if (operations !== undefined) {
      const { target } = entry;
      if (target === undefined) throw new KubectlError('must specify a target for JSON patch ' + text.trim());
      for (const resource of resources) {
        if (selects(target, resource)) resource.object = patchedByJson(resource.object, operations);
      }
      continue;
    }
    for (const document of decodeDocuments(text, entry.path ?? 'patch')) {
      if (isJsonObject(document)) runStrategicPatch(document as Unstructured, entry, resources);
    }
  }
}

function jsonOperations(text: string): readonly JsonPatchOperation[] | undefined {
  try {
    const value = parseYaml(text);
    return Array.isArray(value) ? (value as JsonPatchOperation[]) : undefined;
  } catch {
    return undefined;
  }
}

function patchedByJson(object: Unstructured, operations: readonly JsonPatchOperation[]): Unstructured {
  try {
    return applyJsonPatch(object, operations) as Unstructured;
  } catch (error) {
    throw new KubectlError(errorText(error));
  }
}

function runStrategicPatch(patch: Unstructured, { target }: PatchEntry, resources: Resource[]): void {
  const isTarget = (resource: Resource): boolean => {
    if (target !== undefined) return selects(target, resource);
    const [wanted, present] = [kindOf(patch), kindOf(resource.object)];
    if (wanted.group !== present.group || wanted.kind !== present.kind) return false;
    const name = nameOf(patch);
    return nameOf(resource.object) === name || resource.before.some((former) => former.name === name);
  };
  const found = resources.filter(isTarget);
  if (target === undefined && found.length !== 1) {
    const id = idText(patch);
    const how = found.length === 0 ? `no matches for Id ${id}` : `multiple matches for Id ${id}`;
    throw new KubectlError(
      `no resource matches strategic merge patch ${JSON.stringify(id)}: ${how}; failed to find unique target for patch ${id}`,
    );
  }
  for (const resource of found) {
    if (patch['$patch'] === 'delete') resources.splice(resources.indexOf(resource), 1);
    else resource.object = patchedStrategically(resource.object, patch, target !== undefined);
  }
}

/** The name and the kind of a patch for a target are not taken over. */
function patchedStrategically(object: Unstructured, patch: Unstructured, byTarget: boolean): Unstructured {
  const schema = schemaFor(kindOf(object));
  const { name: _name, ...metadata } = metaOf(patch);
  const body: JsonObject = byTarget || nameOf(patch) !== nameOf(object) ? { ...patch, metadata } : patch;
  const { apiVersion: _version, kind: _kind, ...change } = body;
  const result =
    schema === undefined ? applyMergePatch(object, change) : applyStrategicMergePatch(object, change, schema);
  return result as Unstructured;
}
