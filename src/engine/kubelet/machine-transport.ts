import type { ApiRequest, Call, Receiver, Transport } from '../../protocol/rest.ts';
import type { Sim } from '../sim/sim.ts';

const connectTimeoutMs = 30_000;

/** How a machine reaches the API server: not at all while its network is cut or its power off. */
export class MachineTransport implements Transport {
  readonly #inner: Transport;
  readonly #sim: Sim;
  readonly #isReachable: () => boolean;
  readonly #server: string;
  readonly #calls = new Set<MachineCall>();

  constructor(
    inner: Transport,
    options: { readonly sim: Sim; readonly isReachable: () => boolean; readonly server: string },
  ) {
    this.#inner = inner;
    this.#sim = options.sim;
    this.#isReachable = options.isReachable;
    this.#server = options.server;
  }

  request(request: ApiRequest, receiver: Receiver): Call {
    const call = new MachineCall(receiver, () => this.#calls.delete(call));
    this.#calls.add(call);
    if (this.#isReachable()) call.begin(this.#inner, request);
    else call.failLater(this.#sim, connectTimeoutMs, `dial tcp ${this.#server}: connect: no route to host`);
    return call;
  }

  /** The wire is cut: nothing arrives any more; calls notice when it is whole again. */
  cut(): void {
    for (const call of this.#calls) call.stall();
  }

  /** The wire is whole again: what was under way has been lost. */
  heal(): void {
    for (const call of [...this.#calls]) call.failStalled();
  }

  /** Nobody is there to hear any more: the machine lost its power. */
  drop(): void {
    for (const call of [...this.#calls]) call.abort();
  }
}

class MachineCall implements Call {
  readonly #receiver: Receiver;
  readonly #ended: () => void;
  #inner: Call | undefined;
  #cancelTimer: (() => void) | undefined;
  #stalled = false;
  #done = false;

  constructor(receiver: Receiver, ended: () => void) {
    this.#receiver = receiver;
    this.#ended = ended;
  }

  begin(transport: Transport, request: ApiRequest): void {
    const open = () => !this.#done && !this.#stalled;
    this.#inner = transport.request(request, {
      head: (head) => {
        if (open()) this.#receiver.head(head);
      },
      frame: (frame) => {
        if (open()) this.#receiver.frame(frame);
      },
      end: () => {
        if (open()) this.#finish(() => this.#receiver.end());
      },
      fail: (error) => {
        if (open()) this.#finish(() => this.#receiver.fail(error));
      },
    });
  }

  failLater(sim: Sim, ms: number, message: string): void {
    const fail = () => this.#finish(() => this.#receiver.fail(new Error(message)));
    this.#cancelTimer = sim.setTimer(ms, fail, { background: true });
  }

  stall(): void {
    if (this.#inner) this.#stalled = true;
  }

  failStalled(): void {
    if (!this.#stalled || this.#done) return;
    this.#inner?.abort();
    this.#finish(() => this.#receiver.fail(new Error('read: connection reset by peer')));
  }

  abort(): void {
    if (this.#done) return;
    this.#inner?.abort();
    this.#finish(() => undefined);
  }

  send(bytes: Uint8Array): void {
    if (!this.#stalled) this.#inner?.send(bytes);
  }

  closeSend(): void {
    if (!this.#stalled) this.#inner?.closeSend();
  }

  #finish(tell: () => void): void {
    if (this.#done) return;
    this.#done = true;
    this.#cancelTimer?.();
    this.#ended();
    tell();
  }
}
