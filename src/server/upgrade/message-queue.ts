import type { WebSocket } from 'ws';

/**
 * Sends one message after the other has left. Each so becomes a TLS record of its own, as the real API server's do: clients that wait
 * on the socket itself (Python's) would not notice a second message in the record of the first.
 */
export class MessageQueue {
  readonly #webSocket: WebSocket;
  readonly #waiting: (Uint8Array | string)[] = [];
  #sending = false;
  #ended = false;

  constructor(webSocket: WebSocket) {
    this.#webSocket = webSocket;
  }

  send(message: Uint8Array | string): void {
    this.#waiting.push(message);
    this.#next();
  }
  /** Closes when everything has left. */
  end(): void {
    this.#ended = true;
    this.#next();
  }
  /** Messages that have not left yet. */
  get length(): number {
    return this.#waiting.length + (this.#sending ? 1 : 0);
  }

  #next(): void {
    if (this.#sending) return;
    const message = this.#waiting.shift();
    if (message === undefined) {
      if (this.#ended) this.#webSocket.close(1000);
      return;
    }
    this.#sending = true;
    this.#webSocket.send(message, { binary: typeof message !== 'string' }, () => {
      this.#sending = false;
      this.#next();
    });
  }
}
