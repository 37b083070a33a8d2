/**
 * OpenAPI documents out of the schema facts: enough for clients to know kinds, fields and parameters. Prose is in them where the host of the
 * server has it.
 * Upstream: kube-openapi, apiserver/pkg/endpoints/openapi (v1.36)
 */
import { buildVersion } from '../../../apimachinery/build-version.ts';
import { describedAs, type FieldDescriptions } from '../../../api/field-descriptions.ts';
import { schemaOfDefinition } from '../../../api/schema.ts';
import type { ObjectNode, SchemaField, SchemaNode } from '../../../apimachinery/schema-node.ts';
import { fnv32a } from '../../../apimachinery/hash.ts';
import type { ResourceDefinition } from '../registry/resource-definition.ts';
import type { ResourceRegistry } from '../resource-registry.ts';
import { customSchemas, objectMetadata } from './openapi-custom.ts';
import { servedGroups, type GroupVersion } from './discovery.ts';

type Json = Record<string, unknown>;

const packages: Readonly<Record<string, string>> = {
  meta: 'io.k8s.apimachinery.pkg.apis.meta',
  apiextensions: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions',
  apiregistration: 'io.k8s.kube-aggregator.pkg.apis.apiregistration',
};
const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** `core/v1.Pod` → `io.k8s.api.core.v1.Pod`. */
function fullName(short: string): string {
  const [group = '', rest = ''] = short.split('/');
  return `${packages[group] ?? `io.k8s.api.${group}`}.${rest}`;
}

const refPrefix: Readonly<Record<'v2' | 'v3', string>> = { v2: '#/definitions/', v3: '#/components/schemas/' };

const described = (description: string | undefined): Json => (description ? { description } : {});

/** The text of a kind's metadata, where there are texts at all. */
function ownMetadata(texts: Readonly<Record<string, string>>, { name, node }: SchemaField): string | undefined {
  const isOwn = name === 'metadata' && node.type === 'object' && node.name === 'meta/v1.ObjectMeta';
  return isOwn && texts['kind'] !== undefined ? objectMetadata : undefined;
}

const rawExtension = 'io.k8s.apimachinery.pkg.runtime.RawExtension';
const zeroValues: Readonly<Record<string, unknown>> = { string: '', integer: 0, number: 0, boolean: false };

/** The default of what Go always writes. Upstream: kube-openapi/pkg/generators mustEnforceDefault */
function zeroDefault({ node, pointer, alwaysEncoded, emptyDefault }: SchemaField): unknown {
  if (emptyDefault) return '';
  if (pointer) return undefined;
  if (node.type === 'object') return {};
  return alwaysEncoded ? zeroValues[node.type] : undefined;
}

function unionsOf({ unions }: ObjectNode): Json {
  if (unions.length === 0) return {};
  const all = unions.map(({ discriminator, fields }) => ({
    ...(discriminator === undefined ? {} : { discriminator }),
    'fields-to-discriminateBy': Object.fromEntries(fields),
  }));
  return { 'x-kubernetes-unions': all };
}

/** Writes schemas of one version of OpenAPI and remembers what they refer to. */
class SchemaWriter {
  readonly #version: 'v2' | 'v3';
  readonly #descriptions: FieldDescriptions;
  readonly needed = new Set<string>();
  /** Definitions of scalars that are referred to. */
  readonly scalars = new Set<string>();

  constructor(version: 'v2' | 'v3', descriptions: FieldDescriptions) {
    this.#version = version;
    this.#descriptions = descriptions;
  }

  ref(name: string): Json {
    return { $ref: refPrefix[this.#version] + name };
  }

  object(node: ObjectNode): Json {
    const required = [...node.fields.values()].filter((field) => field.required).map(({ name }) => name);
    const texts = describedAs(node.name, this.#descriptions) ?? {};
    const properties = Object.fromEntries(
      [...node.fields.values()].map((field) => [
        field.name,
        { ...described(texts[field.name] ?? ownMetadata(texts, field)), ...this.#field(field) },
      ]),
    );
    return {
      ...described(texts['']),
      type: 'object',
      ...(required.length > 0 ? { required } : {}),
      ...(Object.keys(properties).length > 0 ? { properties } : {}),
      ...(node.mapType === 'atomic' ? { 'x-kubernetes-map-type': 'atomic' } : {}),
      ...unionsOf(node),
    };
  }

  #field(field: SchemaField): Json {
    const inner = this.node(field.node, field.name);
    const initial = this.#version === 'v2' ? undefined : (field.default ?? zeroDefault(field));
    const extra: Json = {
      ...(initial === undefined ? {} : { default: initial }),
      ...(field.patchMergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': field.patchMergeKey }),
      ...(field.patchStrategy.length === 0 ? {} : { 'x-kubernetes-patch-strategy': field.patchStrategy.join(',') }),
    };
    if ('$ref' in inner && this.#version === 'v3') return { ...extra, allOf: [inner] };
    return { ...inner, ...extra };
  }

  /** An item of a list or a value of a map, which has a default in OpenAPI v3. */
  #item(node: SchemaNode): Json {
    const inner = this.node(node);
    if (this.#version === 'v2') return inner;
    if ('$ref' in inner) return node.type === 'object' ? { default: {}, allOf: [inner] } : inner;
    const zero = zeroValues[node.type];
    return zero === undefined ? inner : { ...inner, default: zero };
  }

  #scalarRef(name: string): Json {
    this.scalars.add(name);
    return this.ref(name);
  }

  node(node: SchemaNode, name = ''): Json {
    switch (node.type) {
      case 'object':
        if (node.name === '') return this.object(node);
        this.needed.add(node.name);
        return this.ref(fullName(node.name));
      case 'array':
        return {
          type: 'array',
          items: this.#item(node.items),
          'x-kubernetes-list-type': node.listType,
          ...(node.listMapKeys.length > 0 ? { 'x-kubernetes-list-map-keys': node.listMapKeys } : {}),
        };
      case 'map':
        return {
          type: 'object',
          additionalProperties: this.#item(node.values),
          ...(node.mapType === 'atomic' ? { 'x-kubernetes-map-type': 'atomic' } : {}),
        };
      case 'quantity':
        return this.#scalarRef('io.k8s.apimachinery.pkg.api.resource.Quantity');
      case 'int-or-string':
        return this.#scalarRef('io.k8s.apimachinery.pkg.util.intstr.IntOrString');
      case 'time':
        return this.#scalarRef(`${meta}.Time`);
      case 'microtime':
        return this.#scalarRef(`${meta}.MicroTime`);
      case 'bytes':
        return { type: 'string', format: 'byte' };
      case 'any':
        if (name === 'fieldsV1') return this.#scalarRef(`${meta}.FieldsV1`);
        return node.mapType === 'atomic' ? this.#scalarRef(rawExtension) : { type: 'object' };
      default:
        return {
          type: node.type,
          ...(node.format === '' ? {} : { format: node.format }),
          ...(node.enum ? { enum: node.enum } : {}),
        };
    }
  }
}

/** Kinds that every group serves beside its own. */
const ownKinds: ReadonlySet<string> = new Set(['APIResourceList', 'Status']);
const shared = ['APIResourceList', 'DeleteOptions', 'Status', 'WatchEvent'].map((name) => `meta/v1.${name}`);

const scalarDefinitions = (version: 'v2' | 'v3'): Json => ({
  'io.k8s.apimachinery.pkg.api.resource.Quantity':
    version === 'v3' ? { oneOf: [{ type: 'string' }, { type: 'number' }] } : { type: 'string' },
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString':
    version === 'v3'
      ? { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] }
      : { type: 'string', format: 'int-or-string' },
  [`${meta}.Time`]: { type: 'string', format: 'date-time' },
  [`${meta}.MicroTime`]: { type: 'string', format: 'date-time' },
  [`${meta}.FieldsV1`]: { type: 'object' },
  [rawExtension]: { type: 'object' },
});

const gvkOf = ({ group, version, kind }: ResourceDefinition): Json => ({ group, version, kind });

/** Schemas of all kinds given and of everything they refer to. */
function schemasOf(
  definitions: readonly { readonly definition: ResourceDefinition; readonly schema: ObjectNode }[],
  version: 'v2' | 'v3',
  descriptions: FieldDescriptions,
): Json {
  const writer = new SchemaWriter(version, descriptions);
  const texts = describedAs('core/v1.ConfigMap', descriptions);
  const out: Json = {};
  for (const { definition, schema } of definitions) {
    const { custom } = definition;
    if (custom) {
      Object.assign(out, customSchemas({ ...definition, custom }, version, refPrefix[version], texts));
      for (const name of ['meta/v1.ObjectMeta', 'meta/v1.ListMeta']) writer.needed.add(name);
      continue;
    }
    const typed = { ...writer.object(schema), 'x-kubernetes-group-version-kind': [gvkOf(definition)] };
    out[schemaName(definition, schema)] = typed;
    const list = schemaOfDefinition(`${schema.name}List`);
    if (list && list.fields.size > 0) {
      const gvk = { ...gvkOf(definition), kind: definition.listKind };
      out[fullName(`${schema.name}List`)] = {
        ...listSchema(writer.object(list)),
        'x-kubernetes-group-version-kind': [gvk],
      };
    }
  }
  for (const name of shared) writer.needed.add(name);
  if (definitions.some(({ definition }) => definition.scale && !definition.custom))
    writer.needed.add('autoscaling/v1.Scale');
  for (const name of writer.needed) {
    const node = schemaOfDefinition(name);
    const full = fullName(name);
    if (!node || out[full] !== undefined) continue;
    const kind = name.slice(name.indexOf('.') + 1);
    const gvk = ownKinds.has(kind) ? { 'x-kubernetes-group-version-kind': [{ group: '', version: 'v1', kind }] } : {};
    out[full] = { ...writer.object(node), ...gvk };
  }
  const scalars = Object.entries(scalarDefinitions(version)).filter(([name]) => writer.scalars.has(name));
  return { ...Object.fromEntries(scalars), ...out };
}

/** The items of a list of objects are of no declared sort. */
function listSchema(schema: Json): Json {
  const properties = schema['properties'] as Readonly<Record<string, Json>>;
  const { 'x-kubernetes-list-type': _, ...items } = properties['items'] ?? {};
  return { ...schema, properties: { ...properties, items } };
}

function schemaName({ group, version, kind }: ResourceDefinition, schema: ObjectNode): string {
  if (schema.name !== '') return fullName(schema.name);
  return `${group.split('.').reverse().join('.')}.${version}.${kind}`;
}

const queryParameter = (name: string, type = 'string'): Json => ({
  name,
  in: 'query',
  schema: { type, uniqueItems: true },
});
const listParameters = [
  ...['continue', 'fieldSelector', 'labelSelector', 'resourceVersion', 'resourceVersionMatch'].map((name) =>
    queryParameter(name),
  ),
  ...['limit', 'timeoutSeconds'].map((name) => queryParameter(name, 'integer')),
  ...['allowWatchBookmarks', 'sendInitialEvents', 'watch'].map((name) => queryParameter(name, 'boolean')),
];
const writeParameters = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => queryParameter(name));

const actions: Readonly<Record<string, readonly [method: string, parameters: readonly Json[]]>> = {
  get: ['get', []],
  list: ['get', listParameters],
  post: ['post', writeParameters],
  put: ['put', writeParameters],
  patch: ['patch', [...writeParameters, queryParameter('force', 'boolean')]],
  delete: [
    'delete',
    ['dryRun', 'gracePeriodSeconds', 'orphanDependents', 'propagationPolicy'].map((name) => queryParameter(name)),
  ],
  deletecollection: ['delete', listParameters],
};

const patchContent = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];

function operation(action: string, definition: ResourceDefinition, ref: Json): [string, Json] {
  const [method, parameters] = actions[action] ?? ['get', []];
  const body =
    action === 'patch'
      ? {
          requestBody: {
            content: Object.fromEntries(
              patchContent.map((type) => [type, { schema: { $ref: `${refPrefix.v3}${meta}.Patch` } }]),
            ),
            required: true,
          },
        }
      : action === 'post' || action === 'put'
        ? { requestBody: { content: { '*/*': { schema: ref } }, required: true } }
        : {};
  const responses = {
    '200': { description: 'OK', content: { 'application/json': { schema: ref } } },
    '401': { description: 'Unauthorized' },
  };
  return [
    method,
    {
      // Go's reader writes an empty list as none, and clients compare.
      ...(parameters.length === 0 ? {} : { parameters }),
      ...body,
      responses,
      'x-kubernetes-action': action,
      'x-kubernetes-group-version-kind': gvkOf(definition),
    },
  ];
}

function pathsOf(
  definitions: readonly { readonly definition: ResourceDefinition; readonly schema: ObjectNode }[],
): Json {
  const out: Json = {};
  for (const { definition, schema } of definitions) {
    const { group, version, resource, namespaced, verbs } = definition;
    const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    const base = `${root}${namespaced ? '/namespaces/{namespace}' : ''}/${resource}`;
    const ref = { $ref: refPrefix.v3 + schemaName(definition, schema) };
    const make = (names: readonly string[]) =>
      Object.fromEntries(names.map((name) => operation(name, definition, ref)));
    const has = (verb: string, action: string): string[] => (verbs.includes(verb) ? [action] : []);
    out[base] = make([
      ...has('list', 'list'),
      ...has('create', 'post'),
      ...has('deletecollection', 'deletecollection'),
    ]);
    if (verbs.includes('get')) {
      out[`${base}/{name}`] = make([
        ...has('get', 'get'),
        ...has('update', 'put'),
        ...has('patch', 'patch'),
        ...has('delete', 'delete'),
      ]);
    }
    if (definition.status) out[`${base}/{name}/status`] = make(['get', 'put', 'patch']);
    if (namespaced && verbs.includes('list')) out[`${root}/${resource}`] = make(['list']);
  }
  return out;
}

function definitionsIn(resources: ResourceRegistry, gv?: GroupVersion) {
  return resources
    .all()
    .filter(({ definition }) => !gv || (definition.group === gv.group && definition.version === gv.version));
}

const info = { title: 'Kubernetes', version: buildVersion.gitVersion };

/** `/openapi/v3`. */
export function openApiIndex(resources: ResourceRegistry): object {
  const paths: Json = {};
  for (const [group, versions] of servedGroups(resources)) {
    for (const version of versions) {
      const path = group === '' ? `api/${version}` : `apis/${group}/${version}`;
      const names = definitionsIn(resources, { group, version }).map(
        ({ definition }) => `${definition.resource}/${definition.revision ?? ''}`,
      );
      const hash = fnv32a(names.join()).toString(16).toUpperCase();
      paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` };
    }
  }
  return { paths };
}

/** `/openapi/v3/apis/<group>/<version>`; undefined when not served. */
export function openApiDocument(
  resources: ResourceRegistry,
  gv: GroupVersion,
  descriptions: FieldDescriptions = {},
): object | undefined {
  const definitions = definitionsIn(resources, gv);
  if (definitions.length === 0) return undefined;
  const schemas = { ...schemasOf(definitions, 'v3', descriptions), [`${meta}.Patch`]: { type: 'object' } };
  return { openapi: '3.0.0', info, paths: pathsOf(definitions), components: { schemas } };
}

interface OperationV3 extends Json {
  readonly parameters?: readonly { readonly name: string; readonly schema: Json }[];
  readonly requestBody?: { readonly content: Json };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Json }>>;
}

/** A path's operations in the words of version 2: what a body may be stands beside it, parameters state their types themselves. */
function pathV2(item: unknown): Json {
  const operations = Object.entries(item as Readonly<Record<string, OperationV3>>).map(([method, operation]) => {
    const { parameters = [], requestBody, responses, ...rest } = operation;
    const consumes = Object.keys(requestBody?.content ?? { '*/*': {} });
    const query = parameters.map(({ schema, ...parameter }) => ({ ...parameter, ...schema }));
    const body = { name: 'body', in: 'body', required: true, schema: { type: 'object' } };
    const answers = Object.entries(responses).map(([code, { description }]) => [code, { description }]);
    return [
      method,
      {
        consumes,
        produces: ['application/json', 'application/yaml'],
        ...(requestBody || query.length > 0 ? { parameters: requestBody ? [body, ...query] : query } : {}),
        responses: Object.fromEntries(answers) as Json,
        ...rest,
      },
    ];
  });
  return Object.fromEntries(operations) as Json;
}

/** `/openapi/v2`. */
export function openApiV2(resources: ResourceRegistry, descriptions: FieldDescriptions = {}): object {
  const definitions = definitionsIn(resources);
  const paths = Object.fromEntries(Object.entries(pathsOf(definitions)).map(([path, item]) => [path, pathV2(item)]));
  return { swagger: '2.0', info, paths, definitions: schemasOf(definitions, 'v2', descriptions) };
}
