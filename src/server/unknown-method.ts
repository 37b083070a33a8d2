import type { Duplex } from 'node:stream';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';

/** The first line of a request, whatever its method. */
const requestLine = /^([!#$%&'*+.^_`|~\w-]+) (\S+) HTTP\/1\.[01]\r\n/;

/**
 * A request whose method Node does not know and therefore does not read, made of the bytes it stumbled over; undefined when they are
 * no request either. The API server has an answer to every method.
 */
export function requestOfUnknownMethod(error: Error, socket: Duplex): IncomingMessage | undefined {
  const { code, rawPacket } = error as { readonly code?: string; readonly rawPacket?: Buffer };
  if (code !== 'HPE_INVALID_METHOD' || !rawPacket || !(socket instanceof Socket)) return undefined;
  const text = rawPacket.toString('latin1');
  const [line, method, url] = requestLine.exec(text) ?? [];
  const end = text.indexOf('\r\n\r\n');
  if (line === undefined || method === undefined || url === undefined || end < 0) return undefined;
  const request = new IncomingMessage(socket);
  request.method = method;
  request.url = url;
  for (const header of text.slice(line.length, end).split('\r\n')) {
    const [name = '', value = ''] = header.split(/:\s*(.*)/s, 2);
    request.headers[name.toLowerCase()] = value;
  }
  return request;
}
