import type { ControlCommand, ControlEvent, ControlReply, ControlRequest } from '../../protocol/control.ts';

/** The page's end of the control channel: commands are answered once, events are pushed. */
export class ControlChannel {
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  readonly #listeners = new Set<(event: ControlEvent) => void>();
  #nextId = 1;

  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = (message: MessageEvent<ControlReply | ControlEvent>) => this.#take(message.data);
  }

  /** @throws Error with the engine's own words when the command is refused */
  send<T = void>(command: ControlCommand): Promise<T> {
    const request: ControlRequest = { id: this.#nextId++, command };
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { resolve: resolve as (result: unknown) => void, reject });
      this.#port.postMessage(request);
    });
  }

  /** Gives a function that ends the subscription. */
  subscribe(listener: (event: ControlEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #take(data: ControlReply | ControlEvent): void {
    if ('event' in data) {
      for (const listener of this.#listeners) listener(data);
      return;
    }
    const waiting = this.#waiting.get(data.id);
    this.#waiting.delete(data.id);
    if (data.error !== undefined) waiting?.reject(new Error(data.error));
    else waiting?.resolve(data.result);
  }
}
