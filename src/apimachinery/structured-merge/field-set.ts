import { isJsonObject, setMember } from '../json-value.ts';
import type { JsonObject, MutableJsonObject } from '../json-value.ts';
import type { SchemaNode } from '../schema-node.ts';
import { childNode, hasField } from './schema-walk.ts';
import { comparePathElements, deserializePathElement, serializePathElement } from './path-element.ts';
import type { FieldPath, PathElement } from './path-element.ts';

interface Child {
  readonly element: PathElement;
  readonly set: FieldSet;
}

const emptyObject: JsonObject = Object.freeze({});

/**
 * A set of paths into an object, as a tree. Only `insert` changes it; all else makes new sets, which may share parts.
 *
 * Upstream: sigs.k8s.io/structured-merge-diff/v6/fieldpath/set.go Set
 */
export class FieldSet {
  readonly #members: Map<string, PathElement>;
  readonly #children: Map<string, Child>;

  constructor(members: Map<string, PathElement> = new Map(), children: Map<string, Child> = new Map()) {
    this.#members = members;
    this.#children = children;
  }

  /** A set of the given paths. */
  static of(...paths: readonly FieldPath[]): FieldSet {
    const set = new FieldSet();
    for (const path of paths) set.insert(path);
    return set;
  }

  /** Reads `fieldsV1`. @throws Error when a step is malformed */
  static fromFieldsV1(fields: unknown): FieldSet {
    return readFields(fields).set ?? new FieldSet();
  }

  get isEmpty(): boolean {
    if (this.#members.size > 0) return false;
    for (const { set } of this.#children.values()) if (!set.isEmpty) return false;
    return true;
  }

  /** Adds a path to this set; the empty path is ignored. */
  insert(path: FieldPath): void {
    let set: FieldSet = this;
    for (const [i, element] of path.entries()) {
      const key = serializePathElement(element);
      if (i === path.length - 1) {
        set.#members.set(key, element);
        return;
      }
      let child = set.#children.get(key);
      if (child === undefined) {
        child = { element, set: new FieldSet() };
        set.#children.set(key, child);
      }
      set = child.set;
    }
  }

  /** Adds a step to this set: as a path that ends there, and with the paths below it. */
  add(element: PathElement, isMember: boolean, below?: FieldSet): void {
    const key = serializePathElement(element);
    if (isMember) this.#members.set(key, element);
    if (below !== undefined && !below.isEmpty) this.#children.set(key, { element, set: below });
  }

  has(path: FieldPath): boolean {
    let set: FieldSet | undefined = this;
    for (const [i, element] of path.entries()) {
      const key = serializePathElement(element);
      if (i === path.length - 1) return set.#members.has(key);
      set = set.#children.get(key)?.set;
      if (set === undefined) return false;
    }
    return false;
  }

  /** Whether a path of one step is in the set. */
  hasMember(element: PathElement): boolean {
    return this.#members.has(serializePathElement(element));
  }

  /** The paths below a step, without it. */
  withPrefix(element: PathElement): FieldSet {
    return this.#children.get(serializePathElement(element))?.set ?? new FieldSet();
  }

  /** Steps that have paths below them. */
  childElements(): PathElement[] {
    return [...this.#children.values()].map(({ element }) => element);
  }

  /** Paths of one step. */
  memberElements(): PathElement[] {
    return [...this.#members.values()];
  }

  union(other: FieldSet): FieldSet {
    const children = new Map(this.#children);
    for (const [key, child] of other.#children) {
      const own = children.get(key);
      children.set(key, own === undefined ? child : { element: own.element, set: own.set.union(child.set) });
    }
    return new FieldSet(new Map([...this.#members, ...other.#members]), children);
  }

  intersection(other: FieldSet): FieldSet {
    const members = new Map([...this.#members].filter(([key]) => other.#members.has(key)));
    const children = new Map<string, Child>();
    for (const [key, { element, set }] of this.#children) {
      const common = set.intersection(other.#children.get(key)?.set ?? new FieldSet());
      if (!common.isEmpty) children.set(key, { element, set: common });
    }
    return new FieldSet(members, children);
  }

  /** Paths of this set that are not in the other. */
  difference(other: FieldSet): FieldSet {
    return this.#minus(other, false);
  }

  /** Paths of this set that are neither in the other nor below a path that is. */
  recursiveDifference(other: FieldSet): FieldSet {
    return this.#minus(other, true);
  }

  equals(other: FieldSet): boolean {
    return this.difference(other).isEmpty && other.difference(this).isEmpty;
  }

  /** Every path, in order: at each level first the paths that end there. */
  *paths(prefix: FieldPath = []): Generator<FieldPath> {
    for (const element of sorted(this.#members.values())) yield [...prefix, element];
    const children = [...this.#children.values()].sort((a, b) => comparePathElements(a.element, b.element));
    for (const { element, set } of children) yield* set.paths([...prefix, element]);
  }

  /** Paths without those that others continue. */
  leaves(): FieldSet {
    const members = new Map([...this.#members].filter(([key]) => !this.#children.has(key)));
    const children = new Map([...this.#children].map(([key, c]) => [key, { ...c, set: c.set.leaves() }]));
    return new FieldSet(members, children);
  }

  /** With each named field of the schema that has paths below it as a path itself. */
  ensureNamedFieldsAreMembers(node: SchemaNode | undefined): FieldSet {
    const members = new Map(this.#members);
    const children = new Map<string, Child>();
    for (const [key, { element, set }] of this.#children) {
      if (element.kind === 'field' && node !== undefined && hasField(node, element.name)) members.set(key, element);
      children.set(key, { element, set: set.ensureNamedFieldsAreMembers(node && childNode(node, element)) });
    }
    return new FieldSet(members, children);
  }

  /** The set as `fieldsV1`, keys in upstream's order. */
  toFieldsV1(): JsonObject {
    return this.#write(false);
  }

  #write(includeSelf: boolean): JsonObject {
    const out: MutableJsonObject = {};
    const elements = new Map(this.#members);
    for (const [key, { element, set }] of this.#children) if (!set.isEmpty) elements.set(key, element);
    if (elements.size === 0) return emptyObject;
    if (includeSelf) out['.'] = emptyObject;
    for (const [key] of [...elements].sort(([, a], [, b]) => comparePathElements(a, b))) {
      const child = this.#children.get(key);
      setMember(out, key, child === undefined ? emptyObject : child.set.#write(this.#members.has(key)));
    }
    return out;
  }

  #minus(other: FieldSet, recursive: boolean): FieldSet {
    const members = new Map([...this.#members].filter(([key]) => !other.#members.has(key)));
    const children = new Map<string, Child>();
    for (const [key, { element, set }] of this.#children) {
      if (recursive && other.#members.has(key)) continue;
      const theirs = other.#children.get(key);
      const rest = theirs === undefined ? set : set.#minus(theirs.set, recursive);
      if (!rest.isEmpty) children.set(key, { element, set: rest });
    }
    return new FieldSet(members, children);
  }
}

function sorted(elements: Iterable<PathElement>): PathElement[] {
  return [...elements].sort(comparePathElements);
}

function readFields(fields: unknown): { readonly set: FieldSet | undefined; readonly isMember: boolean } {
  const members = new Map<string, PathElement>();
  const children = new Map<string, Child>();
  let isMember = false;
  for (const [key, value] of Object.entries(isJsonObject(fields) ? fields : {})) {
    if (key === '.') {
      isMember = true;
      continue;
    }
    const element = deserializePathElement(key);
    if (element === undefined) continue;
    const inner = readFields(value);
    const identity = serializePathElement(element);
    if (inner.isMember) members.set(identity, element);
    if (inner.set !== undefined) children.set(identity, { element, set: inner.set });
  }
  const isLeaf = members.size === 0 && children.size === 0;
  return { set: isLeaf ? undefined : new FieldSet(members, children), isMember: isMember || isLeaf };
}
