import type { Query } from './client.ts';

/** The path of a resource, an object or a subresource, with its query. Values are percent-encoded. */
export function resourcePath(
  ref: { readonly group: string; readonly version: string; readonly resource: string; readonly namespaced: boolean },
  at: {
    readonly namespace?: string | undefined;
    readonly name?: string | undefined;
    readonly subresource?: string | undefined;
    readonly query?: Query | undefined;
  } = {},
): string {
  const parts = [ref.group === '' ? `/api/${ref.version}` : `/apis/${ref.group}/${ref.version}`];
  if (ref.namespaced && at.namespace) parts.push('namespaces', encodeURIComponent(at.namespace));
  parts.push(ref.resource);
  if (at.name !== undefined) parts.push(encodeURIComponent(at.name));
  if (at.subresource) parts.push(at.subresource);
  const query = Object.entries(at.query ?? {})
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`);
  return parts.join('/') + (query.length > 0 ? `?${query.join('&')}` : '');
}
