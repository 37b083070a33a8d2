import { answerOf } from '../../client/request.ts';
import { Channel } from '../../process/channel.ts';
import type { Process } from '../../process/process.ts';
import type { Frame } from '../../protocol/rest.ts';
import type { Output } from '../output.ts';
import type { RestClient } from '../rest/rest-client.ts';

export interface LogRequest {
  readonly path: string;
  /** Put before each line. */
  readonly prefix: string;
}

const encoder = new TextEncoder();
const lineFeed = 10;

/** Writes a log as it comes, line by line when lines get a prefix. @throws StatusError */
export function* streamLog(rest: RestClient, { path, prefix }: LogRequest, out: Output): Process<void> {
  const events = new Channel<Frame | Error>();
  let status = 0;
  const call = rest.stream(
    { method: 'GET', path },
    {
      head: (head) => {
        status = head.status;
      },
      frame: (frame) => events.send(frame),
      end: () => events.close(),
      fail: (error) => {
        events.send(error);
        events.close();
      },
    },
  );
  const refused: Frame[] = [];
  const lines = new LinePrefixer(prefix);
  try {
    for (let event = yield* events.receive(); event !== undefined; event = yield* events.receive()) {
      if (event instanceof Error) throw rest.connectionError(event);
      if (status !== 200) refused.push(event);
      else yield* out.bytes(lines.take(event instanceof Uint8Array ? event : encoder.encode(String(event))));
    }
    if (status !== 200) answerOf({ status, headers: {}, frames: refused });
    yield* out.bytes(lines.rest());
  } finally {
    call.abort();
  }
}

/** Whole lines with a text before each; without one, bytes pass as they are. */
class LinePrefixer {
  readonly #prefix: Uint8Array;
  #open: number[] = [];

  constructor(prefix: string) {
    this.#prefix = encoder.encode(prefix);
  }

  take(bytes: Uint8Array): Uint8Array {
    if (this.#prefix.length === 0) return bytes;
    const out: number[] = [];
    for (const byte of bytes) {
      this.#open.push(byte);
      if (byte !== lineFeed) continue;
      out.push(...this.#prefix, ...this.#open);
      this.#open = [];
    }
    return Uint8Array.from(out);
  }

  rest(): Uint8Array {
    return this.#open.length === 0 ? new Uint8Array() : Uint8Array.from([...this.#prefix, ...this.#open]);
  }
}
