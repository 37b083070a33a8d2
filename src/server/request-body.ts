import type { IncomingMessage } from 'node:http';
import { newRequestEntityTooLarge, newTimeout } from '../apimachinery/status-error.ts';

/** The largest body that is read. Upstream: apiserver MaxRequestBodyBytes (3 MiB) */
const bodyLimit = 3 * 1024 * 1024;
/** What is read beyond that, so that the client comes to hear the answer. */
const patience = 16 * 1024 * 1024;

export const bodyTooLarge = newRequestEntityTooLarge(`limit is ${bodyLimit}`).status;
/** Upstream: apiserver/pkg/server/filters/timeout.go (v1.36) */
export const bodyTooSlow = newTimeout('request did not complete within the allotted timeout', 0).status;

/** A request's body, if there is one. */
export function readBody(
  request: IncomingMessage,
  timeoutMs: number,
): Promise<Uint8Array | undefined | 'too large' | 'too slow' | 'aborted'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (outcome: Uint8Array | undefined | 'too large' | 'too slow' | 'aborted'): void => {
      clearTimeout(timer);
      resolve(outcome);
    };
    const timer = setTimeout(() => settle('too slow'), timeoutMs);
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= bodyLimit) chunks.push(chunk);
      else if (size > patience) settle('too large');
    });
    request.on('end', () => {
      if (size > bodyLimit) return settle('too large');
      settle(size === 0 ? undefined : new Uint8Array(Buffer.concat(chunks)));
    });
    request.on('error', () => settle('aborted'));
    request.on('close', () => settle('aborted'));
  });
}
