/**
 * TLS in outline: names and certificates are exchanged, bytes then travel as they are.
 *
 * Each side sends the byte 22 (a handshake record) and one line of JSON. So a client that speaks plain HTTP to a TLS port, or TLS to a
 * plain port, notices as it would in life.
 */
import type { Process } from '../process/process.ts';
import type { ByteReader } from './byte-reader.ts';
import type { Connection } from './network-stack.ts';
import { concatBytes, encode } from './text.ts';

/** The first byte of a TLS connection. */
export const tlsRecordByte = 22;

/** A handshake that failed; the message is the one that clients print. */
export class TlsError extends Error {
  override readonly name = 'TlsError';
}

export interface TlsPeer {
  /** The name asked for (server side), or none. */
  readonly serverName?: string;
  /** The other side's certificate chain in PEM, when it sent one. */
  readonly certificate?: string;
}

/** Opens TLS as the client. @throws TlsError when the server speaks something else */
export function* connectTls(
  connection: Connection,
  reader: ByteReader,
  options: { readonly serverName: string; readonly certificate?: string },
): Process<TlsPeer> {
  yield* connection.writer.write(hello(options));
  const first = yield* reader.peek();
  if (first === undefined) throw new TlsError('unexpected eof while reading');
  if (first !== tlsRecordByte) throw new TlsError('wrong version number');
  return yield* readHello(reader);
}

/** Answers TLS as the server, when the client begins it; undefined when it does not. */
export function* acceptTls(
  connection: Connection,
  reader: ByteReader,
  certificate: string,
): Process<TlsPeer | undefined> {
  if ((yield* reader.peek()) !== tlsRecordByte) return undefined;
  const peer = yield* readHello(reader);
  yield* connection.writer.write(hello({ certificate }));
  return peer;
}

const hello = (content: TlsPeer) => concatBytes([Uint8Array.of(tlsRecordByte), encode(`${JSON.stringify(content)}\n`)]);

function* readHello(reader: ByteReader): Process<TlsPeer> {
  yield* reader.bytes(1);
  const content: unknown = JSON.parse((yield* reader.line()) ?? '{}');
  const { serverName, certificate } = content as Record<string, unknown>;
  return {
    ...(typeof serverName === 'string' ? { serverName } : {}),
    ...(typeof certificate === 'string' ? { certificate } : {}),
  };
}
