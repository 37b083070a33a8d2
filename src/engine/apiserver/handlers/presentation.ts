/** How stored objects look in answers: as they are, as Tables, or as metadata only. */
import type { KubernetesObject, ListMeta } from '../../../apimachinery/object-meta.ts';
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
  /** For Tables: `None`, `Metadata`, `Object`. */
  readonly includeObject: string;
  readonly nowMs: number;
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

function partials(options: PresentationOptions): Presentation {
  const apiVersion = `meta.k8s.io/${options.accepted.version}`;
  const partial = (object: KubernetesObject) => ({
    kind: 'PartialObjectMetadata',
    apiVersion,
    metadata: revealed(options, object).metadata,
  });
  return {
    key: `partial ${apiVersion}`,
    object: partial,
    bookmark: ({ metadata }) => ({ kind: 'PartialObjectMetadata', apiVersion, metadata }),
    list: (items, metadata) => ({
      kind: 'PartialObjectMetadataList',
      apiVersion,
      metadata,
      items: items.length === 0 ? null : items.map(partial),
    }),
  };
}

function tables(options: PresentationOptions): Presentation {
  const { served, accepted, includeObject, nowMs } = options;
  const apiVersion = `meta.k8s.io/${accepted.version}`;
  const stored = served.definition.columns === undefined;
  const columns: readonly TableColumn[] =
    served.definition.columns ??
    (served.definition.storedAs ? served.store.definition.columns : undefined) ??
    defaultColumns;
  const columnDefinitions = columns.map(({ name, type, format = '', description = '', priority = 0 }) => ({
    name,
    type,
    format,
    description,
    priority,
  }));
  const inner = (object: KubernetesObject): object | null => {
    if (includeObject === 'None') return null;
    const shown = revealed(options, object);
    return includeObject === 'Object' ? shown : { kind: 'PartialObjectMetadata', apiVersion, metadata: shown.metadata };
  };
  const row = (object: KubernetesObject) => {
    const converted = served.fromStorage(object);
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
    bookmark: ({ metadata }) => ({
      kind: 'Table',
      apiVersion,
      metadata: { resourceVersion: metadata.resourceVersion },
      columnDefinitions: null,
      rows: [],
    }),
    list: table,
  };
}
