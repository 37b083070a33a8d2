/**
 * The generic registry of one resource: it owns the order of a write (admit → prepare → validate → admit → store) and asks the
 * definition's strategy for everything that is particular. Objects are stored frozen, with apiVersion and kind, and share structure
 * with what they replace.
 * Upstream: apiserver/pkg/registry/generic/registry/store.go (v1.36)
 */
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { deepFreeze } from '../../../apimachinery/deep-freeze.ts';
import { type FieldError, invalid, newPath } from '../../../apimachinery/field-error.ts';
import type { KubernetesObject, ObjectMeta } from '../../../apimachinery/object-meta.ts';
import type { ObjectNode } from '../../../apimachinery/schema-node.ts';
import * as status from '../../../apimachinery/status-error.ts';
import { shareStructure } from '../../../apimachinery/structural-sharing.ts';
import { nameIsDNSSubdomain } from '../../../apimachinery/validation.ts';
import type { Process } from '../../../process/process.ts';
import type { Entry } from '../../store/store.ts';
import type { AdmissionAttributes, AdmissionVerb } from '../admission/admission.ts';
import { asStored, dropEmpties } from '../codec/empties.ts';
import type { Submission } from '../managed-fields/tracker.ts';
import type { ResourceDefinition, Strategy } from '../registry/resource-definition.ts';
import type { StrategyContext } from '../registry/strategy-context.ts';
import { Cacher } from '../watch/cacher.ts';
import { isHeartbeat } from '../watch/heartbeat.ts';
import {
  beforeDelete,
  checkDeletePreconditions,
  deletionFinalizers,
  type DeleteOptions,
  markAsDeleting,
} from './deletion.ts';
import { drop, keep, keepMember, orderMetadata, resetStatus, specChanged, specFinalizers } from './draft-members.ts';
import { validateKubeFinalizers, validateObjectMeta } from './object-meta-validation.ts';
import { asDraft, asObject, type Operation, type Preconditions, type WritableObject } from './operation.ts';
import type { ServerServices } from './server-services.ts';
import { Siblings } from './siblings.ts';
import { putSystemObject, removeSystemObject } from './system-objects.ts';
import { updateErrors } from './update-checks.ts';
import type { UpdateStrategy } from './update-strategy.ts';

const optimisticLockMessage =
  'the object has been modified; please apply your changes to the latest version and try again';
const maxNameTries = 8;
/** Members of metadata that no creator sets. */
const unwritten = ['deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink', 'managedFields'];

/** What a strategy for one subresource may replace. */
export interface UpdateOptions {
  /** Makes the new object of the present one (undefined: it does not exist). */
  transform(current: KubernetesObject | undefined): WritableObject;
  /** Set for the `status` subresource and other partial strategies. */
  readonly strategy?: UpdateStrategy;
  readonly preconditions?: Preconditions;
  /** A missing object is created (server-side apply). */
  readonly createIfMissing?: boolean;
  /** The write belongs to no field manager. */
  readonly untracked?: boolean;
}

/** The outcome of a delete. */
export interface DeleteResult {
  readonly object: KubernetesObject;
  /** The object is gone. */
  readonly deleted: boolean;
}

const verbs: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };
/** Groups whose rules know nothing of Kubernetes' own finalizers. */
const plainGroups: ReadonlySet<string> = new Set([
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'policy',
]);

/** The objects of one resource: the order of their writes, over the store. */
export class ResourceStore {
  #definition: ResourceDefinition;
  #schema: ObjectNode;
  readonly prefix: string;
  readonly cacher: Cacher;
  readonly #services: ServerServices;
  readonly #siblings = new Siblings();

  constructor(services: ServerServices, definition: ResourceDefinition, schema: ObjectNode) {
    this.#services = services;
    this.#definition = definition;
    this.#schema = schema;
    this.prefix = `${definition.group || 'core'}/${definition.resource}/`;
    const { sim, store } = services;
    this.cacher = new Cacher({
      sim,
      store,
      prefix: this.prefix,
      isHeartbeat: (event) => isHeartbeat(definition, event),
    });
  }

  get definition(): ResourceDefinition {
    return this.#definition;
  }
  get schema(): ObjectNode {
    return this.#schema;
  }
  /** Takes a changed definition of the same resource (custom resources). */
  redefine(definition: ResourceDefinition, schema: ObjectNode): void {
    this.#definition = definition;
    this.#schema = schema;
  }

  key(namespace: string, name: string): string {
    return this.definition.namespaced ? `${this.prefix}${namespace}/${name}` : this.prefix + name;
  }

  entry(namespace: string, name: string): Entry<KubernetesObject> | undefined {
    return this.#services.store.get(this.key(namespace, name));
  }

  /** @throws StatusError NotFound */
  get(namespace: string, name: string): KubernetesObject {
    const entry = this.entry(namespace, name);
    if (!entry) throw status.newNotFound(this.definition, name);
    return entry.value;
  }

  /** Everything in a namespace (empty: everywhere), in order of keys. */
  all(namespace = ''): readonly KubernetesObject[] {
    const prefix = namespace && this.definition.namespaced ? `${this.prefix}${namespace}/` : this.prefix;
    return this.#services.store.list(prefix).map((entry) => entry.value);
  }

  /** Stores a new object. @throws StatusError */
  *create(draft: WritableObject, operation: Operation): Process<KubernetesObject> {
    const meta = draft.metadata;
    const submitted = this.#services.managedFields.snapshot(draft);
    if (typeof meta['generateName'] === 'string' && !meta['name']) meta['name'] = '';
    const attributes = this.#attributes('CREATE', draft, undefined, operation);
    yield* this.#services.admission.admit(attributes);
    const generate = !meta['name'] && typeof meta['generateName'] === 'string' && meta['generateName'] !== '';
    for (let attempt = 1; ; attempt++) {
      if (generate) meta['name'] = this.#generateName(meta['generateName'] as string);
      const name = String(meta['name'] ?? '');
      try {
        const named = name === attributes.name ? attributes : { ...attributes, name };
        return yield* this.#createOnce(draft, operation, named, submitted);
      } catch (error) {
        if (!generate || !status.isAlreadyExists(error)) throw error;
        if (attempt >= maxNameTries) throw status.newGenerateNameConflict(this.definition, String(meta['name']), 1);
      }
    }
  }

  *#createOnce(
    draft: WritableObject,
    operation: Operation,
    attributes: AdmissionAttributes,
    submitted: Submission,
  ): Process<KubernetesObject> {
    const services = this.#services;
    const { definition } = this;
    const context = this.#context(operation);
    const rollback = definition.strategy.begin?.(draft as never, undefined, context);
    let stored: KubernetesObject | undefined;
    try {
      this.#beforeCreate(draft, context);
      yield* services.admission.validate(attributes);
      if (definition.strategy.canonicalize) yield* definition.strategy.canonicalize(draft as never, context);
      dropEmpties(this.schema, draft);
      stored = this.#put(draft, undefined, operation);
    } finally {
      rollback?.(stored !== undefined && !operation.dryRun);
    }
    services.managedFields.record(stored, undefined, submitted, operation);
    if (!operation.dryRun) definition.strategy.afterCreate?.(stored as never, context);
    if (definition.strategy.prepareToShow) yield* definition.strategy.prepareToShow(stored as never, context);
    return stored;
  }

  #beforeCreate(draft: WritableObject, context: StrategyContext): void {
    const { definition } = this;
    const { strategy } = definition;
    const meta = draft.metadata;
    for (const key of unwritten) drop(meta, key);
    if (context.verb !== 'create' || meta['resourceVersion'] === '') drop(meta, 'resourceVersion');
    if (meta['name'] === '') delete meta['name'];
    if (strategy.generation !== 'none') meta['generation'] = 1;
    else if (meta['generation'] === 0) delete meta['generation'];
    if (definition.status && !strategy.keepsStatusOnCreate) resetStatus(draft, this.schema);
    meta['creationTimestamp'] = context.now;
    meta['uid'] = this.#services.uids.uid();
    strategy.prepareForCreate?.(draft as never, context);
    orderMetadata(draft);
    this.#throwInvalid(draft, this.validateNew(draft, context));
    this.#warn(asObject(draft), undefined, context);
  }

  /** Complaints about a new object. */
  validateNew(draft: WritableObject, context: StrategyContext): FieldError[] {
    const { strategy, namespaced } = this.definition;
    const object = asObject(draft);
    const check = strategy.validateName ?? nameIsDNSSubdomain;
    const meta = strategy.validatesMetadata
      ? []
      : [...validateObjectMeta(object.metadata, namespaced, check), ...this.#finalizerErrors(object)];
    return [...meta, ...(strategy.validate?.(object as never, context) ?? [])];
  }

  /** Kinds of the core API server take no finalizers of one word but their own. */
  #finalizerErrors({ metadata }: KubernetesObject): FieldError[] {
    return this.#hasKubeFinalizers() ? validateKubeFinalizers(metadata) : [];
  }

  #hasKubeFinalizers(): boolean {
    const { custom, group, strategy } = this.definition;
    return !custom && !plainGroups.has(group) && !strategy.anyFinalizers;
  }

  #throwInvalid(draft: WritableObject, errors: readonly FieldError[]): void {
    if (errors.length > 0) throw status.newInvalid(this.definition, String(draft.metadata['name'] ?? ''), errors);
  }

  #warn(object: KubernetesObject, old: KubernetesObject | undefined, context: StrategyContext): void {
    for (const text of this.definition.strategy.warnings?.(object as never, old as never) ?? []) context.warn(text);
  }

  #generateName(base: string): string {
    return base.slice(0, 58) + this.#services.names.suffix(5);
  }

  /** Changes an object. Gives the stored one and whether it was created. @throws StatusError */
  *update(
    namespace: string,
    name: string,
    operation: Operation,
    options: UpdateOptions,
  ): Process<{ readonly object: KubernetesObject; readonly created: boolean }> {
    for (;;) {
      const entry = this.entry(namespace, name);
      if (!entry) {
        if (!this.definition.strategy.allowCreateOnUpdate && !options.createIfMissing) {
          throw status.newNotFound(this.definition, name);
        }
        const object = yield* this.create(options.transform(undefined), operation);
        return { object, created: true };
      }
      const object = yield* this.#updateOnce(entry, operation, options);
      if (object) return { object, created: false };
    }
  }

  /** One attempt; undefined when the object changed meanwhile and the attempt may be repeated. */
  *#updateOnce(
    entry: Entry<KubernetesObject>,
    operation: Operation,
    options: UpdateOptions,
  ): Process<KubernetesObject | undefined> {
    const services = this.#services;
    const old = entry.value;
    this.#checkPreconditions(old, options.preconditions, operation);
    const { strategy: own } = this.definition;
    if (own.prepareToShow) yield* own.prepareToShow(old as never, this.#context(operation));
    const draft = options.transform(old);
    if (asObject(draft) === old) return old;
    const submitted = services.managedFields.snapshot(draft);
    const attributes = this.#attributes('UPDATE', draft, old, operation);
    const unconditional = this.#checkVersion(draft, old);
    yield* services.admission.admit(attributes);
    const context = this.#context(operation);
    const rollback =
      operation.subresource === ''
        ? this.definition.strategy.begin?.(draft as never, old as never, context)
        : undefined;
    let stored: KubernetesObject | undefined;
    try {
      const { strategy } = this.definition;
      const before = strategy.inVersion?.(old as never, context) ?? old;
      this.#beforeUpdate(draft, before, options.strategy, context);
      yield* services.admission.validate(attributes);
      if (strategy.canonicalize) yield* strategy.canonicalize(draft as never, context);
      dropEmpties(this.schema, draft);
      if (this.#unchanged(draft, old, submitted, operation)) return old;
      if (this.entry(old.metadata.namespace ?? '', old.metadata.name ?? '')?.modRevision !== entry.modRevision) {
        if (unconditional) return undefined;
        throw this.#conflict(old.metadata.name ?? '');
      }
      stored = this.#finishUpdate(draft, entry, operation, context);
    } finally {
      rollback?.(stored !== undefined && !operation.dryRun);
    }
    if (options.untracked) services.managedFields.inherit(stored, old);
    else services.managedFields.record(stored, old, submitted, operation);
    if (operation.subresource === '' && !operation.dryRun)
      this.definition.strategy.afterUpdate?.(stored as never, old as never, context);
    if (this.definition.strategy.prepareToShow) yield* this.definition.strategy.prepareToShow(stored as never, context);
    return stored;
  }

  #finishUpdate(
    draft: WritableObject,
    entry: Entry<KubernetesObject>,
    operation: Operation,
    context: StrategyContext,
  ): KubernetesObject {
    const meta = asObject(draft).metadata;
    const waits = this.definition.strategy.terminates === true && specFinalizers(draft) > 0;
    const finished =
      meta.deletionTimestamp !== undefined && !meta.finalizers?.length && !meta.deletionGracePeriodSeconds && !waits;
    if (!finished) return this.#put(draft, entry, operation);
    const updated = operation.dryRun ? deepFreeze(asObject(draft)) : this.#put(draft, entry, operation);
    if (!operation.dryRun) this.#remove(updated, operation, context);
    return updated;
  }

  #unchanged(draft: WritableObject, old: KubernetesObject, submitted: Submission, operation: Operation): boolean {
    if (!deepEqual(draft, old)) return false;
    return this.#services.managedFields.leavesUnchanged(old, submitted, operation);
  }

  #alreadyExists({ metadata }: KubernetesObject): status.StatusError {
    const error = status.newAlreadyExists(this.definition, metadata.name ?? '');
    if (metadata.deletionTimestamp === undefined) return error;
    return status.statusErrorFromObject({
      ...error.status,
      message: `object is being deleted: ${error.status.message ?? ''}`,
    });
  }

  #conflict(name: string): status.StatusError {
    return status.newConflict(this.definition, name, optimisticLockMessage);
  }

  /** Checks the version that the draft was made from; sets it when it names none. Gives whether it named none. */
  #checkVersion(draft: WritableObject, old: KubernetesObject): boolean {
    const given = draft.metadata['resourceVersion'];
    const name = old.metadata.name ?? '';
    if (given === undefined || given === '') {
      if (this.definition.strategy.allowUnconditionalUpdate === false) {
        const { group, resource } = this.definition;
        const path = newPath('metadata', 'resourceVersion');
        throw status.newInvalid({ group, kind: resource }, name, [invalid(path, 0, 'must be specified for an update')]);
      }
      draft.metadata['resourceVersion'] = old.metadata.resourceVersion;
      return true;
    }
    if (typeof given === 'string' && !/^\d+$/.test(given)) {
      throw status.newStatusError({
        code: 500,
        reason: '',
        message: `strconv.ParseUint: parsing ${JSON.stringify(given)}: invalid syntax`,
      });
    }
    if (given === '0') {
      draft.metadata['resourceVersion'] = old.metadata.resourceVersion;
      return true;
    }
    if (given !== old.metadata.resourceVersion) throw this.#conflict(name);
    return false;
  }

  #beforeUpdate(
    draft: WritableObject,
    old: KubernetesObject,
    override: UpdateStrategy | undefined,
    context: StrategyContext,
  ): void {
    const { strategy, status: statusStrategy, namespaced } = this.definition;
    const meta = draft.metadata;
    const oldMeta: ObjectMeta = old.metadata;
    drop(meta, 'managedFields');
    keep(meta, oldMeta, 'generation');
    if (override) override.prepareForUpdate?.(draft, old, context);
    else {
      if (statusStrategy && !strategy.keepsStatusOnUpdate) keepMember(draft, old, 'status');
      strategy.prepareForUpdate?.(draft as never, old as never, context);
      if (strategy.generation !== 'none' && !strategy.ownGeneration && specChanged(draft, old)) {
        meta['generation'] = (oldMeta.generation ?? 0) + 1;
      }
      if (!strategy.countsEmpties && meta['generation'] !== oldMeta.generation) this.#forgetEmpties(draft, old);
    }
    if (!meta['uid']) keep(meta, oldMeta, 'uid');
    keep(meta, oldMeta, 'creationTimestamp');
    if (oldMeta.deletionTimestamp !== undefined) {
      keep(meta, oldMeta, 'deletionTimestamp');
      if (oldMeta.deletionGracePeriodSeconds !== undefined && meta['deletionGracePeriodSeconds'] === undefined) {
        keep(meta, oldMeta, 'deletionGracePeriodSeconds');
      }
    }
    orderMetadata(draft);
    const object = asObject(draft);
    if (namespaced && !meta['namespace']) keep(meta, oldMeta, 'namespace');
    const by: UpdateStrategy = override ?? (strategy as UpdateStrategy);
    const errors = updateErrors(object.metadata, oldMeta, {
      namespaced,
      checkName: strategy.validateName ?? nameIsDNSSubdomain,
      kubeFinalizers: this.#hasKubeFinalizers(),
      order: by.updateChecks,
      again: () => strategy.validateAgain?.(object as never, old as never, context) ?? [],
      own: () => by.validateUpdate?.(object, old, context) ?? [],
    });
    this.#throwInvalid(draft, errors);
    if (!override) this.#warn(object, old, context);
    else for (const text of override.warnings?.(object) ?? []) context.warn(text);
  }

  /** An empty list where there was none is no change: generation does not count it. */
  #forgetEmpties(draft: WritableObject, old: KubernetesObject): void {
    const stored = asStored(this.schema, draft);
    if (!stored || specChanged(stored, old)) return;
    if (deepEqual(draft.metadata['annotations'], old.metadata.annotations))
      keep(draft.metadata, old.metadata, 'generation');
  }

  #checkPreconditions(object: KubernetesObject, preconditions: Preconditions | undefined, { dryRun }: Operation): void {
    if (!preconditions) return;
    const { uid, resourceVersion } = preconditions;
    const meta = object.metadata;
    if (uid !== undefined && uid !== meta.uid) {
      this.#failPrecondition(
        meta,
        dryRun,
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${meta.uid ?? ''}`,
      );
    }
    if (resourceVersion !== undefined && resourceVersion !== meta.resourceVersion) {
      this.#failPrecondition(
        meta,
        dryRun,
        `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${meta.resourceVersion ?? ''}`,
      );
    }
  }

  #failPrecondition(meta: ObjectMeta, dryRun: boolean, why: string): never {
    const { etcdPrefix, resource, group, namespaced, custom } = this.definition;
    const prefix = etcdPrefix ?? (custom ? `/registry/${group}/${resource}` : `/registry/${resource}`);
    const key = `${dryRun ? prefix.replace('/registry', '') : prefix}/${namespaced ? `${meta.namespace}/` : ''}${meta.name}`;
    const detail = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`;
    throw status.newConflict(this.definition, meta.name ?? '', detail);
  }

  /** Deletes an object, or begins to. @throws StatusError */
  *delete(namespace: string, name: string, options: DeleteOptions, operation: Operation): Process<DeleteResult> {
    const entry = this.entry(namespace, name);
    if (!entry) throw status.newNotFound(this.definition, name);
    const old = entry.value;
    yield* this.#services.admission.admit(this.#attributes('DELETE', undefined, old, operation));
    const { group, kind } = this.definition;
    checkDeletePreconditions(old, options.preconditions, { group, resource: kind });
    const context = this.#context(operation);
    const draft = asDraft({ ...old, metadata: { ...old.metadata } });
    yield* this.#services.admission.validate(this.#attributes('DELETE', undefined, old, operation));
    const strategy: Strategy = this.definition.strategy;
    strategy.beforeDelete?.(old as never, context);
    const verdict = beforeDelete(strategy, draft, options, this.#services.sim.now());
    if (verdict.pending) return { object: old, deleted: false };
    const finalizersChanged = deletionFinalizers(strategy, draft, options);
    const stays = strategy.terminate?.(draft as never, context) ?? false;
    const terminating = stays || (strategy.terminates === true && specFinalizers(draft) > 0);
    const pendingFinalizers = terminating || (asObject(draft).metadata.finalizers?.length ?? 0) > 0;
    if (terminating && !stays) {
      const before = draft['status'] as object | undefined;
      draft['status'] = { ...before, phase: 'Terminating' };
      draft.metadata['deletionTimestamp'] ??= context.now;
    }
    if (!terminating && !verdict.graceful && !pendingFinalizers && !finalizersChanged) {
      if (!operation.dryRun) return { object: this.#remove(old, operation, context), deleted: true };
      return { object: old, deleted: true };
    }
    if (!verdict.graceful && pendingFinalizers && !terminating) markAsDeleting(draft, context.now);
    if (!verdict.graceful && !pendingFinalizers) {
      return { object: operation.dryRun ? old : this.#remove(old, operation, context), deleted: true };
    }
    orderMetadata(draft);
    const updated = deepEqual(draft, old) ? old : this.#put(draft, entry, operation);
    if (updated !== old) this.#services.managedFields.inherit(updated, old);
    if (pendingFinalizers || verdict.graceSeconds > 0) return { object: updated, deleted: false };
    if (!operation.dryRun) this.#remove(updated, operation, context);
    return { object: updated, deleted: true };
  }

  #remove(object: KubernetesObject, operation: Operation, context: StrategyContext): KubernetesObject {
    const { metadata } = object;
    const key = this.key(metadata.namespace ?? '', metadata.name ?? '');
    const entry = this.#services.store.get(key);
    if (!entry) return object;
    const event = this.#inCause(operation, metadata, () =>
      this.#services.store.delete(key, entry.modRevision, (revision, last) => {
        const gone = deepFreeze({ ...last, metadata: { ...last.metadata, resourceVersion: String(revision) } });
        this.#services.managedFields.inherit(gone, last);
        return gone;
      }),
    );
    this.definition.strategy.afterDelete?.(object as never, context);
    return event?.value ?? object;
  }

  #put(draft: WritableObject, entry: Entry<KubernetesObject> | undefined, operation: Operation): KubernetesObject {
    const meta = asObject(draft).metadata;
    const key = this.key(meta.namespace ?? '', meta.name ?? '');
    const present = entry ? undefined : this.#services.store.get(key);
    if (present) throw this.#alreadyExists(present.value);
    if (operation.dryRun) {
      if (entry) draft.metadata['resourceVersion'] = entry.value.metadata.resourceVersion;
      return deepFreeze(asObject(draft));
    }
    if (!entry && Number(draft.metadata['resourceVersion'] ?? 0) > 0) {
      const message = 'resourceVersion should not be set on objects to be created';
      throw status.newStatusError({ code: 500, reason: '', message });
    }
    const written = this.#inCause(operation, meta, () =>
      this.#services.store.put(key, entry?.modRevision ?? 0, (revision) => {
        draft.metadata['resourceVersion'] = String(revision);
        if (!entry) orderMetadata(draft);
        return deepFreeze(entry ? shareStructure(entry.value, asObject(draft)) : this.#siblings.share(asObject(draft)));
      }),
    );
    if (!written) throw this.#conflict(meta.name ?? '');
    return written.value;
  }

  /** Runs a store write as an effect of its own: heartbeats in the background, the rest in the foreground. */
  #inCause<T>(operation: Operation, meta: ObjectMeta, write: () => T): T {
    const { sim, store } = this.#services;
    const { resource, group } = this.definition;
    const { namespace = '', name = '' } = meta;
    const { method, subresource } = operation;
    const revision = store.revision + 1;
    const written = { method, group, resource, subresource, namespace, name, revision };
    const cause = sim.newWriteCause(operation.user.username, written);
    const act = () => sim.withCause(cause, write);
    return this.definition.resource === 'leases' ? sim.background(act) : sim.foreground(act);
  }

  #context(operation: Operation): StrategyContext {
    const { names, objects, authorizer } = this.#services;
    return {
      user: operation.user,
      namespace: operation.namespace,
      apiVersion: operation.apiVersion,
      now: this.#services.now(),
      dryRun: operation.dryRun,
      subresource: operation.subresource,
      verb: verbs[operation.method] ?? '',
      authorizer,
      random: names,
      objects,
      system: {
        put: (group, resource, object) => putSystemObject(this.#services, group, resource, object),
        remove: (group, resource, namespace, name) =>
          removeSystemObject(this.#services, group, resource, namespace, name),
      },
      warn: (text) => operation.warn(text),
    };
  }

  #attributes(
    verb: AdmissionVerb,
    object: WritableObject | undefined,
    old: KubernetesObject | undefined,
    operation: Operation,
  ): AdmissionAttributes {
    const meta = object ? asObject(object).metadata : old?.metadata;
    return {
      verb,
      definition: this.definition,
      subresource: operation.subresource,
      namespace: meta?.namespace ?? operation.namespace,
      name: meta?.name ?? '',
      object,
      old,
      operation,
    };
  }
}
