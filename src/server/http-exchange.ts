import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Exchange, Frame, ResponseHead } from '../protocol/rest.ts';

/** A frame as it stands on the wire: objects as JSON with a line feed, as the real API server writes them. */
export const encodeFrame = (frame: Frame): string | Uint8Array =>
  typeof frame === 'string' || frame instanceof Uint8Array ? frame : `${JSON.stringify(frame)}\n`;

/** Header values are bytes: text beyond Latin-1 goes as UTF-8, as Go writes it. */
const wireHeaders = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Buffer.from(value, 'utf8').toString('latin1')]),
  );

/** One HTTP request and its answer as an exchange. */
export class HttpExchange implements Exchange {
  readonly #response: ServerResponse;
  readonly #abort: (() => void)[] = [];
  #finished = false;
  #aborted = false;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#response = response;
    const gone = () => {
      if (this.#finished || this.#aborted) return;
      this.#aborted = true;
      for (const callback of this.#abort) callback();
    };
    request.on('error', gone);
    response.on('error', gone);
    response.on('close', gone);
  }

  head(head: ResponseHead): void {
    if (this.#aborted) return;
    if (this.#response.headersSent) {
      // What went wrong after the answer began cannot be said any more: the connection is cut, as by the real server.
      this.#response.destroy();
      return;
    }
    this.#response.writeHead(head.status, wireHeaders(head.headers));
    // A watch's head must reach the client before its first event.
    this.#response.flushHeaders();
  }
  frame(frame: Frame): void {
    if (!this.#aborted && !this.#response.destroyed) this.#response.write(encodeFrame(frame));
  }
  end(): void {
    this.#finished = true;
    if (!this.#aborted) this.#response.end();
  }
  onAbort(callback: () => void): void {
    if (this.#aborted) callback();
    else this.#abort.push(callback);
  }
  onData(): void {
    // A plain request is whole before it is handled.
  }
  get backlog(): number {
    return this.#response.writableLength;
  }
}
