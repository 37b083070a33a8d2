/** What a request's path and query say. Upstream: apiserver/pkg/endpoints/request/requestinfo.go NewRequestInfo (v1.36) */
export interface RequestInfo {
  readonly isResourceRequest: boolean;
  /** Decoded path without the query. */
  readonly path: string;
  /** get, list, watch, create, update, patch, delete, deletecollection; the lower-case method for other paths. */
  readonly verb: string;
  /** `api` or `apis`. */
  readonly prefix: string;
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  /** Path segments from the resource on. */
  readonly parts: readonly string[];
}

/** The query of a request: every value of every name, in order. */
export class QueryValues {
  readonly #values = new Map<string, string[]>();

  constructor(text: string) {
    if (text === '') return;
    for (const pair of text.split('&')) {
      if (pair === '') continue;
      const equals = pair.indexOf('=');
      const name = unescapeQuery(equals < 0 ? pair : pair.slice(0, equals));
      const value = equals < 0 ? '' : unescapeQuery(pair.slice(equals + 1));
      const list = this.#values.get(name);
      if (list) list.push(value);
      else this.#values.set(name, [value]);
    }
  }
  get isEmpty(): boolean {
    return this.#values.size === 0;
  }
  has(name: string): boolean {
    return this.#values.has(name);
  }
  /** The first value; empty when there is none. */
  get(name: string): string {
    return this.#values.get(name)?.[0] ?? '';
  }
  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }
  /** Whether a boolean option is on, as Kubernetes reads it: present without a value is on, `false` and `0` are off. */
  flag(name: string): boolean {
    const value = this.get(name);
    return this.has(name) && value.toLowerCase() !== 'false' && value !== '0';
  }
}

function unescapeQuery(text: string): string {
  if (!/[%+]/.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function unescapePath(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const namespaceSubresources: ReadonlySet<string> = new Set(['status', 'finalize']);
const verbs: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

const noQuery = new QueryValues('');

/** Splits `path?query`. */
export function splitPath(path: string): { readonly path: string; readonly query: QueryValues } {
  const mark = path.indexOf('?');
  return mark < 0
    ? { path, query: noQuery }
    : { path: path.slice(0, mark), query: new QueryValues(path.slice(mark + 1)) };
}

/** Reads what a request is about. */
export function requestInfo(method: string, rawPath: string, query: QueryValues): RequestInfo {
  const path = unescapePath(rawPath);
  const segments: string[] = [];
  for (const segment of rawPath.split('/')) if (segment !== '') segments.push(unescapePath(segment));
  const prefix = segments[0] ?? '';
  const isGroup = prefix === 'apis';
  // Only the namespace may be empty: that means all of them.
  if (rawPath.includes('//') && /\/\/./.test(rawPath) && !/\/namespaces\/\/[^/]+$/.test(rawPath))
    return { isResourceRequest: false, path, verb: method.toLowerCase(), ...nothing };
  if ((prefix !== 'api' && !isGroup) || segments.length < (isGroup ? 4 : 3))
    return { isResourceRequest: false, path, verb: method.toLowerCase(), ...nothing };
  const group = isGroup ? (segments[1] ?? '') : '';
  const version = segments[isGroup ? 2 : 1] ?? '';
  let rest = segments.slice(isGroup ? 3 : 2);
  let verb = verbs[method] ?? '';
  if (rest[0] === 'watch' && rest.length > 1) {
    rest = rest.slice(1);
    verb = 'watch';
  }
  let namespace = '';
  if (rest[0] === 'namespaces' && rawPath.includes('/namespaces//')) rest = rest.slice(1);
  else if (rest[0] === 'namespaces') {
    namespace = rest[1] ?? '';
    if (rest.length > 2 && !namespaceSubresources.has(rest[2] ?? '')) rest = rest.slice(2);
  }
  const [resource = '', name = '', subresource = ''] = rest;
  verb = refineVerb(verb, name, query);
  return {
    isResourceRequest: true,
    path,
    verb,
    prefix,
    group,
    version,
    namespace,
    resource,
    name,
    subresource,
    parts: rest,
  };
}

const nothing = {
  prefix: '',
  group: '',
  version: '',
  namespace: '',
  resource: '',
  subresource: '',
  name: '',
  parts: [],
};

function refineVerb(verb: string, name: string, query: QueryValues): string {
  if (name === '' && verb === 'get') return query.flag('watch') ? 'watch' : 'list';
  if (name === '' && verb === 'delete') return 'deletecollection';
  return verb;
}
