import type { Process } from '../../process/process.ts';
import type { Writer } from '../../process/pipe.ts';
import type { ContainerLog, LogStream } from './container-log.ts';

/** Where a container's output goes: into its log, and to whoever is attached. */
export class ContainerOutput {
  readonly #log: ContainerLog;
  readonly #taps = new Set<(stream: LogStream, bytes: Uint8Array) => void>();

  constructor(log: ContainerLog) {
    this.#log = log;
  }

  write(stream: LogStream, bytes: Uint8Array): void {
    this.#log.write(stream, bytes);
    for (const tap of this.#taps) tap(stream, bytes);
  }

  writer(stream: LogStream): Writer {
    const output = this;
    return {
      *write(bytes: Uint8Array): Process<void> {
        output.write(stream, bytes);
      },
      close: () => undefined,
    };
  }

  /** Hears of output from now on; gives a function that ends it. */
  tap(listener: (stream: LogStream, bytes: Uint8Array) => void): () => void {
    this.#taps.add(listener);
    return () => this.#taps.delete(listener);
  }
}
