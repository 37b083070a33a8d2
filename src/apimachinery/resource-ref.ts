import type { KubernetesObject } from './object-meta.ts';

/**
 * Names one resource of the API and, through `T`, the type of its objects. Built-in ones are the constants of
 * `api/resources.ts`; those of custom resources are made from discovery.
 *
 * `__object` never has a value: it only carries the type.
 */
export interface ResourceRef<T = KubernetesObject> {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly __object?: T;
}

/** A kind with its group and version. */
export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** A resource with its group and version. */
export interface GroupVersionResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

/** `v1` for the core group, `group/version` otherwise: the form of `apiVersion`. */
export function groupVersion(ref: { readonly group: string; readonly version: string }): string {
  return ref.group === '' ? ref.version : `${ref.group}/${ref.version}`;
}

/**
 * Splits an `apiVersion`.
 *
 * @returns undefined when it holds more than one slash
 *
 * Upstream: apimachinery/pkg/runtime/schema/group_version.go ParseGroupVersion (v1.36)
 */
export function parseGroupVersion(
  apiVersion: string,
): { readonly group: string; readonly version: string } | undefined {
  if (apiVersion === '' || apiVersion === '/') return { group: '', version: '' };
  const slash = apiVersion.indexOf('/');
  if (slash < 0) return { group: '', version: apiVersion };
  if (apiVersion.indexOf('/', slash + 1) >= 0) return undefined;
  return { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** `pods` or `deployments.apps`: how errors and kubectl name a resource. */
export function groupResource(ref: { readonly group: string; readonly resource: string }): string {
  return ref.group === '' ? ref.resource : `${ref.resource}.${ref.group}`;
}

/** `Pod` or `Deployment.apps`: how errors name a kind. */
export function groupKind(ref: { readonly group: string; readonly kind: string }): string {
  return ref.group === '' ? ref.kind : `${ref.kind}.${ref.group}`;
}

/** The kind of an object or its list, as `apiVersion` and `kind` state it. */
export function gvkOf(object: { readonly apiVersion?: string; readonly kind?: string }): GroupVersionKind {
  const { group, version } = parseGroupVersion(object.apiVersion ?? '') ?? {
    group: '',
    version: object.apiVersion ?? '',
  };
  return { group, version, kind: object.kind ?? '' };
}
