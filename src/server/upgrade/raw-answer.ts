import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** The first lines of an HTTP answer on a raw socket, up to the empty line. */
export function answerHead(status: number, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value.replace(/[\r\n]+/g, ' ')}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`;
}

/** A plain answer to a request that asked for an upgrade; ends the socket. */
export function answerPlainly(
  socket: Duplex,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const all = {
    'content-type': 'text/plain; charset=utf-8',
    ...headers,
    'content-length': String(Buffer.byteLength(text)),
    connection: 'close',
  };
  socket.end(answerHead(status, all) + text);
}
