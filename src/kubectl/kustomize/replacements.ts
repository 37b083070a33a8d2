import { isJsonObject } from '../../apimachinery/json-value.ts';
import { parseYaml } from '../../apimachinery/yaml.ts';
import type { ProgramContext } from '../../shell/context.ts';
import { KubectlError } from '../errors.ts';
import { readFileText } from '../files.ts';
import type { Unstructured } from '../object.ts';
import type { FieldOptions, Replacement } from './kustomization.ts';
import { type Resource, selects } from './resource-map.ts';

/** `a.b\.c.[name=x].0` as its parts. */
function pathParts(path: string): string[] {
  const parts: string[] = [];
  for (const piece of path.match(/(?:\[[^\]]*\]|\\.|[^.])+/g) ?? []) parts.push(piece.replaceAll('\\.', '.'));
  return parts;
}

type Change = (value: unknown) => unknown;

/** A copy with the values at a path changed; `found` counts them. */
function changeAt(
  value: unknown,
  [part, ...rest]: readonly string[],
  change: Change,
  create: boolean,
): { readonly value: unknown; readonly found: number } {
  if (part === undefined) return { value: change(value), found: 1 };
  if (Array.isArray(value)) {
    const selector = /^\[(.*?)=(.*)\]$/.exec(part);
    let found = 0;
    const items = value.map((item: unknown, index) => {
      const wanted = selector
        ? isJsonObject(item) && String(item[selector[1] ?? '']) === selector[2]
        : part === '*' || part === String(index);
      if (!wanted) return item;
      const changed = changeAt(item, rest, change, create);
      found += changed.found;
      return changed.value;
    });
    return { value: items, found };
  }
  const object = isJsonObject(value) ? value : value === undefined && create ? {} : undefined;
  if (object === undefined) return { value, found: 0 };
  const keys = part === '*' ? Object.keys(object) : [part];
  let found = 0;
  let result = object;
  for (const key of keys) {
    if (!Object.hasOwn(object, key) && !create) continue;
    const changed = changeAt(object[key], rest, change, create);
    if (changed.found === 0) continue;
    found += changed.found;
    result = { ...result, [key]: changed.value };
  }
  return { value: result, found };
}

function valueOf(object: Unstructured, path: string): unknown {
  let result: unknown;
  changeAt(
    object,
    pathParts(path),
    (value) => {
      result = value;
      return value;
    },
    false,
  );
  return result;
}

/** Puts values of one object into others. Upstream: kustomize/api/filters/replacement */
export function runReplacements(
  context: ProgramContext,
  directory: string,
  entries: readonly Replacement[],
  resources: readonly Resource[],
): void {
  for (const entry of entries) {
    const list = entry.path === undefined ? [entry] : filedReplacements(context, `${directory}/${entry.path}`);
    for (const replacement of list) runReplacement(replacement, resources);
  }
}

function filedReplacements(context: ProgramContext, path: string): readonly Replacement[] {
  const value = parseYaml(readFileText(context, path));
  return Array.isArray(value) ? (value as Replacement[]) : [value as Replacement];
}

function runReplacement({ source, targets = [] }: Replacement, resources: readonly Resource[]): void {
  if (source === undefined) return;
  const found = resources.filter((resource) => selects(source, resource));
  const [from] = found;
  if (from === undefined) throw new KubectlError('nothing selected by the source of a replacement');
  if (found.length > 1) throw new KubectlError('multiple matches for the source of a replacement');
  const { fieldPath = 'metadata.name', options } = source;
  const value = pieceOf(valueOf(from.object, fieldPath), options);
  if (value === undefined) throw new KubectlError(`fieldPath \`${fieldPath}\` is missing for replacement source`);
  for (const { select, reject = [], fieldPaths = ['metadata.name'], options: how = {} } of targets) {
    if (select === undefined) throw new KubectlError('target must specify resources to select');
    for (const resource of resources) {
      if (!selects(select, resource) || reject.some((selector) => selects(selector, resource))) continue;
      for (const path of fieldPaths) {
        const changed = changeAt(resource.object, pathParts(path), (old) => put(old, value, how), how.create === true);
        if (changed.found === 0) {
          throw new KubectlError(`unable to find field ${JSON.stringify(path)} in replacement target`);
        }
        resource.object = changed.value as Unstructured;
      }
    }
  }
}

function pieceOf(value: unknown, { delimiter = '', index = 0 }: FieldOptions = {}): unknown {
  return delimiter === '' || typeof value !== 'string' ? value : value.split(delimiter)[index];
}

function put(old: unknown, value: unknown, { delimiter = '', index = 0 }: FieldOptions): unknown {
  if (delimiter === '' || typeof old !== 'string') return value;
  const parts = old.split(delimiter);
  if (index < 0) parts.unshift(String(value));
  else if (index >= parts.length) parts.push(String(value));
  else parts[index] = String(value);
  return parts.join(delimiter);
}
