/** Which requests a proxy passes on. Upstream: kubectl/pkg/proxy/proxy_server.go FilterServer (v1.36) */

export interface RequestFilter {
  readonly acceptPaths: readonly RegExp[];
  readonly rejectPaths: readonly RegExp[];
  readonly acceptHosts: readonly RegExp[];
  readonly rejectMethods: readonly RegExp[];
}

/** Expressions with commas between. @throws SyntaxError */
export function makeRegexpArray(text: string): RegExp[] {
  return text === '' ? [] : text.split(',').map((part) => new RegExp(part));
}

const matchesAny = (text: string, expressions: readonly RegExp[]): boolean =>
  expressions.some((expression) => expression.test(text));

/** Whether the filter lets a request pass. */
export function accepts(filter: RequestFilter, method: string, path: string, host: string): boolean {
  if (matchesAny(path, filter.rejectPaths) || matchesAny(method, filter.rejectMethods)) return false;
  return matchesAny(path, filter.acceptPaths) && matchesAny(host, filter.acceptHosts);
}

/** The host of a Host header: `localhost`, `localhost:8080`, `[::1]:8001`. Addresses in brackets lose them with the port. */
export function extractHost(header: string): string {
  const match = /^(?:\[([^\]]*)\]|([^:]*)):[^:]*$/.exec(header);
  return match ? (match[1] ?? match[2] ?? '') : header;
}

/** The path behind a prefix, with its slash; undefined where the prefix does not lead. Upstream: stripLeaveSlash */
export function stripLeaveSlash(prefix: string, path: string): string | undefined {
  if (prefix === '/' || prefix.startsWith('/api')) return path.startsWith(prefix) ? path : undefined;
  if (!path.startsWith(prefix)) return undefined;
  const rest = path.slice(prefix.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}
