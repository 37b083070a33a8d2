import type { IncomingMessage } from 'node:http';
import { newRequestEntityTooLarge } from '../apimachinery/status-error.ts';

/** The largest body that is read. Upstream: apiserver MaxRequestBodyBytes (3 MiB) */
const bodyLimit = 3 * 1024 * 1024;
/** What is read beyond that, so that the client comes to hear the answer. */
const patience = 16 * 1024 * 1024;

export const bodyTooLarge = newRequestEntityTooLarge(`limit is ${bodyLimit}`).status;

/** A request's body, if there is one. */
export async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined | 'too large' | 'aborted'> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size <= bodyLimit) chunks.push(chunk);
      else if (size > patience) break;
    }
  } catch {
    return 'aborted';
  }
  if (size > bodyLimit) return 'too large';
  return size === 0 ? undefined : new Uint8Array(Buffer.concat(chunks));
}
