import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ApiRequest, UserInfo } from '../protocol/rest.ts';

/** A WebSocket's client cannot always set headers: its token may come among the protocols. */
const bearerProtocol = 'base64url.bearer.authorization.k8s.io.';

/** An HTTP request as plain data. */
export function plainRequest(request: IncomingMessage, body: Uint8Array | undefined): ApiRequest {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined && !name.startsWith(':')) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  takeToken(headers);
  const peer = peerOf(request.socket);
  return {
    method: request.method ?? 'GET',
    path: pathOf(request.url ?? '/'),
    headers,
    ...(body ? { body } : {}),
    ...(peer ? { peer } : {}),
  };
}

function takeToken(headers: Record<string, string>): void {
  const protocols = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const token = protocols.find((name) => name.startsWith(bearerProtocol));
  if (token === undefined) return;
  headers['authorization'] ??= `Bearer ${Buffer.from(token.slice(bearerProtocol.length), 'base64url').toString()}`;
  // It is nobody's behind the API server.
  const others = protocols.filter((name) => name !== token);
  if (others.length > 0) headers['sec-websocket-protocol'] = others.join(', ');
  else delete headers['sec-websocket-protocol'];
}

/** A client may name the whole address. */
function pathOf(url: string): string {
  const path = url.replace(/^https?:\/\/[^/?#]*/i, '');
  return path.startsWith('/') ? path : `/${path}`;
}

/**
 * Who a client certificate says it is: the common name is the user, the organizations are the groups.
 * Upstream: apiserver/pkg/authentication/request/x509/x509.go CommonNameUserConversion (v1.36)
 */
function peerOf(socket: Socket): UserInfo | undefined {
  const tls = socket as Partial<TLSSocket>;
  if (!tls.authorized || !tls.getPeerCertificate) return undefined;
  const { subject, fingerprint256 = '' } = tls.getPeerCertificate();
  const { CN, O } = (subject ?? {}) as { CN?: string; O?: string | string[] };
  if (!CN) return undefined;
  const credential = `X509SHA256=${fingerprint256.replaceAll(':', '').toLowerCase()}`;
  return {
    username: CN,
    groups: [...[O ?? []].flat(), 'system:authenticated'],
    extra: { 'authentication.kubernetes.io/credential-id': [credential] },
  };
}
