import { StatusError } from '../apimachinery/status-error.ts';
import { type Process, suspend } from '../process/process.ts';
import type { ApiRequest, Frame, Transport } from '../protocol/rest.ts';
import type { RawAnswer } from './client.ts';

/** Performs a request and collects its whole answer. Being killed aborts it. @throws Error when the connection fails */
export function* requestOnce(transport: Transport, request: ApiRequest): Process<RawAnswer> {
  return yield* suspend<RawAnswer>((resume, fail) => {
    let status = 0;
    let headers: Readonly<Record<string, string>> = {};
    const frames: Frame[] = [];
    const call = transport.request(request, {
      head: (head) => {
        status = head.status;
        headers = head.headers;
      },
      frame: (frame) => {
        frames.push(frame);
      },
      end: () => resume({ status, headers, frames }),
      fail,
    });
    return () => call.abort();
  });
}

/** The body as text. */
export function textOf(answer: RawAnswer): string {
  const decoder = new TextDecoder();
  let out = '';
  for (const frame of answer.frames) {
    if (typeof frame === 'string') out += frame;
    else if (frame instanceof Uint8Array) out += decoder.decode(frame, { stream: true });
    else out += JSON.stringify(frame);
  }
  return out + decoder.decode();
}

/** The body: an object (not a copy, over the loopback) when it is JSON, else text. */
export function bodyOf(answer: RawAnswer): unknown {
  const first = answer.frames[0];
  const isObject = answer.frames.length === 1 && typeof first === 'object' && !(first instanceof Uint8Array);
  return isObject ? first : parse(textOf(answer));
}

/** The body as an object (not a copy, over the loopback). @throws StatusError for an error status */
export function answerOf<T>(answer: RawAnswer): T {
  const body = bodyOf(answer);
  if (answer.status >= 200 && answer.status < 300) return body as T;
  throw StatusError.fromAnswer(answer.status, body);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
