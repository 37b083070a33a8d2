import { textOf } from '../client/request.ts';
import type { Process } from '../process/process.ts';
import type { Invocation } from './command.ts';
import { KubectlError } from './errors.ts';
import { readAll, readFileBytes } from './files.ts';
import type { RestRequest } from './rest/rest-client.ts';
import { StatusError } from '../apimachinery/status-error.ts';
import { answerOf } from '../client/request.ts';

/** Sends a request as it is and prints the answer's body. Upstream: kubectl/pkg/rawhttp/raw.go (v1.36) */
export function* rawRequest(invocation: Invocation, request: RestRequest): Process<void> {
  const { factory, out } = invocation;
  const accept = { accept: 'application/json, */*' };
  const answer = yield* factory.rest.raw({ ...request, headers: { ...accept, ...request.headers } });
  if (answer.status >= 300) {
    try {
      answerOf(answer);
    } catch (error) {
      if (error instanceof StatusError && error.status.details?.causes?.[0]?.reason === 'UnexpectedServerResponse') {
        throw StatusError.fromAnswer(answer.status, '', { verb: request.method ?? 'GET' });
      }
      throw error;
    }
  }
  // Objects come without the line's end that HTTP would show after each.
  const isObject = typeof answer.frames[0] === 'object' && !(answer.frames[0] instanceof Uint8Array);
  if (!isObject) return yield* out.print(textOf(answer));
  for (const frame of answer.frames) yield* out.print(`${textOf({ ...answer, frames: [frame] })}\n`);
}

/** The body of a raw write: `-f`. */
export function* rawBody(invocation: Invocation, file: string): Process<Uint8Array> {
  if (file === '-') return yield* readAll(invocation.context.stdin);
  return readFileBytes(invocation.context, file);
}

/** @throws KubectlError unless it is a path */
export function checkRawPath(path: string): void {
  if (path.startsWith('/') || /^https?:\/\//.test(path)) return;
  throw new KubectlError(`--raw must be a valid URL path: parse ${JSON.stringify(path)}: invalid URI for request`);
}
