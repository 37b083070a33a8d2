/**
 * Empty lists and maps that were given: validation sees them (`Invalid value: []` is not `Invalid value: null`), the encoder leaves
 * them out. A draft that holds some is marked, so that others cost nothing.
 */
import { isJsonObject, type JsonObject } from '../../../apimachinery/json-value.ts';
import type { ObjectNode, SchemaNode } from '../../../apimachinery/schema-node.ts';
import { isEmptyCollection } from './decode-object.ts';

/** Marks an object that holds empty lists or maps. Copies made by spreading are marked, too. */
const holdsEmpties = Symbol('holds empties');

interface Marked {
  [holdsEmpties]?: true;
}

/** Notes that an object holds empty lists or maps. */
export function markEmpties(object: object): void {
  (object as Marked)[holdsEmpties] = true;
}

/** Whether an object is marked: it was given empty lists or maps, which differ from those that stand in it anyway. */
export const isMarked = (object: object): boolean => (object as Marked)[holdsEmpties] === true;

/** Marks an object that was made of a marked one. */
export function carryEmpties<T extends object>(from: object, to: T): T {
  if ((from as Marked)[holdsEmpties] && from !== to && !Object.isFrozen(to)) markEmpties(to);
  return to;
}

/** Takes the empty lists and maps out of a draft, as storing does: what Go always writes becomes null. Frozen parts are replaced. */
export function dropEmpties(node: ObjectNode, draft: Record<string, unknown>): void {
  if (!(draft as Marked)[holdsEmpties]) return;
  delete (draft as Marked)[holdsEmpties];
  Object.assign(draft, dropped(node, draft as JsonObject, true, draft));
}

/** The object as it will be stored, if it holds empty lists or maps; else undefined. */
export function asStored<T extends object>(node: ObjectNode, object: T): T | undefined {
  return (object as Marked)[holdsEmpties] ? (dropped(node, object as JsonObject, true) as T) : undefined;
}

/** The object without the empty lists and maps that Go's JSON leaves out; those that it writes stay. */
export function encodedEmpties<T extends object>(node: ObjectNode, object: T): T {
  if (!(object as Marked)[holdsEmpties]) return object;
  return dropped(node, object as JsonObject, false) as T;
}

function dropped(node: ObjectNode, value: JsonObject, stored: boolean, into?: Record<string, unknown>): JsonObject {
  let out: Record<string, unknown> | undefined = into;
  for (const key in value) {
    const field = node.fields.get(key);
    const member = value[key];
    if (!field || typeof member !== 'object' || member === null) continue;
    if (isEmptyCollection(field.node, member)) {
      if (field.pointer || (field.alwaysEncoded && !stored)) continue;
      out ??= { ...value };
      if (field.alwaysEncoded) out[key] = null;
      else delete out[key];
      continue;
    }
    const kept = droppedWithin(field.node, member, stored);
    if (kept === member) continue;
    out ??= { ...value };
    out[key] = kept;
  }
  return out ?? value;
}

function droppedWithin(node: SchemaNode, value: unknown, stored: boolean): unknown {
  if (node.type === 'object') return isJsonObject(value) ? dropped(node, value, stored) : value;
  if (node.type === 'array' && Array.isArray(value)) {
    const items = value.map((item) => droppedWithin(node.items, item, stored));
    return items.every((item, i) => item === value[i]) ? value : items;
  }
  if (node.type !== 'map' || !isJsonObject(value)) return value;
  let out: Record<string, unknown> | undefined;
  for (const key in value) {
    const kept = droppedWithin(node.values, value[key], stored);
    if (kept === value[key]) continue;
    out ??= { ...value };
    out[key] = kept;
  }
  return out ?? value;
}
