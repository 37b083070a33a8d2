/** Discovery documents, plain and aggregated. Upstream: apiserver/pkg/endpoints/discovery (v1.36) */
import { compareVersions } from '../version-order.ts';
import { sha256 } from '@noble/hashes/sha2.js';
import { toBase64 } from '../codec/base64.ts';
import type { ResourceDefinition } from '../registry/resource-definition.ts';
import type { ServedResource } from '../served-resource.ts';
import { apiServicePriorities } from '../bootstrap/api-service-facts.ts';
import type { RemoteVersion, ResourceRegistry } from '../resource-registry.ts';

/** Priorities of groups; the aggregator's own comes first, those that custom resources make last but for aggregated ones. */
const groupPriorities: ReadonlyMap<string, number> = new Map([
  ['apiregistration.k8s.io', 17_999],
  ...apiServicePriorities.map(([group, , priority]) => [group, priority] as const),
]);
const customPriority = 1000;

/** A version of a group that is served. */
export interface GroupVersion {
  readonly group: string;
  readonly version: string;
}

const remoteOf = (versions: readonly RemoteVersion[], group: string): readonly RemoteVersion[] =>
  versions.filter((one) => one.group === group);

/** Groups with their versions, the preferred first. */
export function servedGroups(resources: ResourceRegistry): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  const remote = resources.extraVersions();
  for (const { group, version } of [...resources.all().map(({ definition }) => definition), ...remote]) {
    const versions = groups.get(group) ?? [];
    if (!versions.includes(version)) groups.set(group, [...versions, version]);
  }
  const rank = (name: string) =>
    groupPriorities.get(name) ??
    Math.max(resources.hasGroup(name) ? customPriority : 0, ...remoteOf(remote, name).map((one) => one.groupPriority));
  const priority = (group: string, version: string) =>
    remoteOf(remote, group).find((one) => one.version === version)?.versionPriority ?? 100;
  const byPriority = (group: string) => (a: string, b: string) =>
    priority(group, b) - priority(group, a) || compareVersions(a, b);
  return new Map(
    [...groups]
      .map(([group, versions]) => [group, versions.sort(byPriority(group))] as const)
      .sort(([a], [b]) => rank(b) - rank(a) || (a < b ? -1 : 1)),
  );
}

const groupVersionText = ({ group, version }: GroupVersion): string => (group === '' ? version : `${group}/${version}`);

function apiGroup(group: string, versions: readonly string[]): object {
  const list = versions.map((version) => ({ groupVersion: groupVersionText({ group, version }), version }));
  return { name: group, versions: list, preferredVersion: list[0] };
}

/** `/apis`. */
export function apiGroupList(resources: ResourceRegistry): object {
  const groups = [...servedGroups(resources)].filter(([group]) => group !== '');
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: groups.map(([group, versions]) => apiGroup(group, versions)),
  };
}

/** `/apis/<group>`; undefined when there is no such group. */
export function apiGroupDocument(resources: ResourceRegistry, group: string): object | undefined {
  const versions = servedGroups(resources).get(group);
  return versions && group !== '' ? { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(group, versions) } : undefined;
}

/** `/api`. */
export function apiVersions(address: string): object {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
  };
}

interface ApiResource {
  readonly name: string;
  readonly singularName: string;
  readonly namespaced: boolean;
  readonly group?: string;
  readonly version?: string;
  readonly kind: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly storageVersionHash?: string;
}

/** Tells clients whether the stored version of a resource has changed. Upstream: discovery.StorageVersionHash (v1.36) */
function storageVersionHash({ group, version, kind, storedAs, storageVersion }: ResourceDefinition): string {
  const text = `${storedAs ? storedAs.group : group}/${storageVersion ?? version}/${kind}`;
  return toBase64(sha256(new TextEncoder().encode(text)).subarray(0, 8));
}

const statusVerbs = ['get', 'patch', 'update'];

function subresourcesOf(definition: ResourceDefinition): ApiResource[] {
  const { resource, kind, namespaced } = definition;
  const make = (name: string, more: Partial<ApiResource>): ApiResource => ({
    name: `${resource}/${name}`,
    singularName: '',
    namespaced,
    kind,
    verbs: statusVerbs,
    ...more,
  });
  const out: ApiResource[] = Object.keys(definition.partialUpdates ?? {}).map((name) => make(name, {}));
  if (definition.status) out.push(make('status', {}));
  if (definition.scale) out.push(make('scale', { group: 'autoscaling', version: 'v1', kind: 'Scale' }));
  for (const { name, kind: own, group, version, verbs } of definition.subresources) {
    const gv = group !== undefined && version !== undefined && group !== definition.group ? { group, version } : {};
    // Methods that are no verbs (OPTIONS of a proxy) are served, not told.
    out.push(make(name, { ...gv, kind: own, verbs: verbs.filter((verb) => verb !== '') }));
  }
  return out;
}

function resourceEntry(definition: ResourceDefinition): ApiResource {
  const { resource, singular, namespaced, kind, verbs, shortNames, categories, createOnly } = definition;
  return {
    name: resource,
    singularName: singular,
    namespaced,
    kind,
    verbs,
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
    ...(createOnly || !verbs.includes('watch') ? {} : { storageVersionHash: storageVersionHash(definition) }),
  };
}

function definitionsOf(resources: ResourceRegistry, { group, version }: GroupVersion): ResourceDefinition[] {
  return resources
    .all()
    .map(({ definition }: ServedResource) => definition)
    .filter((definition) => definition.group === group && definition.version === version)
    .sort((a, b) => (a.resource < b.resource ? -1 : 1));
}

/** `/api/v1` and `/apis/<group>/<version>`; undefined when not served. */
export function apiResourceList(resources: ResourceRegistry, gv: GroupVersion): object | undefined {
  const definitions = definitionsOf(resources, gv);
  if (definitions.length === 0 && !resources.hasGroupVersion(gv.group, gv.version)) return undefined;
  const entries = definitions.flatMap((definition) => [resourceEntry(definition), ...subresourcesOf(definition)]);
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const typed = gv.group === '' ? { kind: 'APIResourceList' } : { kind: 'APIResourceList', apiVersion: 'v1' };
  return { ...typed, groupVersion: groupVersionText(gv), resources: entries };
}

/** The aggregated form of `/api` (core only) or `/apis` (all groups). */
export function aggregated(resources: ResourceRegistry, core: boolean, version: string): object {
  const groups = [...servedGroups(resources)].filter(([group]) => (group === '') === core);
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map(([group, versions]) => ({
      metadata: { ...(group === '' ? {} : { name: group }), creationTimestamp: null },
      versions: versions.map((name) => aggregatedVersion(resources, { group, version: name })),
    })),
  };
}

function aggregatedVersion(resources: ResourceRegistry, gv: GroupVersion): object {
  const remote = remoteOf(resources.extraVersions(), gv.group).find(({ version }) => version === gv.version);
  if (remote) {
    const known = remote.resources ? { resources: remote.resources } : {};
    return { version: gv.version, ...known, freshness: remote.isStale ? 'Stale' : 'Current' };
  }
  const list = definitionsOf(resources, gv).map((definition) => {
    const { verbs, shortNames, categories, singular, resource, namespaced } = definition;
    const subresources = subresourcesOf(definition).sort((a, b) => (a.name < b.name ? -1 : 1));
    return {
      resource,
      responseKind: { group: gv.group, version: gv.version, kind: definition.kind },
      scope: namespaced ? 'Namespaced' : 'Cluster',
      singularResource: singular,
      verbs,
      ...(shortNames.length > 0 ? { shortNames } : {}),
      ...(categories.length > 0 ? { categories } : {}),
      ...(subresources.length > 0 ? { subresources: subresources.map((sub) => aggregatedSubresource(gv, sub)) } : {}),
    };
  });
  return { version: gv.version, resources: list, freshness: 'Current' };
}

function aggregatedSubresource(gv: GroupVersion, { name, kind, verbs, group, version }: ApiResource): object {
  return {
    subresource: name.slice(name.indexOf('/') + 1),
    responseKind: { group: group ?? gv.group, version: version ?? gv.version, kind },
    verbs,
  };
}
