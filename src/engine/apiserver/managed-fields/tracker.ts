/**
 * Who set which field. What a write did is kept beside the stored object and worked out only when somebody looks: when a client
 * outside reads the object, or applies to it. So a component's update costs nothing here.
 */
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { deepFreeze } from '../../../apimachinery/deep-freeze.ts';
import type { KubernetesObject, ManagedFieldsEntry } from '../../../apimachinery/object-meta.ts';
import type { AnyNode, ObjectNode, SchemaNode } from '../../../apimachinery/schema-node.ts';
import type { FieldFilter } from '../../../apimachinery/structured-merge/field-filter.ts';
import {
  applyManagedFields,
  decodeLiveOrNew,
  decodeManagedFields,
  emptyManaged,
  encodeManagedFields,
  updateManagedFields,
  type AppliedObject,
  type Managed,
  type ManagedWrite,
} from '../../../apimachinery/structured-merge/managed-fields.ts';
import type { ConvertVersion, TypedObject } from '../../../apimachinery/structured-merge/updater.ts';
import { validateTyped } from '../../../apimachinery/structured-merge/validate.ts';
import { zeroObject } from '../codec/decode-object.ts';
import { encodedEmpties } from '../codec/empties.ts';
import { asObject, type Operation, type WritableObject } from '../generic/operation.ts';

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
interface Link {
  managed: Managed | undefined;
  entries: readonly ManagedFieldsEntry[] | undefined;
  pending: Pending | undefined;
  readonly depth: number;
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
    const pending = this.#pendingOf(old, submission, operation);
    const link: Link = { ...known(submission), pending, depth: (previous?.depth ?? 0) + 1 };
    this.#links.set(stored, link);
    if (link.depth % maxPending === 0) this.#resolve(link);
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
    const link: Link = {
      managed: undefined,
      entries: undefined,
      pending: {
        previous: undefined,
        old: undefined,
        submission,
        manager,
        apiVersion: stored.apiVersion ?? '',
        subresource: '',
        fields: undefined,
        time: this.#now(),
      },
      depth: 1,
    };
    this.#links.set(stored, link);
  }

  /**
   * Whether a write that changes no field leaves the managed fields as they are, too: what the caller sent and the strategy
   * dropped may belong to somebody now.
   */
  leavesUnchanged(old: KubernetesObject, submission: Submission, operation: Operation): boolean {
    if (submission.managed) return deepEqual(encodeManagedFields(submission.managed), this.#entries(old));
    if (!submission.stated && (operation.internal || sendsNothingNew(old, submission))) return true;
    const previous = this.#links.get(old);
    if (previous) this.#resolve(previous);
    const managed = this.#compute(this.#pendingOf(old, submission, operation));
    return deepEqual(encodeManagedFields(managed).map(untimed), this.#entries(old).map(untimed));
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
    const entries = this.#entries(stored);
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
    return link ? this.#resolve(link) : emptyManaged();
  }

  /** Gives a draft the managed fields that server-side apply, or a write to its scale, worked out. */
  applied(draft: WritableObject, managed: Managed): void {
    this.#applied.set(draft, managed);
  }

  #entries(stored: KubernetesObject): readonly ManagedFieldsEntry[] {
    const link = this.#links.get(stored);
    if (!link) return [];
    link.entries ??= deepFreeze(encodeManagedFields(this.#resolve(link)));
    return link.entries;
  }

  #resolve(last: Link): Managed {
    const chain: Link[] = [];
    for (let link: Link | undefined = last; link && !link.managed; link = link.pending?.previous) chain.push(link);
    for (const link of chain.reverse()) {
      const { pending } = link;
      link.managed = pending ? this.#compute(pending) : emptyManaged();
      link.pending = undefined;
    }
    if (last.managed && last.pending) last.pending = undefined;
    return last.managed ?? emptyManaged();
  }

  #compute(pending: Pending): Managed {
    const { previous, old, submission, apiVersion } = pending;
    const before = previous?.managed ?? emptyManaged();
    const managed = submission.stated
      ? decodeLiveOrNew(encodeManagedFields(before), submission.stated, pending.subresource !== '')
      : before;
    const sent = this.#versions.convert(submission.object, apiVersion);
    if (!sent) return managed;
    const next = { ...sent, value: encodedEmpties(sent.schema, sent.value) };
    const live = old ? this.#versions.convert(old, apiVersion)?.value : undefined;
    const empty = { kind: next.value.kind, apiVersion, ...zeroObject(next.schema) } as unknown as KubernetesObject;
    const write = this.#write(live ?? empty, managed, pending, pending.time, next.schema);
    try {
      return updateManagedFields(write, next, old === undefined);
    } catch {
      // An object that structured merge cannot read (items without keys) loses its managed fields; the write is made.
      return emptyManaged();
    }
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

function sendsNothingNew(old: KubernetesObject, { object }: Submission): boolean {
  const { resourceVersion: _, managedFields: __, ...before } = old.metadata;
  const { resourceVersion: ___, ...after } = object.metadata;
  return deepEqual({ ...object, metadata: after }, { ...old, metadata: before });
}

const untimed = ({ time: _, ...entry }: ManagedFieldsEntry): ManagedFieldsEntry => entry;

/** What is known already: as it will be read again, for entries may encode alike. */
function known({ managed }: Submission): Pick<Link, 'managed' | 'entries'> {
  if (!managed) return { managed, entries: undefined };
  const entries = deepFreeze(encodeManagedFields(managed));
  return { managed: decodeManagedFields(entries), entries };
}

const anyNode: AnyNode = { type: 'any', mapType: 'granular' };
