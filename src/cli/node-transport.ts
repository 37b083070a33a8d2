import * as http from 'node:http';
import * as https from 'node:https';
import { WebSocket } from 'ws';
import type { RestConfig } from '../kubectl/config/client-config.ts';
import type { ApiRequest, Call, Receiver, Transport } from '../protocol/rest.ts';

/** A transport to a server outside, with the certificates and credentials of a kubeconfig. */
export function nodeTransport(config: RestConfig): Transport {
  const tls = {
    ...(config.certificateAuthority === '' ? {} : { ca: config.certificateAuthority }),
    ...(config.clientCertificate === '' ? {} : { cert: config.clientCertificate }),
    ...(config.clientKey === '' ? {} : { key: config.clientKey }),
    ...(config.tlsServerName === '' ? {} : { servername: config.tlsServerName }),
    rejectUnauthorized: !config.insecure,
  };
  const base = config.server.replace(/\/+$/, '');
  const isTls = base.startsWith('https:');
  const agent = isTls ? new https.Agent({ keepAlive: true, ...tls }) : new http.Agent({ keepAlive: true });
  return {
    request: (request, receiver) =>
      request.upgrade ? openSocket(base, tls, request, receiver) : openRequest(base, agent, request, receiver),
  };
}

/** Header values as Node wants them: several groups are several headers. */
function headersOf(request: ApiRequest): Record<string, string | string[]> {
  const out: Record<string, string | string[]> = { ...request.headers };
  const groups = request.headers['impersonate-group'];
  if (groups !== undefined) out['impersonate-group'] = groups.split(',');
  return out;
}

function bodyOf(body: ApiRequest['body']): string | Uint8Array | undefined {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return body;
  return JSON.stringify(body);
}

function openRequest(base: string, agent: http.Agent, request: ApiRequest, receiver: Receiver): Call {
  const body = bodyOf(request.body);
  let over = false;
  const fail = (error: Error) => {
    if (over) return;
    over = true;
    receiver.fail(error);
  };
  const module = base.startsWith('https:') ? https : http;
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const outgoing = module.request(
    base + request.path,
    { method: request.method, agent, headers: { ...headersOf(request), ...length } },
    (response) => {
      const headers = Object.fromEntries(
        Object.entries(response.headers).map(([name, value]) => [
          name,
          Array.isArray(value) ? value.join(', ') : (value ?? ''),
        ]),
      );
      receiver.head({ status: response.statusCode ?? 0, headers });
      response.on('data', (chunk: Uint8Array) => {
        if (!over) receiver.frame(chunk);
      });
      response.on('end', () => {
        if (over) return;
        over = true;
        receiver.end();
      });
      response.on('error', fail);
    },
  );
  outgoing.on('error', fail);
  outgoing.end(body);
  return {
    abort: () => {
      over = true;
      outgoing.destroy();
    },
    send: () => {},
    closeSend: () => {},
  };
}

/** Closes the channel that follows: v5.channel.k8s.io. */
const closeStdin = Uint8Array.of(255, 0);

function openSocket(base: string, tls: object, request: ApiRequest, receiver: Receiver): Call {
  let over = false;
  const early: Uint8Array[] = [];
  const socket = new WebSocket(base.replace(/^http/, 'ws') + request.path, [...(request.upgrade ?? [])], {
    ...tls,
    headers: headersOf(request) as Record<string, string>,
  });
  socket.binaryType = 'nodebuffer';
  const finish = (action: () => void) => {
    if (over) return;
    over = true;
    action();
  };
  socket.on('open', () => {
    receiver.head({ status: 101, headers: {}, upgrade: socket.protocol });
    for (const bytes of early.splice(0)) socket.send(bytes);
  });
  socket.on('message', (data: Uint8Array) => {
    if (!over) receiver.frame(new Uint8Array(data));
  });
  socket.on('unexpected-response', (_request, response) => {
    const headers = { 'content-type': response.headers['content-type'] ?? '' };
    receiver.head({ status: response.statusCode ?? 0, headers });
    response.on('data', (chunk: Uint8Array) => {
      if (!over) receiver.frame(chunk);
    });
    response.on('end', () => finish(() => receiver.end()));
  });
  socket.on('close', () => finish(() => receiver.end()));
  socket.on('error', (error) => finish(() => receiver.fail(error)));
  const send = (bytes: Uint8Array) => {
    if (over) return;
    if (socket.readyState === WebSocket.OPEN) socket.send(bytes);
    else early.push(bytes);
  };
  return {
    abort: () => finish(() => socket.terminate()),
    send,
    closeSend: () => send(closeStdin),
  };
}
