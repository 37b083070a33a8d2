/**
 * Owners after an update, worked out once for all objects that change alike: a thousand pods of one template go through the same
 * changes, and hold the same sets, times and entries.
 */
import { deepFreeze } from '../../../apimachinery/deep-freeze.ts';
import type { KubernetesObject, ManagedFieldsEntry } from '../../../apimachinery/object-meta.ts';
import type { SchemaNode } from '../../../apimachinery/schema-node.ts';
import { changeText } from '../../../apimachinery/structured-merge/change-text.ts';
import type { FieldFilter } from '../../../apimachinery/structured-merge/field-filter.ts';
import {
  encodeManagedFields,
  type Managed,
  type ManagedWrite,
  updateManagedFields,
} from '../../../apimachinery/structured-merge/managed-fields.ts';
import { isSameShape } from '../../../apimachinery/structured-merge/same-shape.ts';
import type { ManagedSets, TypedObject } from '../../../apimachinery/structured-merge/updater.ts';

/** What is remembered at most, in characters of its keys; then all of it is forgotten. */
const budget = 4_000_000;
/** What an entry costs beyond its key. */
const entryCost = 1000;
/** With more managers the oldest may be put together, by their times. */
const maxManagers = 9;
/** Stands where the write's time will; no time of a client's is written so. */
const now = '\0now';

interface KnownResult {
  readonly sets: ManagedSets;
  /** Who wrote now; undefined: nobody gained a field. */
  readonly writer: string | undefined;
}

/** Who creates an object, and how. */
interface Creator {
  readonly manager: string;
  readonly apiVersion: string;
  readonly subresource: string;
  readonly fields?: FieldFilter | undefined;
}

/** The last creation of a kind. */
interface Creation {
  readonly by: Creator;
  readonly object: KubernetesObject;
  readonly schema: SchemaNode;
  /** Undefined until another one like it comes. */
  managed: Managed | undefined;
  time: string;
}

export class KnownChanges {
  readonly #creations = new Map<string, Creation>();
  #results = new WeakMap<ManagedSets, Map<string, KnownResult>>();
  #spent = 0;
  readonly #numbers = new WeakMap<object, number>();
  #lastNumber = 0;
  /** The newest of those with these sets. */
  readonly #newest = new WeakMap<ManagedSets, Managed>();
  readonly #entries = new WeakMap<Managed, readonly ManagedFieldsEntry[]>();
  #shown: Managed | undefined;
  #shownEntries: readonly ManagedFieldsEntry[] = [];

  /**
   * Who owns what in a new object that was made as the one before it of its kind; undefined when it was not.
   *
   * @param compute asked once, when two were made alike
   */
  created(
    by: Creator,
    { value, schema }: { readonly value: KubernetesObject; readonly schema: SchemaNode },
    time: string,
    compute: () => Managed,
  ): Managed | undefined {
    const kind = value.kind ?? '';
    const last = this.#creations.get(kind);
    if (!last || last.schema !== schema || !isMadeAlike(last.by, by) || !isSameShape(schema, last.object, value)) {
      this.#creations.set(kind, { by, object: value, schema, managed: undefined, time });
      return undefined;
    }
    if (!last.managed) last.managed = compute();
    else if (last.time !== time) last.managed = atTime(last.managed, time);
    last.time = time;
    return last.managed;
  }

  /** As `updateManagedFields`; results are shared. @throws what that throws */
  update(write: ManagedWrite, next: TypedObject, isCreate: boolean): Managed {
    const key = this.#keyOf(write, next, isCreate);
    if (key === undefined) return updateManagedFields(write, next, isCreate);
    let byKey = this.#results.get(write.managed.sets);
    let result = byKey?.get(key);
    if (!result) {
      result = resultOf(updateManagedFields({ ...write, time: now }, next, isCreate));
      this.#spend(key.length + entryCost);
      byKey = this.#results.get(write.managed.sets);
      if (!byKey) this.#results.set(write.managed.sets, (byKey = new Map()));
      byKey.set(key, result);
    }
    return this.#managed(result, write);
  }

  /** `metadata.managedFields`, frozen and shared. */
  entries(managed: Managed): readonly ManagedFieldsEntry[] {
    if (managed === this.#shown) return this.#shownEntries;
    let entries = this.#entries.get(managed);
    if (!entries) this.#entries.set(managed, (entries = deepFreeze(encodeManagedFields(managed))));
    this.#shown = managed;
    this.#shownEntries = entries;
    return entries;
  }

  /** Undefined: the result depends on more than the fields that change. */
  #keyOf(write: ManagedWrite, next: TypedObject, isCreate: boolean): string | undefined {
    const { managed, apiVersion, live, manager, subresource = '', fields } = write;
    if (managed.sets.size > maxManagers) return undefined;
    for (const versioned of managed.sets.values()) if (versioned.apiVersion !== apiVersion) return undefined;
    const text = changeText(live.schema, live.value, next.value);
    if (text === undefined) return undefined;
    const schema = this.#numberOf(live.schema);
    const filter = fields ? this.#numberOf(fields) : 0;
    return `${schema} ${filter} ${isCreate} ${apiVersion} ${subresource} ${manager.length} ${manager}${text}`;
  }

  #numberOf(object: object): number {
    let number = this.#numbers.get(object);
    if (number === undefined) this.#numbers.set(object, (number = ++this.#lastNumber));
    return number;
  }

  #spend(cost: number): void {
    this.#spent += cost;
    if (this.#spent <= budget) return;
    this.#results = new WeakMap();
    this.#spent = cost;
  }

  #managed({ sets, writer }: KnownResult, { managed, time }: ManagedWrite): Managed {
    const newest = this.#newest.get(sets);
    if (newest && hasTimes(newest.times, managed.times, writer, time)) return newest;
    const times = writer === undefined ? managed.times : new Map(managed.times).set(writer, time);
    const result: Managed = { sets, times };
    this.#newest.set(sets, result);
    return result;
  }
}

function isMadeAlike(a: Creator, b: Creator): boolean {
  return (
    a.manager === b.manager && a.apiVersion === b.apiVersion && a.subresource === b.subresource && a.fields === b.fields
  );
}

const atTime = ({ sets, times }: Managed, time: string): Managed => ({
  sets,
  times: new Map([...times.keys()].map((identifier) => [identifier, time])),
});

function resultOf({ sets, times }: Managed): KnownResult {
  for (const [identifier, time] of times) if (time === now) return { sets, writer: identifier };
  return { sets, writer: undefined };
}

/** Whether `times` are those of before with the writer's set. */
function hasTimes(
  times: ReadonlyMap<string, string>,
  before: ReadonlyMap<string, string>,
  writer: string | undefined,
  time: string,
): boolean {
  if (writer !== undefined && times.get(writer) !== time) return false;
  const added = writer === undefined || before.has(writer) ? 0 : 1;
  if (times.size !== before.size + added) return false;
  for (const [identifier, at] of before) if (identifier !== writer && times.get(identifier) !== at) return false;
  return true;
}
