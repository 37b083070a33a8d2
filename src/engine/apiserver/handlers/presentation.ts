/** How stored objects look in answers: as they are, as Tables, or as metadata only. */
import { errorText, invalid, newPath } from '../../../apimachinery/field-error.ts';
import type { KubernetesObject, ListMeta, ObjectMeta } from '../../../apimachinery/object-meta.ts';
import { newBadRequest, newStatusError } from '../../../apimachinery/status-error.ts';
import { internalTypeOf } from '../codec/go-type.ts';
import type { ManagedFieldsTracker } from '../managed-fields/tracker.ts';
import { defaultColumns } from '../registry/tables/cells.ts';
import type { TableColumn } from '../registry/table-column.ts';
import type { ServedResource } from '../served-resource.ts';
import type { Accepted } from './media-type.ts';

/** Turns objects of a store into what is sent. */
export interface Presentation {
  /** Equal keys mean equal results: watches with the same key share frames. */
  readonly key: string;
  object(object: KubernetesObject): object;
  list(items: readonly KubernetesObject[], metadata: ListMeta): object;
  /** A bookmark's object, where it is not the plain one. */
  bookmark?(bookmark: KubernetesObject): object;
}

export interface PresentationOptions {
  readonly served: ServedResource;
  readonly managedFields: ManagedFieldsTracker;
  readonly internal: boolean;
  readonly accepted: Accepted;
  /** For Tables: `None`, `Metadata` (also when empty), `Object`. */
  readonly includeObject: string;
  /** The present time, in ms since the Unix epoch: a watch shows ages as of each event. */
  readonly now: () => number;
}

/** The presentation that a request wants. */
export function presentationFor(options: PresentationOptions): Presentation {
  const { accepted, internal } = options;
  if (accepted.as === 'Table') return tables(options);
  if (accepted.as !== '') return partials(options);
  return internal ? shared(options) : plain(options);
}

/** Objects as stored: for components of the engine. */
function shared({ served }: PresentationOptions): Presentation {
  return {
    key: `shared ${served.apiVersion}`,
    object: served.fromStorage,
    list: (items, metadata) => listOf(served, items.map(served.fromStorage), metadata),
  };
}

function listOf(served: ServedResource, items: readonly object[], metadata: ListMeta): object {
  return { kind: served.definition.listKind, apiVersion: served.apiVersion, metadata, items };
}

function revealed({ served, managedFields }: PresentationOptions, object: KubernetesObject): KubernetesObject {
  const converted = served.fromStorage(object);
  return managedFields.reveal(object, converted);
}

function plain(options: PresentationOptions): Presentation {
  const { served } = options;
  const untyped = (object: KubernetesObject): object => {
    const { kind: _, apiVersion: __, ...rest } = revealed(options, object);
    return rest;
  };
  return {
    key: `plain ${served.apiVersion}`,
    object: (object) => revealed(options, object),
    list: (items, metadata) => {
      if (!served.definition.custom) return listOf(served, items.map(untyped), metadata);
      const shown = items.map((item) => revealed(options, item));
      return listOf(served, shown, { continue: '', ...metadata });
    },
  };
}

/** Metadata as the server holds it inside: without the annotations that stand for fields in a version. */
function metadataOf({ served, managedFields }: PresentationOptions, object: KubernetesObject): ObjectMeta {
  const { metadata } = managedFields.reveal(object, object);
  const { conversionAnnotations = [] } = served.definition;
  const { annotations } = metadata;
  if (!annotations || !conversionAnnotations.some((name) => annotations[name] !== undefined)) return metadata;
  const kept = Object.fromEntries(
    Object.entries(annotations).filter(([name]) => !conversionAnnotations.includes(name)),
  );
  const { annotations: _, ...rest } = metadata;
  return Object.keys(kept).length === 0 ? rest : { ...rest, annotations: kept };
}

function partials(options: PresentationOptions): Presentation {
  const apiVersion = `meta.k8s.io/${options.accepted.version}`;
  const partial = (object: KubernetesObject) => ({
    kind: 'PartialObjectMetadata',
    apiVersion,
    metadata: metadataOf(options, object),
  });
  const { as } = options.accepted;
  const refuse = (why: string, suffix: string): Error =>
    newStatusError({
      code: 406,
      reason: 'NotAcceptable',
      message: `you requested ${as}, but ${why} (${goName(options, suffix)})`,
    });
  return {
    key: `partial ${apiVersion}`,
    object(object) {
      if (as === 'PartialObjectMetadataList') throw refuse('the requested object is not a list', '');
      return partial(object);
    },
    bookmark: ({ metadata }) => ({ kind: 'PartialObjectMetadata', apiVersion, metadata }),
    list(items, metadata) {
      if (as === 'PartialObjectMetadata') throw refuse('the requested object is a list', 'List');
      const list = { kind: 'PartialObjectMetadataList', apiVersion, metadata };
      return { ...list, items: items.length === 0 ? null : items.map(partial) };
    },
  };
}

/** What Go calls an object, or a list of them, inside the server. */
function goName({ served: { definition } }: PresentationOptions, suffix: string): string {
  if (definition.custom) return `*unstructured.Unstructured${suffix}`;
  return `*${internalTypeOf(definition)}${suffix}`;
}

const included: ReadonlySet<string> = new Set(['', 'None', 'Metadata', 'Object']);

function tables(options: PresentationOptions): Presentation {
  const { served, accepted, includeObject, now } = options;
  const apiVersion = `meta.k8s.io/${accepted.version}`;
  if (!included.has(includeObject)) {
    const path = newPath('includeObject');
    const error = invalid(path, includeObject, "must be 'Metadata', 'Object', 'None', or empty");
    throw newBadRequest(`Unable to convert to Table as requested: ${errorText(error)}`);
  }
  const stored = served.definition.columns === undefined;
  const columns: readonly TableColumn[] =
    served.definition.columns ??
    (served.definition.storedAs ? served.store.definition.columns : undefined) ??
    defaultColumns;
  const columnDefinitions = columns
    .filter(({ unnamed }) => !unnamed)
    .map(({ name, type, format = '', description = '', priority = 0 }) => ({
      name,
      type,
      format,
      description,
      priority,
    }));
  const inner = (object: KubernetesObject): object | null => {
    if (includeObject === 'None') return null;
    if (includeObject === 'Object') return revealed(options, object);
    return { kind: 'PartialObjectMetadata', apiVersion, metadata: metadataOf(options, object) };
  };
  const row = (object: KubernetesObject) => {
    const converted = served.fromStorage(object);
    const nowMs = now();
    const cells = columns.map((column) => column.cell(stored ? object : converted, nowMs));
    const conditions = served.definition.rowConditions?.(converted as never);
    return { cells, ...(conditions ? { conditions } : {}), object: inner(object) };
  };
  const table = (items: readonly KubernetesObject[], metadata: ListMeta) => ({
    kind: 'Table',
    apiVersion,
    metadata,
    columnDefinitions,
    rows:
      items.length === 0 && served.definition.columns === undefined && !served.definition.storedAs
        ? null
        : items.map(row),
  });
  return {
    key: `table ${apiVersion} ${includeObject}`,
    object: (object) =>
      table(
        [object],
        object.metadata.resourceVersion === undefined ? {} : { resourceVersion: object.metadata.resourceVersion },
      ),
    bookmark(bookmark) {
      const { metadata } = bookmark;
      const partial = { kind: 'PartialObjectMetadata', apiVersion, metadata };
      const shown =
        includeObject === 'Object' ? bookmark : includeObject === 'None' && !metadata.annotations ? null : partial;
      return {
        kind: 'Table',
        apiVersion,
        metadata: { resourceVersion: metadata.resourceVersion },
        columnDefinitions: null,
        rows: [{ cells: columns.map((column) => column.cell(bookmark, now())), object: shown }],
      };
    },
    list: table,
  };
}
