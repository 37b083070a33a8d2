// The definitions of the API: what OpenAPI publishes, and a few more read from Go.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** Go package of each definition prefix that does not follow `io.k8s.api.<group>.<version>`. */
const goPackages = {
  [META]: 'k8s.io/apimachinery/pkg/apis/meta/v1',
  'io.k8s.apimachinery.pkg.api.resource': 'k8s.io/apimachinery/pkg/api/resource',
  'io.k8s.apimachinery.pkg.runtime': 'k8s.io/apimachinery/pkg/runtime',
  'io.k8s.apimachinery.pkg.util.intstr': 'k8s.io/apimachinery/pkg/util/intstr',
  'io.k8s.apimachinery.pkg.version': 'k8s.io/apimachinery/pkg/version',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1':
    'k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1',
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1': 'k8s.io/kube-aggregator/pkg/apis/apiregistration/v1',
  'io.k8s.metrics.pkg.apis.metrics.v1beta1': 'k8s.io/metrics/pkg/apis/metrics/v1beta1',
};

/** Definitions that clients need and OpenAPI leaves out. */
const fromGo = {
  [META]: [
    'GroupVersionKind',
    'GroupVersionResource',
    'List',
    'Table',
    'TableColumnDefinition',
    'TableRow',
    'TableRowCondition',
    'TableOptions',
    'PartialObjectMetadata',
    'PartialObjectMetadataList',
    'ListOptions',
    'GetOptions',
    'CreateOptions',
    'UpdateOptions',
    'PatchOptions',
  ],
  'io.k8s.api.core.v1': [
    'PodLogOptions',
    'PodExecOptions',
    'PodAttachOptions',
    'PodPortForwardOptions',
    'PodProxyOptions',
    'NodeProxyOptions',
    'ServiceProxyOptions',
    'SerializedReference',
  ],
  'io.k8s.api.admission.v1': ['AdmissionReview', 'AdmissionRequest', 'AdmissionResponse'],
  'io.k8s.api.apidiscovery.v2': [
    'APIGroupDiscovery',
    'APIGroupDiscoveryList',
    'APIVersionDiscovery',
    'APIResourceDiscovery',
    'APISubresourceDiscovery',
  ],
  'io.k8s.metrics.pkg.apis.metrics.v1beta1': [
    'NodeMetrics',
    'NodeMetricsList',
    'PodMetrics',
    'PodMetricsList',
    'ContainerMetrics',
  ],
};

const groups = {
  apidiscovery: 'apidiscovery.k8s.io',
  admission: 'admission.k8s.io',
  metrics: 'metrics.k8s.io',
};

export function prefixOf(name) {
  return name.slice(0, name.lastIndexOf('.'));
}

export function kindOf(name) {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** `core/v1` for io.k8s.api.core.v1.Pod: the path of its type file and the prefix of its short name. */
export function folderOf(name) {
  const prefix = prefixOf(name);
  if (prefix.startsWith('io.k8s.apimachinery.')) return 'meta/v1';
  return prefix.split('.').slice(-2).join('/');
}

/** `core/v1.Pod`: the name of a definition in the facts. */
export function shortName(name) {
  return `${folderOf(name)}.${kindOf(name)}`;
}

export function goPackageOf(name) {
  const prefix = prefixOf(name);
  return goPackages[prefix] ?? `k8s.io/api/${prefix.split('.').slice(-2).join('/')}`;
}

function prefixOfGoPackage(importPath) {
  const known = Object.entries(goPackages).find(([, path]) => path === importPath);
  if (known !== undefined) return known[0];
  const api = /^k8s\.io\/api\/(\w+)\/(\w+)$/.exec(importPath);
  return api === null ? undefined : `io.k8s.api.${api[1]}.${api[2]}`;
}

function documents(folder) {
  return readdirSync(folder)
    .sort()
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')));
}

/** All component schemas by full name; the kinds a shared definition is registered for are merged. */
export function loadDefinitions(folder) {
  const definitions = new Map();
  for (const document of documents(folder)) {
    for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
      if (!definitions.has(name)) definitions.set(name, schema);
    }
  }
  return definitions;
}

/** Built-in resources from the published paths, in order of group (core first), version and name. */
export function loadResources(folder) {
  const found = new Map();
  for (const document of documents(folder)) {
    for (const [path, item] of Object.entries(document.paths ?? {})) {
      const match = /^\/(?:api|apis\/([^/]+))\/([^/]+)\/(namespaces\/\{namespace\}\/)?([a-z]+)(\/\{name\})?$/.exec(
        path,
      );
      if (match === null || match[2] === 'watch') continue;
      const [, group = '', version, namespaced, resource] = match;
      const operation = ['get', 'post', 'put'].map((verb) => item[verb]).find((op) => op !== undefined);
      const gvk = operation?.['x-kubernetes-group-version-kind'];
      if (gvk === undefined) continue;
      const key = `${group}/${version}/${resource}`;
      const known = found.get(key);
      found.set(key, {
        group,
        version,
        resource,
        kind: gvk.kind,
        namespaced: namespaced !== undefined || (known?.namespaced ?? false),
      });
    }
  }
  return [...found.values()].sort(
    (a, b) => compare(a.group, b.group) || compare(b.version, a.version) || compare(a.resource, b.resource),
  );
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

const scalars = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  int: { type: 'integer', format: 'int64' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  'interface{}': {},
  any: {},
};

/** An OpenAPI schema for a Go type expression. */
function schemaOfGoType(go, type, importPath, imports, definitions) {
  if (type.startsWith('*')) return schemaOfGoType(go, type.slice(1), importPath, imports, definitions);
  if (type === '[]byte') return { type: 'string', format: 'byte' };
  if (type.startsWith('[]')) {
    return { type: 'array', items: schemaOfGoType(go, type.slice(2), importPath, imports, definitions) };
  }
  const map = /^map\[[\w.]+\](.+)$/.exec(type);
  if (map !== null) {
    return { type: 'object', additionalProperties: schemaOfGoType(go, map[1], importPath, imports, definitions) };
  }
  if (scalars[type] !== undefined) return { ...scalars[type] };
  const target = go.resolve(type, importPath, imports);
  if (target.importPath === 'k8s.io/apimachinery/pkg/types') return { type: 'string' };
  const full = `${prefixOfGoPackage(target.importPath)}.${target.name}`;
  if (target.name === 'Duration') return { type: 'string' };
  if (definitions.has(full) || go.package(target.importPath).structs.has(target.name)) {
    return { $ref: `#/components/schemas/${full}` };
  }
  const alias = go.package(target.importPath).aliases.get(target.name);
  if (alias === undefined) throw new Error(`no Go type ${type} in ${importPath}`);
  return schemaOfGoType(go, alias.target, target.importPath, alias.imports, definitions);
}

/** Adds the definitions listed in `fromGo`. */
export function addFromGo(definitions, go) {
  for (const [prefix, kinds] of Object.entries(fromGo)) {
    for (const kind of kinds) definitions.set(`${prefix}.${kind}`, { type: 'object' });
  }
  for (const [prefix, kinds] of Object.entries(fromGo)) {
    const [group, version] = prefix.split('.').slice(-2);
    for (const kind of kinds) {
      const name = `${prefix}.${kind}`;
      const importPath = goPackageOf(name);
      const fields = go.fields(importPath, kind);
      if (fields === undefined) throw new Error(`no Go struct ${importPath}.${kind}`);
      const properties = {};
      const required = [];
      for (const field of fields) {
        properties[field.json] = schemaOfGoType(go, field.type, field.importPath, field.imports, definitions);
        if (!field.omitEmpty && field.json !== 'metadata') required.push(field.json);
      }
      const isKind = fields.some((field) => field.goPath[0] === 'TypeMeta');
      definitions.set(name, {
        type: 'object',
        properties,
        required,
        ...(isKind && {
          'x-kubernetes-group-version-kind': [
            { group: group === 'core' ? '' : group === 'meta' ? 'meta.k8s.io' : groups[group], version, kind },
          ],
        }),
      });
    }
  }
}

/** The name a `$ref` (alone or in `allOf`) points to. */
export function refOf(schema) {
  const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
  return ref?.slice('#/components/schemas/'.length);
}
