/** The resource definition of one version of a custom resource. Upstream: apiextensions-apiserver/pkg/registry/customresource (v1.36) */
import type * as apiextensionsv1 from '../../../api/apiextensions/v1.ts';
import { getMember, isJsonObject, type JsonObject } from '../../../apimachinery/json-value.ts';
import { labelsToString } from '../../../apimachinery/labels.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import { groupVersion } from '../../../apimachinery/resource-ref.ts';
import {
  type OpenApiSource,
  type ResourceDefinition,
  type ScaleStrategy,
  type Strategy,
} from '../registry/resource-definition.ts';
import { compareVersions } from '../version-order.ts';
import type { WebhookServer } from '../admission/webhooks/client.ts';
import { customColumns } from './columns.ts';
import { customStatusStrategy, customStrategy } from './custom-strategy.ts';
import { CustomVersions } from './custom-versions.ts';
import type { JsonSchema } from './json-schema.ts';
import { coerce, schemaNodeOf } from './structural.ts';

type Definition = apiextensionsv1.CustomResourceDefinition;
type Version = apiextensionsv1.CustomResourceDefinitionVersion;

const verbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];

/** The definitions of all served versions, the stored one first. */
export function customDefinitions(crd: Definition, server: WebhookServer): ResourceDefinition[] {
  const { versions } = crd.spec;
  const stored = versions.find(({ storage }) => storage);
  if (!stored) return [];
  const others = versions.filter(({ served, storage }) => served && !storage);
  const known = new CustomVersions(crd, server);
  return [stored, ...others].map((version) => customDefinition(crd, version, known));
}

function customDefinition(crd: Definition, version: Version, versions: CustomVersions): ResourceDefinition {
  const { group, scope } = crd.spec;
  const names = crd.status?.acceptedNames ?? crd.spec.names;
  const storedVersion = versions.storage;
  const schema = versions.schema(version.name);
  const { plural: resource, kind } = names;
  const apiVersion = groupVersion({ group, version: version.name });
  const status = version.subresources?.status ? { status: customStatusStrategy(versions) } : {};
  const scale = version.subresources?.scale ? { scale: scaleStrategy(version.subresources.scale) } : {};
  const storedAs =
    version.name === storedVersion
      ? {}
      : {
          storedAs: {
            group,
            resource,
            toStorage: (object: KubernetesObject) => ({ ...object, apiVersion: versions.apiVersion(storedVersion) }),
            fromStorage: (object: KubernetesObject) => versions.shown(object, version.name),
          },
        };
  return {
    group,
    version: version.name,
    resource,
    kind,
    namespaced: scope === 'Namespaced',
    singular: names.singular ?? kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    listKind: names.listKind ?? `${kind}List`,
    verbs,
    schema: schemaNodeOf(schema),
    strategy: { ...customStrategy(versions), ...selectableStrategy(version) },
    ...status,
    ...scale,
    ...storedAs,
    subresources: [],
    columns: customColumns(version.additionalPrinterColumns),
    storageVersion: storedVersion,
    revision: crd.metadata.resourceVersion ?? '',
    ...(version.deprecated ? { deprecation: version.deprecationWarning ?? deprecationOf(crd, version, kind) } : {}),
    custom: {
      definitionName: crd.metadata.name ?? '',
      served: version.served,
      openApi: openApiSource(crd, version),
      read: (object) => versions.shown(object, version.name),
      ...(versions.hasWebhook ? { prepare: (shown) => versions.prepare(shown, version.name) } : {}),
      decode: (input) => decodeCustom(schema, input, { kind, apiVersion }),
    },
  };
}

function openApiSource({ spec }: Definition, { schema, selectableFields = [] }: Version): OpenApiSource {
  const whole = schema?.openAPIV3Schema as OpenApiSource['schema'];
  return {
    ...(whole ? { schema: whole } : {}),
    preserveUnknownFields: spec.preserveUnknownFields === true,
    selectableFields: selectableFields.map(({ jsonPath }) => jsonPath.replace(/^\./, '')),
  };
}

/** Names the newest version that is not deprecated. */
function deprecationOf(crd: Definition, version: Version, kind: string): string {
  const { group, versions } = crd.spec;
  const newer = versions
    .filter(({ served, deprecated, name }) => served && !deprecated && compareVersions(name, version.name) < 0)
    .sort((a, b) => compareVersions(a.name, b.name));
  const [best] = newer;
  const text = `${group}/${version.name} ${kind} is deprecated`;
  return best ? `${text}; use ${group}/${best.name} ${kind}` : text;
}

function decodeCustom(
  schema: JsonSchema,
  input: JsonObject,
  type: { readonly kind: string; readonly apiVersion: string },
) {
  const { value, unknownFields } = coerce(schema, input);
  const { apiVersion: _, kind: __, metadata = {}, ...rest } = value;
  return { value: { apiVersion: type.apiVersion, kind: type.kind, metadata, ...rest }, unknownFields };
}

/** Fields that the version lets selectors name. Upstream: registry/customresource/strategy.go selectableFields (v1.36) */
function selectableStrategy({ selectableFields = [] }: Version): Strategy {
  if (selectableFields.length === 0) return {};
  const names = selectableFields.map(({ jsonPath }) => jsonPath.replace(/^\./, ''));
  return {
    selectableFieldNames: names,
    selectableFields: (object) => Object.fromEntries(names.map((name) => [name, scalarText(at(object, name))])),
  };
}

function scalarText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** A value by a simple path: `.spec.replicas`. */
function at(object: unknown, path: string): unknown {
  let value: unknown = object;
  for (const name of path.split('.').filter((part) => part !== '')) {
    value = isJsonObject(value) ? getMember(value, name) : undefined;
  }
  return value;
}

function scaleStrategy(paths: apiextensionsv1.CustomResourceSubresourceScale): ScaleStrategy {
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = paths;
  const names = specReplicasPath.split('.').filter((part) => part !== '');
  return {
    replicasPath: names,
    specReplicas: (object) => Number(at(object, specReplicasPath) ?? 0),
    statusReplicas: (object) => Number(at(object, statusReplicasPath) ?? 0),
    selector(object) {
      const found = labelSelectorPath ? at(object, labelSelectorPath) : undefined;
      if (typeof found === 'string') return found;
      return isJsonObject(found) ? labelsToString(found as Record<string, string>) : '';
    },
    setReplicas(draft, replicas) {
      const target = draft as unknown as Record<string, unknown>;
      const [first = '', ...rest] = names;
      target[first] = withMember(target[first], rest, replicas);
    },
  };
}

function withMember(value: unknown, path: readonly string[], member: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return member;
  const object = isJsonObject(value) ? value : {};
  return { ...object, [first]: withMember(object[first], rest, member) };
}
