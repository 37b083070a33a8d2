/** How stored objects look in answers: as they are, as Tables, or as metadata only. */
import { errorText, invalid, newPath } from '../../../apimachinery/field-error.ts';
import { jsonText } from '../../../apimachinery/go-json.ts';
import type { KubernetesObject, ListMeta, ObjectMeta } from '../../../apimachinery/object-meta.ts';
import { newBadRequest, newStatusError } from '../../../apimachinery/status-error.ts';
import { internalTypeOf } from '../codec/go-type.ts';
import { listPieces } from '../encoding/list-pieces.ts';
import type { ObjectTexts } from '../encoding/object-texts.ts';
import type { ManagedFieldsTracker } from '../managed-fields/tracker.ts';
import { defaultColumns } from '../registry/tables/cells.ts';
import type { TableColumn } from '../registry/table-column.ts';
import type { ServedResource } from '../served-resource.ts';
import type { HandlerScope } from './handler-scope.ts';
import type { Accepted } from './media-type.ts';

/** Turns objects of a store into what is sent. */
export interface Presentation {
  /** Equal keys mean equal results: watches with the same key share frames. */
  readonly key: string;
  /** Objects are shown as Tables, with their columns. */
  readonly hasColumns?: boolean;
  object(object: KubernetesObject): object;
  list(items: readonly KubernetesObject[], metadata: ListMeta): object;
  /** The JSON text of what `object` gives. */
  text(object: KubernetesObject): string;
  /** The JSON text of what `list` gives, with a line feed, each piece made when it is taken. */
  pieces(items: readonly KubernetesObject[], metadata: ListMeta): Iterable<string>;
  /** A bookmark's object, where it is not the plain one. */
  bookmark?(bookmark: KubernetesObject): object;
}

interface PresentationOptions {
  readonly served: ServedResource;
  readonly managedFields: ManagedFieldsTracker;
  readonly texts: ObjectTexts;
  readonly accepted: Accepted;
  /** For Tables: `None`, `Metadata` (also when empty), `Object`. */
  readonly includeObject: string;
  /** The present time, in ms since the Unix epoch: a watch shows ages as of each event. */
  readonly now: () => number;
}

/** The presentation that a request wants. */
export function presentationFor({ served, services, context }: HandlerScope, accepted: Accepted): Presentation {
  const { managedFields, texts, sim } = services;
  const includeObject = context.query.get('includeObject');
  const options = { served, managedFields, texts, accepted, includeObject, now: () => sim.now() };
  if (accepted.as === 'Table') return tables(options);
  if (accepted.as !== '') return partials(options);
  return context.internal || accepted.omitsManagedFields ? shared(options) : plain(options);
}

/** How a presentation without texts of its own writes. */
function written(
  head: (metadata: ListMeta) => object,
  member: string,
  item: (object: KubernetesObject) => object,
): Pick<Presentation, 'list' | 'pieces'> {
  return {
    list: (items, metadata) => ({ ...head(metadata), [member]: items.map(item) }),
    pieces: (items, metadata) => listPieces(head(metadata), member, items, (object) => jsonText(item(object))),
  };
}

/** Objects as stored: for components of the engine, and for those who say that they have no use for managed fields. */
function shared({ served }: PresentationOptions): Presentation {
  return {
    key: `shared ${served.apiVersion}`,
    object: served.fromStorage,
    text: (object) => jsonText(served.fromStorage(object)),
    ...written((metadata) => listHead(served, metadata), 'items', served.fromStorage),
  };
}

function listHead({ definition, apiVersion }: ServedResource, metadata: ListMeta): object {
  return { kind: definition.listKind, apiVersion, metadata };
}

function revealed({ served, managedFields }: PresentationOptions, object: KubernetesObject): KubernetesObject {
  const converted = served.fromStorage(object);
  return managedFields.reveal(object, converted);
}

function plain(options: PresentationOptions): Presentation {
  const { served, texts } = options;
  const { custom } = served.definition;
  const head = (metadata: ListMeta) => listHead(served, custom ? { continue: '', ...metadata } : metadata);
  const object = (stored: KubernetesObject) => revealed(options, stored);
  const text = (stored: KubernetesObject) => {
    const shown = served.fromStorage(stored);
    return `${custom ? '{' : texts.typed(shown)}${texts.members(stored, shown, custom !== undefined)}`;
  };
  const untyped = (stored: KubernetesObject): object => {
    const { kind: _, apiVersion: __, ...rest } = object(stored);
    return rest;
  };
  const untypedText = (stored: KubernetesObject) => `{${texts.members(stored, served.fromStorage(stored), false)}`;
  return {
    key: `plain ${served.apiVersion}`,
    object,
    text,
    list: (items, metadata) => ({ ...head(metadata), items: items.map(custom ? object : untyped) }),
    pieces: (items, metadata) => listPieces(head(metadata), 'items', items, custom ? text : untypedText),
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
  const one = (object: KubernetesObject) => {
    if (as === 'PartialObjectMetadataList') throw refuse('the requested object is not a list', '');
    return partial(object);
  };
  const head = (metadata: ListMeta): object => {
    if (as === 'PartialObjectMetadata') throw refuse('the requested object is a list', 'List');
    return { kind: 'PartialObjectMetadataList', apiVersion, metadata };
  };
  return {
    key: `partial ${apiVersion}`,
    object: one,
    text: (object) => jsonText(one(object)),
    bookmark: ({ metadata }) => ({ kind: 'PartialObjectMetadata', apiVersion, metadata }),
    list(items, metadata) {
      const list = head(metadata);
      return { ...list, items: items.length === 0 ? null : items.map(partial) };
    },
    pieces(items, metadata) {
      if (items.length === 0) return [`${jsonText({ ...head(metadata), items: null })}\n`];
      return listPieces(head(metadata), 'items', items, (object) => jsonText(partial(object)));
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
  const head = (metadata: ListMeta) => ({ kind: 'Table', apiVersion, metadata, columnDefinitions });
  const whenEmpty = served.definition.columns === undefined && !served.definition.storedAs ? null : [];
  const table = (items: readonly KubernetesObject[], metadata: ListMeta) => ({
    ...head(metadata),
    rows: items.length === 0 ? whenEmpty : items.map(row),
  });
  const one = (object: KubernetesObject) => {
    const { resourceVersion } = object.metadata;
    return table([object], resourceVersion === undefined ? {} : { resourceVersion });
  };
  return {
    key: `table ${apiVersion} ${includeObject}`,
    hasColumns: true,
    object: one,
    text: (object) => jsonText(one(object)),
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
    pieces(items, metadata) {
      if (items.length === 0) return [`${jsonText(table(items, metadata))}\n`];
      return listPieces(head(metadata), 'rows', items, (object) => jsonText(row(object)));
    },
  };
}
