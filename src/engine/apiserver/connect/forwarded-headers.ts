/** Headers that concern one connection, the credentials of whoever asks, and what transports set themselves. */
const notForwarded: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'authorization',
  'host',
  'content-length',
  'accept-encoding',
]);

/**
 * The headers that a proxy passes on, in either direction; names are in small letters.
 * Upstream: net/http/httputil/reverseproxy.go hopHeaders; client-go/transport drops credentials
 */
export function forwardedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !notForwarded.has(name)));
}
