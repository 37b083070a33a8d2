/**
 * Who set which field. What a write did is kept beside the stored object and worked out only when somebody looks: when a client
 * outside reads the object, or applies to it. So a component's update costs nothing here.
 */
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { deepFreeze } from '../../../apimachinery/deep-freeze.ts';
import type { KubernetesObject, ManagedFieldsEntry } from '../../../apimachinery/object-meta.ts';
import type { AnyNode, ObjectNode, SchemaNode } from '../../../apimachinery/schema-node.ts';
import { shareStructure } from '../../../apimachinery/structural-sharing.ts';
import type { FieldFilter } from '../../../apimachinery/structured-merge/field-filter.ts';
import {
  applyManagedFields,
  decodeLiveOrNew,
  decodeManagedFields,
  emptyManaged,
  encodeManagedFields,
  type AppliedObject,
  type Managed,
  type ManagedWrite,
} from '../../../apimachinery/structured-merge/managed-fields.ts';
import type { ConvertVersion, TypedObject } from '../../../apimachinery/structured-merge/updater.ts';
import { validateTyped } from '../../../apimachinery/structured-merge/validate.ts';
import { zeroObject } from '../codec/decode-object.ts';
import { encodedEmpties, isMarked } from '../codec/empties.ts';
import type { TextHolder } from '../encoding/text-budget.ts';
import { asObject, type Operation, type WritableObject } from '../generic/operation.ts';
import { KnownChanges } from './known-changes.ts';

/** What a write sent, in the stored version, before admission and strategies changed it. */
export interface Submission {
  readonly object: KubernetesObject;
  /** Managed fields that the request states itself. */
  readonly stated: readonly ManagedFieldsEntry[] | undefined;
  /** What server-side apply worked out already. */
  readonly managed: Managed | undefined;
}

/** What the tracker must know of versions. */
export interface VersionConverter {
  /** The object, given in any version, in another one; undefined when that one is not served. */
  convert(
    object: KubernetesObject,
    apiVersion: string,
  ):
    | {
        readonly value: KubernetesObject;
        readonly schema: ObjectNode;
        /** The object may hold what the version's schema does not know. */
        readonly isUnchecked?: boolean;
      }
    | undefined;
}

/** A version of an object: who owns what in it, or how to find out. */
export interface Link extends TextHolder {
  managed: Managed | undefined;
  entries: readonly ManagedFieldsEntry[] | undefined;
  pending: Pending | undefined;
  readonly depth: number;
  /** The object whose text is kept. */
  shown: KubernetesObject | undefined;
}

interface Pending {
  readonly previous: Link | undefined;
  readonly old: KubernetesObject | undefined;
  readonly submission: Submission;
  readonly manager: string;
  readonly apiVersion: string;
  readonly subresource: string;
  readonly fields: FieldFilter | undefined;
  readonly time: string;
}

/** Longer chains of writes are worked out at once. */
const maxPending = 64;

export class ManagedFieldsTracker {
  readonly #links = new WeakMap<KubernetesObject, Link>();
  readonly #applied = new WeakMap<object, Managed>();
  readonly #shown = new WeakMap<KubernetesObject, KubernetesObject>();
  readonly #known = new KnownChanges();
  readonly #nobody = emptyManaged();
  /** What an update makes of nothing: an empty object of a kind, by its schema. */
  readonly #empty = new WeakMap<SchemaNode, KubernetesObject>();
  readonly #versions: VersionConverter;
  readonly #now: () => string;

  constructor(versions: VersionConverter, now: () => string) {
    this.#versions = versions;
    this.#now = now;
  }

  /**
   * What the caller sent, before admission and strategies change it. From then on only the draft's top level and its metadata may be
   * written: the parts below are frozen.
   */
  snapshot(draft: WritableObject): Submission {
    const stated = asObject(draft).metadata.managedFields;
    const metadata = Object.assign({}, draft.metadata);
    if (stated !== undefined) delete metadata['managedFields'];
    const object = deepFreeze(Object.assign({}, draft, { metadata })) as unknown as KubernetesObject;
    return { object, stated, managed: this.#applied.get(draft) };
  }

  /** Remembers how a write changed the managed fields. */
  record(
    stored: KubernetesObject,
    old: KubernetesObject | undefined,
    submission: Submission,
    operation: Operation,
  ): void {
    const previous = old && this.#links.get(old);
    const link = newLink((previous?.depth ?? 0) + 1);
    this.#links.set(stored, link);
    if (submission.managed) Object.assign(link, known(submission.managed));
    else link.managed = old ? undefined : this.#created(submission, operation);
    if (link.managed) return;
    link.pending = this.#pendingOf(old, sharing(submission, stored), operation);
    if (link.depth % maxPending === 0) this.#resolve(link);
  }

  /** Known at once when objects are created one like the other. */
  #created(submission: Submission, operation: Operation): Managed | undefined {
    const { object, stated } = submission;
    if (stated || isMarked(object) || object.apiVersion !== operation.apiVersion) return undefined;
    const typed = this.#versions.convert(object, operation.apiVersion);
    const compute = () => this.#compute(this.#pendingOf(undefined, submission, operation));
    return typed && this.#known.created(operation, typed, this.#now(), compute);
  }

  #pendingOf(old: KubernetesObject | undefined, submission: Submission, operation: Operation): Pending {
    const { manager, apiVersion, subresource, fields } = operation;
    const previous = old && this.#links.get(old);
    return { previous, old, submission, manager, apiVersion, subresource, fields, time: this.#now() };
  }

  /** What is stated of a new object belongs to one manager. */
  own(stored: KubernetesObject, manager: string, stated: KubernetesObject = stored): void {
    const { uid: _, resourceVersion: __, creationTimestamp: ___, ...metadata } = stated.metadata;
    const submission = { object: { ...stated, metadata }, stated: undefined, managed: undefined };
    const pending: Pending = {
      previous: undefined,
      old: undefined,
      submission,
      manager,
      apiVersion: stored.apiVersion ?? '',
      subresource: '',
      fields: undefined,
      time: this.#now(),
    };
    this.#links.set(stored, { ...newLink(1), pending });
  }

  /**
   * Whether a write that changes no field leaves the managed fields as they are, too: what the caller sent and the strategy
   * dropped may belong to somebody now.
   */
  leavesUnchanged(old: KubernetesObject, submission: Submission, operation: Operation): boolean {
    if (submission.managed) return deepEqual(encodeManagedFields(submission.managed), this.entries(old));
    if (!submission.stated && (operation.internal || sendsNothingNew(old, submission))) return true;
    const previous = this.#links.get(old);
    if (previous) this.#resolve(previous);
    const managed = this.#compute(this.#pendingOf(old, submission, operation));
    return deepEqual(encodeManagedFields(managed).map(untimed), this.entries(old).map(untimed));
  }

  /** The new version was made without changing a manager's fields. */
  inherit(stored: KubernetesObject, old: KubernetesObject): void {
    const link = this.#links.get(old);
    if (link) this.#links.set(stored, link);
  }

  /** `shown` (the stored object, or its form in another version) with `metadata.managedFields`. */
  reveal(stored: KubernetesObject, shown: KubernetesObject): KubernetesObject {
    const known = this.#shown.get(shown);
    if (known) return known;
    const entries = this.entries(stored);
    const whole =
      entries.length === 0
        ? shown
        : Object.freeze({ ...shown, metadata: Object.freeze({ ...shown.metadata, managedFields: entries }) });
    this.#shown.set(shown, whole);
    return whole;
  }

  /**
   * Server-side apply of `config` to the live object in the request's version.
   * @throws StatusError Conflict; TypedValueError
   */
  apply(request: {
    readonly stored: KubernetesObject | undefined;
    readonly live: KubernetesObject;
    readonly empty: object;
    readonly config: object;
    readonly operation: Operation;
    readonly force: boolean;
  }): AppliedObject {
    const { stored, live, operation, config, empty, force } = request;
    const managed = stored ? this.managedOf(stored) : emptyManaged();
    const write = this.#write(live, managed, operation, this.#now());
    return applyManagedFields(write, config, empty, force);
  }

  /** Who owns what in a stored object. */
  managedOf(stored: KubernetesObject): Managed {
    const link = this.#links.get(stored);
    return link ? this.#resolve(link) : this.#nobody;
  }

  /** Gives a draft the managed fields that server-side apply, or a write to its scale, worked out. */
  applied(draft: WritableObject, managed: Managed): void {
    this.#applied.set(draft, managed);
  }

  /** `metadata.managedFields` of a stored object, frozen; objects that were written alike share it. */
  entries(stored: KubernetesObject): readonly ManagedFieldsEntry[] {
    const link = this.#links.get(stored);
    return link ? this.entriesOf(link) : [];
  }

  /** What is kept beside a stored object. */
  link(stored: KubernetesObject): Link | undefined {
    return this.#links.get(stored);
  }

  /** `metadata.managedFields` of the object that a link stands beside. */
  entriesOf(link: Link): readonly ManagedFieldsEntry[] {
    return (link.entries ??= this.#known.entries(this.#resolve(link)));
  }

  #resolve(last: Link): Managed {
    if (last.managed) return last.managed;
    if (last.pending && !last.pending.previous) {
      last.managed = this.#compute(last.pending);
      last.pending = undefined;
      return last.managed;
    }
    const chain: Link[] = [];
    for (let link: Link | undefined = last; link && !link.managed; link = link.pending?.previous) chain.push(link);
    for (const link of chain.reverse()) {
      const { pending } = link;
      link.managed = pending ? this.#compute(pending) : this.#nobody;
      link.pending = undefined;
    }
    return last.managed ?? this.#nobody;
  }

  #compute(pending: Pending): Managed {
    const { previous, old, submission, apiVersion } = pending;
    const before = previous?.managed ?? this.#nobody;
    const managed = submission.stated
      ? decodeLiveOrNew(encodeManagedFields(before), submission.stated, pending.subresource !== '')
      : before;
    const sent = this.#versions.convert(submission.object, apiVersion);
    if (!sent) return managed;
    const next = { ...sent, value: encodedEmpties(sent.schema, sent.value) };
    const live = old ? this.#versions.convert(old, apiVersion)?.value : undefined;
    const write = this.#write(live ?? this.#emptyOf(next, apiVersion), managed, pending, pending.time, next.schema);
    try {
      return this.#known.update(write, next, old === undefined);
    } catch {
      // An object that structured merge cannot read (items without keys) loses its managed fields; the write is made.
      return this.#nobody;
    }
  }

  #emptyOf({ value, schema }: { value: KubernetesObject; schema: ObjectNode }, apiVersion: string): KubernetesObject {
    const known = this.#empty.get(schema);
    if (known?.kind === value.kind && known?.apiVersion === apiVersion) return known;
    const empty = { kind: value.kind, apiVersion, ...zeroObject(schema) } as unknown as KubernetesObject;
    this.#empty.set(schema, empty);
    return empty;
  }

  #write(
    live: KubernetesObject,
    managed: Managed,
    by: Pick<Operation, 'manager' | 'apiVersion' | 'subresource' | 'fields'>,
    time: string,
    schema?: SchemaNode,
  ): ManagedWrite {
    const { apiVersion, manager, subresource, fields } = by;
    const known = schema ?? this.#versions.convert(live, apiVersion)?.schema ?? anyNode;
    const convert: ConvertVersion = (object, version) => this.#convert(object, version);
    return {
      live: { value: live, schema: known },
      managed,
      manager,
      apiVersion,
      subresource,
      time,
      convert,
      fields,
    };
  }

  #convert(object: TypedObject, version: string): TypedObject | undefined {
    const value = object.value as KubernetesObject | null;
    if (value?.apiVersion === version || value?.apiVersion === undefined) return object;
    const converted = this.#versions.convert(value, version);
    if (converted?.isUnchecked) validateTyped(converted.schema, converted.value);
    return converted;
  }
}

const newLink = (depth: number): Link => ({
  managed: undefined,
  entries: undefined,
  pending: undefined,
  depth,
  shown: undefined,
  text: undefined,
  isYoung: false,
});

/** What was sent is mostly what is stored, and is kept once. */
function sharing(submission: Submission, stored: KubernetesObject): Submission {
  const { object, stated, managed } = submission;
  return isMarked(object) ? submission : { object: deepFreeze(shareStructure(stored, object)), stated, managed };
}

function sendsNothingNew(old: KubernetesObject, { object }: Submission): boolean {
  const { resourceVersion: _, managedFields: __, ...before } = old.metadata;
  const { resourceVersion: ___, ...after } = object.metadata;
  return deepEqual({ ...object, metadata: after }, { ...old, metadata: before });
}

const untimed = ({ time: _, ...entry }: ManagedFieldsEntry): ManagedFieldsEntry => entry;

/** What is known already: as it will be read again, for entries may encode alike. */
function known(managed: Managed): Pick<Link, 'managed' | 'entries'> {
  const entries = deepFreeze(encodeManagedFields(managed));
  return { managed: decodeManagedFields(entries), entries };
}

const anyNode: AnyNode = { type: 'any', mapType: 'granular' };
