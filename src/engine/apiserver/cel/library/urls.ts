/** URLs. Upstream: apiserver/pkg/cel/library/urls.go, Go net/url */
import { quote } from '../../../../apimachinery/go-format.ts';
import { overload, type Overload } from '../functions.ts';
import { CelError } from '../issues.ts';
import { CelOpaque, type CelValue } from '../values.ts';

class CelUrl extends CelOpaque {
  readonly typeName = 'kubernetes.URL';
  readonly text: string;
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;

  constructor(text: string, parts: Pick<CelUrl, 'host' | 'path' | 'query' | 'scheme'>) {
    super();
    this.text = text;
    this.scheme = parts.scheme;
    this.host = parts.host;
    this.path = parts.path;
    this.query = parts.query;
  }

  override equals(other: CelOpaque): boolean {
    return other instanceof CelUrl && other.text === this.text;
  }
}

/** A request URI, or what is wrong with it. Upstream: url.ParseRequestURI */
export function readUrl(text: string): CelUrl | string {
  const refuse = (why: string) => `parse ${quote(text)}: ${why}`;
  if ([...text].some((character) => character < ' ' || character === '\u007f')) {
    return refuse('net/url: invalid control character in URL');
  }
  if (text === '') return refuse('empty url');
  if (text.startsWith(':')) return refuse('missing protocol scheme');
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1] ?? '';
  const rest = scheme === '' ? text : text.slice(scheme.length + 1);
  const [before = '', query = ''] = splitOnce(rest, '?');
  if (!before.startsWith('/')) {
    if (scheme === '') return refuse('invalid URI for request');
    return new CelUrl(text, { scheme: scheme.toLowerCase(), host: '', path: '', query });
  }
  if (!before.startsWith('//') || (scheme === '' && before.startsWith('///'))) {
    return new CelUrl(text, { scheme: scheme.toLowerCase(), host: '', path: before, query });
  }
  const slash = before.indexOf('/', 2);
  const authority = slash < 0 ? before.slice(2) : before.slice(2, slash);
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const wrong = hostError(host);
  if (wrong !== undefined) return refuse(wrong);
  return new CelUrl(text, { scheme: scheme.toLowerCase(), host, path: slash < 0 ? '' : before.slice(slash), query });
}

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function hostError(host: string): string | undefined {
  if (host.startsWith('[')) {
    const end = host.indexOf(']');
    if (end < 0) return "missing ']' in host";
    const port = host.slice(end + 1);
    return /^(?::[0-9]*)?$/.test(port) ? undefined : `invalid port ${quote(port)} after host`;
  }
  const bad = /[ "<>\\^`{|}]/.exec(host);
  if (bad) return `invalid character ${quote(bad[0])} in host name`;
  const colon = host.indexOf(':');
  if (colon >= 0 && !/^:[0-9]*$/.test(host.slice(colon))) return `invalid port ${quote(host.slice(colon))} after host`;
  return undefined;
}

function url(text: string): CelUrl {
  const read = readUrl(text);
  if (typeof read === 'string') throw new CelError(`URL parse error during conversion from string: ${read}`);
  return read;
}

const hostname = ({ host }: CelUrl): string =>
  host.startsWith('[') ? host.slice(1, host.indexOf(']')) : (host.split(':', 1)[0] ?? '');
const portOf = ({ host }: CelUrl): string =>
  /:([0-9]*)$/.exec(host.startsWith('[') ? host.slice(host.indexOf(']')) : host)?.[1] ?? '';

function escapedPath({ path }: CelUrl): string {
  const bytes = new TextEncoder().encode(path);
  return [...bytes]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (/[A-Za-z0-9\-_.~$&+,/:;=@%!'()*[\]]/.test(character)) return character;
      return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

function queryOf({ query }: CelUrl): ReadonlyMap<CelValue, CelValue> {
  const out = new Map<string, string[]>();
  for (const [key, value] of new URLSearchParams(query)) out.set(key, [...(out.get(key) ?? []), value]);
  return out;
}

export const urls: readonly Overload[] = [
  overload('url', '(string) -> kubernetes.URL', url),
  overload('isURL', '(string) -> bool', (text: string) => typeof readUrl(text) !== 'string'),
  overload('getScheme', 'kubernetes.URL.() -> string', ({ scheme }: CelUrl) => scheme),
  overload('getHost', 'kubernetes.URL.() -> string', ({ host }: CelUrl) => host),
  overload('getHostname', 'kubernetes.URL.() -> string', hostname),
  overload('getPort', 'kubernetes.URL.() -> string', portOf),
  overload('getEscapedPath', 'kubernetes.URL.() -> string', escapedPath),
  overload('getQuery', 'kubernetes.URL.() -> map(string, list(string))', queryOf),
];
