// RFC 6902, with the errors and the leniencies of the library the API server uses.
// Upstream: gopkg.in/evanphx/json-patch.v4 patch.go
import { deepEqual } from './deep-equal.ts';
import { getMember, hasMember, isJsonObject, setMember } from './json-value.ts';
import type { JsonObject, MutableJsonObject } from './json-value.ts';

/** The most operations a JSON Patch may have. */
export const maxJsonPatchOperations = 10_000;

/** A JSON Patch that cannot be applied; the message is the library's. */
export class JsonPatchError extends Error {
  override readonly name = 'JsonPatchError';
}

const missing = 'missing value';
const invalidIndex = 'invalid index referenced';

/** An object or list of the document that is being changed: a copy of its own. */
type Container = MutableJsonObject | unknown[];

function decodeKey(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

function indexOf(key: string): number {
  if (/^[+-]?[0-9]+$/.test(key)) return Number(key);
  throw new JsonPatchError(`strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`);
}

/** The place in a list; `length` is one past the last place allowed. */
function placeOf(index: number, length: number): number {
  if (index >= length || index < -length) {
    throw new JsonPatchError(`Unable to access invalid index: ${index}: ${invalidIndex}`);
  }
  return index < 0 ? index + length : index;
}

function get(container: Container, key: string): unknown {
  if (!Array.isArray(container)) return getMember(container, key);
  return container[placeOf(indexOf(key), container.length)];
}

function set(container: Container, key: string, value: unknown): void {
  if (Array.isArray(container)) container[placeOf(indexOf(key), container.length)] = value;
  else setMember(container, key, value);
}

function add(container: Container, key: string, value: unknown): void {
  if (!Array.isArray(container)) return setMember(container, key, value);
  if (key === '-') {
    container.push(value);
    return;
  }
  if (!/^[+-]?[0-9]+$/.test(key)) {
    const why = `strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`;
    throw new JsonPatchError(`value was not a proper array index: '${key}': ${why}`);
  }
  container.splice(placeOf(Number(key), container.length + 1), 0, value);
}

function remove(container: Container, key: string): void {
  if (Array.isArray(container)) container.splice(placeOf(indexOf(key), container.length), 1);
  else if (hasMember(container, key)) delete container[key];
  else throw new JsonPatchError(`Unable to remove nonexistent key: ${key}: ${missing}`);
}

function copyOf(value: unknown): Container | undefined {
  if (Array.isArray(value)) return [...value];
  return isJsonObject(value) ? { ...value } : undefined;
}

/** The document while operations are applied: containers are copied the first time they are entered. */
class Patcher {
  readonly #own = new Set<object>();
  root: unknown;

  constructor(root: unknown) {
    this.root = root;
  }

  apply(operation: JsonObject): void {
    const kind = operation['op'];
    switch (kind) {
      case 'add':
        return this.#add(operation);
      case 'remove':
        return this.#remove(operation);
      case 'replace':
        return this.#replace(operation);
      case 'move':
        return this.#move(operation);
      case 'test':
        return this.#test(operation);
      case 'copy':
        return this.#copy(operation);
      default:
        throw new JsonPatchError(`Unexpected kind: ${typeof kind === 'string' ? kind : 'unknown'}`);
    }
  }

  #add(operation: JsonObject): void {
    const path = pathOf(operation, `add operation failed to decode path: ${missing}`);
    const [container, key] = this.#find(path) ?? doesNotApply('add', `doc is missing path: "${path}"`);
    within(`error in add for path: '${path}'`, () => add(container, key, valueOf(operation)));
  }

  #remove(operation: JsonObject): void {
    const path = pathOf(operation, `remove operation failed to decode path: ${missing}`);
    const [container, key] = this.#find(path) ?? doesNotApply('remove', `doc is missing path: "${path}"`);
    within(`error in remove for path: '${path}'`, () => remove(container, key));
  }

  #replace(operation: JsonObject): void {
    const path = pathOf(operation, `replace operation failed to decode path: operation missing path field: ${missing}`);
    if (path === '') {
      const value = copyOf(valueOf(operation));
      if (value === undefined) throw new JsonPatchError('replace operation value must be object or array: %!w(<nil>)');
      this.#own.add(value);
      this.root = value;
      return;
    }
    const [container, key] = this.#find(path) ?? doesNotApply('replace', `doc is missing path: ${path}`);
    try {
      get(container, key);
    } catch {
      doesNotApply('replace', `doc is missing key: ${path}`);
    }
    within(`error in remove for path: '${path}'`, () => set(container, key, valueOf(operation)));
  }

  #move(operation: JsonObject): void {
    const from = fromOf(operation, 'move');
    const [source, sourceKey] = this.#find(from) ?? doesNotApply('move', `doc is missing from path: ${from}`);
    const value = within(`error in move for path: '${sourceKey}'`, () => {
      const found = get(source, sourceKey);
      remove(source, sourceKey);
      return found;
    });
    const path = pathOf(operation, `move operation failed to decode path: operation missing path field: ${missing}`);
    const [target, key] = this.#find(path) ?? doesNotApply('move', `doc is missing destination path: ${path}`);
    within(`error in move for path: '${path}'`, () => add(target, key, value));
  }

  #test(operation: JsonObject): void {
    const path = pathOf(operation, `test operation failed to decode path: operation missing path field: ${missing}`);
    const expected = valueOf(operation);
    if (path !== '') {
      const [container, key] = this.#find(path) ?? doesNotApply('test', `is missing path: ${path}`);
      const actual = within(`error in test for path: '${path}'`, () => get(container, key));
      if (deepEqual(actual ?? null, expected)) return;
    } else if (deepEqual(this.root, expected)) return;
    throw new JsonPatchError(`testing value ${path} failed: test failed`);
  }

  #copy(operation: JsonObject): void {
    const from = fromOf(operation, 'copy');
    const [source, sourceKey] = this.#find(from) ?? doesNotApply('copy', `doc is missing from path: ${from}`);
    const value = within(`error in copy for from: '${from}'`, () => get(source, sourceKey) ?? null);
    const path = pathOf(operation, `copy operation failed to decode path: ${missing}`);
    const [target, key] = this.#find(path) ?? doesNotApply('copy', `doc is missing destination path: ${path}`);
    const copied = structuredClone(value);
    within('error while adding value during copy', () => add(target, key, copied));
  }

  /** The container a path leads into, made changeable, and the last key; undefined when there is no such place. */
  #find(path: string): readonly [Container, string] | undefined {
    const parts = path.split('/');
    if (parts.length < 2) return undefined;
    let container = this.#owned(this.root, (value) => {
      this.root = value;
    });
    for (const part of parts.slice(1, -1)) {
      if (container === undefined) return undefined;
      const key = decodeKey(part);
      const parent: Container = container;
      let next: unknown;
      try {
        next = get(parent, key);
      } catch {
        return undefined;
      }
      container = this.#owned(next, (value) => set(parent, key, value));
    }
    return container === undefined ? undefined : [container, decodeKey(parts.at(-1) ?? '')];
  }

  #owned(value: unknown, put: (copy: Container) => void): Container | undefined {
    if (typeof value === 'object' && value !== null && this.#own.has(value)) return value as Container;
    const copy = copyOf(value);
    if (copy === undefined) return undefined;
    this.#own.add(copy);
    put(copy);
    return copy;
  }
}

function within<T>(prefix: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof JsonPatchError) throw new JsonPatchError(`${prefix}: ${error.message}`);
    throw error;
  }
}

function doesNotApply(kind: string, why: string): never {
  throw new JsonPatchError(`${kind} operation does not apply: ${why}: ${missing}`);
}

function pathOf(operation: JsonObject, complaint: string): string {
  const path = operation['path'];
  if (typeof path !== 'string') throw new JsonPatchError(complaint);
  return path;
}

function fromOf(operation: JsonObject, kind: string): string {
  const from = operation['from'];
  if (typeof from === 'string') return from;
  throw new JsonPatchError(`${kind} operation failed to decode from: operation, missing from field: ${missing}`);
}

/** An operation without a value sets null. */
function valueOf(operation: JsonObject): unknown {
  return operation['value'] ?? null;
}

/** One operation of a JSON Patch; anything a user may have sent. */
export type JsonPatchOperation = JsonObject;

/**
 * The document after all operations. Neither argument is changed; untouched parts are shared.
 *
 * @throws JsonPatchError when an operation does not apply
 */
export function applyJsonPatch(document: unknown, operations: readonly JsonPatchOperation[]): unknown {
  const patcher = new Patcher(document);
  for (const operation of operations) patcher.apply(operation);
  return patcher.root;
}
