/**
 * What a resource answers when generic code asks: its names, its strategy, its subresources, its columns. A built-in kind is
 * one file of this folder; a CRD makes the same definition at run time.
 */
import type { FieldError } from '../../../apimachinery/field-error.ts';
import type { JsonObject } from '../../../apimachinery/json-value.ts';
import type { KubernetesObject, ObjectMeta } from '../../../apimachinery/object-meta.ts';
import type { ResourceRef } from '../../../apimachinery/resource-ref.ts';
import type { ObjectNode } from '../../../apimachinery/schema-node.ts';
import { excludeFields, type FieldFilter } from '../../../apimachinery/structured-merge/field-filter.ts';
import type { Process } from '../../../process/process.ts';
import type { Draft } from './draft.ts';
import type { StrategyContext } from './strategy-context.ts';
import type { SubresourceRequest } from './subresource-request.ts';
import type { TableColumn } from './table-column.ts';

/** A check of a change: metadata by itself, metadata's change, `validateAgain`, `validateUpdate`. */
export type UpdateCheck = 'meta' | 'metaUpdate' | 'again' | 'own';

/**
 * How a resource behaves when it is written. A draft's top level and its metadata may be written in place; deeper parts that an
 * update did not touch are the stored, frozen ones: replace such a part instead of writing into it.
 */
export interface Strategy<T extends KubernetesObject = KubernetesObject> {
  /** Sets what was left out. Runs after decoding; running twice changes nothing. */
  defaults?(draft: Draft<T>): void;
  prepareForCreate?(draft: Draft<T>, context: StrategyContext): void;
  prepareForUpdate?(draft: Draft<T>, old: T, context: StrategyContext): void;
  /** Complaints about a new object, beyond those about its metadata. */
  validate?(object: T, context: StrategyContext): readonly FieldError[];
  /** Complaints about a change, beyond those about metadata. */
  validateUpdate?(object: T, old: T, context: StrategyContext): readonly FieldError[];
  /** Complaints about the changed object by itself, where `updateChecks` asks for them apart from those about the change. */
  validateAgain?(object: T, old: T, context: StrategyContext): readonly FieldError[];
  /** The order of a change's checks; default: metadata's change, then `validateUpdate`. */
  readonly updateChecks?: readonly UpdateCheck[];
  /** Finalizers of one word need not be Kubernetes' own. */
  readonly anyFinalizers?: boolean;
  /** Complaints of `validate` include those about metadata. */
  readonly validatesMetadata?: boolean;
  /** Brings an accepted object into the form that is stored. Upstream: Canonicalize */
  canonicalize?(draft: Draft<T>, context: StrategyContext): Process<void>;
  /** Has a webhook convert a stored object to the request's version. @throws StatusError */
  prepareToShow?(object: T, context: StrategyContext): Process<void>;
  /** The stored object as the request's version shows it, under the stored version's name. */
  inVersion?(object: T, context: StrategyContext): KubernetesObject;
  /** Warning headers of an accepted write. */
  warnings?(object: T, old: T | undefined): readonly string[];
  /** Complaints about a name; default: a DNS subdomain. `prefix`: it is a generateName. */
  validateName?(name: string, prefix: boolean): readonly string[];
  /**
   * Begins a write: takes addresses, ports and the like. What it gives is called at the end, with whether the write was made.
   * @throws StatusError
   */
  begin?(draft: Draft<T>, old: T | undefined, context: StrategyContext): ((written: boolean) => void) | undefined;
  /** Runs after an object was created (not for dry runs). */
  afterCreate?(object: T, context: StrategyContext): void;
  /** Runs after an object was changed through its main resource (not for dry runs). */
  afterUpdate?(object: T, old: T, context: StrategyContext): void;
  /** May refuse a deletion. @throws StatusError */
  beforeDelete?(object: T, context: StrategyContext): void;
  /** Runs after an object is gone (not for dry runs). */
  afterDelete?(object: T, context: StrategyContext): void;
  /**
   * The grace of a deletion in seconds: undefined when the resource knows none and the object goes at once.
   */
  gracePeriodSeconds?(object: T, requested: number | undefined): number | undefined;
  /** Fields beyond metadata.name and metadata.namespace that a field selector may name. */
  selectableFields?(object: T): Readonly<Record<string, string>>;
  /** The names of those fields. */
  readonly selectableFieldNames?: readonly string[];
  /** The refusal of a field that cannot be selected by, where it is not the usual text. */
  unknownField?(name: string): string;
  /** A PUT of an absent name creates it. */
  readonly allowCreateOnUpdate?: boolean;
  /** A PUT without resourceVersion is accepted; default true. */
  readonly allowUnconditionalUpdate?: boolean;
  /** metadata.generation counts changes of everything but metadata and status; `none` when the resource has no generation. */
  readonly generation?: 'spec' | 'none';
  /** `prepareForUpdate` counts generation itself. */
  readonly ownGeneration?: boolean;
  /** What managers can own through the resource itself; default: everything but status, where that is a subresource. */
  readonly fields?: FieldFilter;
  /** Generation counts an empty list that is given where there was none. Upstream: strategies that use reflect.DeepEqual */
  readonly countsEmpties?: boolean;
  /** A create may set status. */
  readonly keepsStatusOnCreate?: boolean;
  /** A plain update may set status. */
  readonly keepsStatusOnUpdate?: boolean;
  /** Garbage collection when the deleter names no policy; default `Background`. */
  readonly defaultGarbageCollection?: 'Background' | 'Orphan' | 'Unsupported';
  /** What a deletion does to an object that stays until its finalizers are gone; gives whether it stays. */
  terminate?(draft: Draft<T>, context: StrategyContext): boolean;
  /** An object that is deleted stays, marked, until its `spec.finalizers` are gone (namespaces). */
  readonly terminates?: boolean;
  /** A delete answers with the object instead of a Status. */
  readonly returnsDeletedObject?: boolean;
}

/** The `status` subresource. What it leaves out is generic: spec and most metadata stay as they were. */
export interface StatusStrategy<T extends KubernetesObject = KubernetesObject> {
  prepareForUpdate?(draft: Draft<T>, old: T, context: StrategyContext): void;
  validateUpdate?(object: T, old: T, context: StrategyContext): readonly FieldError[];
  /** Warnings about a change that is accepted. */
  warnings?(object: T): readonly string[];
  /** The order of a change's checks; default: metadata's change, then `validateUpdate`. */
  readonly updateChecks?: readonly UpdateCheck[];
  /** Members of the metadata that cannot be changed through this subresource. */
  readonly resetsMetadata?: readonly (keyof ObjectMeta)[];
  /** What managers can own through it; default: everything but spec. */
  readonly fields?: FieldFilter;
}

/** The `scale` subresource, as an `autoscaling/v1` Scale. */
export interface ScaleStrategy<T extends KubernetesObject = KubernetesObject> {
  specReplicas(object: T): number;
  statusReplicas(object: T): number;
  /** Text of the selector; empty when there is none. */
  selector(object: T): string;
  setReplicas(draft: Draft<T>, replicas: number): void;
  /** Path of the replica count, for managed fields. */
  readonly replicasPath: readonly string[];
}

const metadataOfMain: readonly (keyof ObjectMeta)[] = [
  'deletionTimestamp',
  'generation',
  'labels',
  'annotations',
  'finalizers',
  'ownerReferences',
];
const neitherMetadataNorSpec = excludeFields(['metadata'], ['spec']);

/** The status strategy of newer kinds: metadata cannot be changed through it. Upstream: metav1.ResetObjectMetaForStatus (v1.36) */
export function statusOnly<T extends KubernetesObject = KubernetesObject>(
  strategy: StatusStrategy<T> = {},
): StatusStrategy<T> {
  return { resetsMetadata: metadataOfMain, fields: neitherMetadataNorSpec, ...strategy };
}

/** Any other subresource. */
export interface Subresource {
  readonly name: string;
  readonly kind: string;
  /** Group and version of the kind, where they are not the resource's. */
  readonly group?: string;
  readonly version?: string;
  /** Other group versions of the kind that are taken for it. */
  readonly accepts?: readonly string[];
  /** Verbs as discovery states them. */
  readonly verbs: readonly string[];
  /** A path may follow the name (proxy). */
  readonly hasPath?: boolean;
  /** Performs the request and answers it. @throws StatusError */
  handle(request: SubresourceRequest): Process<void>;
}

/** Where the objects of a second version, or of a second group, of a resource live. */
export interface StoredAs {
  readonly group: string;
  readonly resource: string;
  toStorage(object: KubernetesObject): KubernetesObject;
  fromStorage(object: KubernetesObject): KubernetesObject;
}

export interface ResourceDefinition<T extends KubernetesObject = KubernetesObject> extends ResourceRef<T> {
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly listKind: string;
  /** Verbs as discovery states them. */
  readonly verbs: readonly string[];
  /** The shape; built-in kinds find theirs by name. */
  readonly schema?: ObjectNode;
  readonly strategy: Strategy<T>;
  readonly status?: StatusStrategy<T>;
  readonly scale?: ScaleStrategy<T>;
  /** Other subresources that are read and written as the whole object: `approval`, `ephemeralcontainers` … */
  readonly partialUpdates?: Readonly<Record<string, StatusStrategy<T>>>;
  readonly subresources: readonly Subresource[];
  /** Columns of a Table; default name and age. */
  readonly columns?: readonly TableColumn<T>[];
  /** Conditions of the object's row in a Table. */
  rowConditions?(object: T): readonly object[] | undefined;
  readonly storedAs?: StoredAs;
  /** The version that is stored, where it is not this one. */
  readonly storageVersion?: string;
  /** Changes with the schema of a custom resource. */
  readonly revision?: string;
  /** For a kind that is answered and never stored (reviews, bindings): makes the answer of a create. */
  readonly createOnly?: (request: SubresourceRequest) => Process<void>;
  /** The only objects there are: they are not stored, and lists of them have no version. */
  readonly computed?: readonly T[];
  /** Annotations that stand for a field in this version: objects shown by their metadata alone do not have them. */
  readonly conversionAnnotations?: readonly string[];
  /** The prefix of keys in etcd that some errors show; default `/registry/<resource>`. */
  readonly etcdPrefix?: string;
  /** Made by a CustomResourceDefinition. */
  readonly custom?: CustomResource;
  /** A Warning header that every request to the resource gets. */
  readonly deprecation?: string;
}

/** A custom kind as its definition states it, for OpenAPI documents. */
export interface OpenApiSource {
  /** `openAPIV3Schema`; undefined when the version has none. */
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly preserveUnknownFields: boolean;
  /** JSON paths of the fields that selectors may name, without the leading dot. */
  readonly selectableFields: readonly string[];
}

/** What generic code must know of a custom resource. */
export interface CustomResource {
  readonly definitionName: string;
  /** Requests may name this version. */
  readonly served: boolean;
  /** What OpenAPI documents say of the kind. */
  readonly openApi: OpenApiSource;
  /** A stored object as this version shows it. @throws StatusError when it was not prepared */
  read(object: KubernetesObject): KubernetesObject;
  /** Has stored objects converted by the definition's webhook, so that they can be read. @throws StatusError */
  prepare?(objects: readonly KubernetesObject[]): Process<void>;
  /** Prunes, coerces and defaults an object. @throws DecodeError */
  decode(input: JsonObject): { readonly value: Record<string, unknown>; readonly unknownFields: readonly string[] };
}

/** What a definition file states; the rest has defaults. */
export type DefinitionOptions<T extends KubernetesObject> = Partial<Omit<ResourceDefinition<T>, keyof ResourceRef>>;

const standardVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** Makes a definition of a resource. */
export function defineResource<T extends KubernetesObject>(
  ref: ResourceRef<T>,
  options: DefinitionOptions<NoInfer<T>> = {},
): ResourceDefinition<T> {
  return {
    ...ref,
    singular: ref.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    listKind: `${ref.kind}List`,
    verbs: standardVerbs,
    strategy: {},
    subresources: [],
    ...options,
  };
}
