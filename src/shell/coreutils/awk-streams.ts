/** Files and commands that an awk program writes to and reads from, by the text that names them. */
import { Pipe, type Writer } from '../../process/pipe.ts';
import type { Process } from '../../process/process.ts';
import type { ChildProcess } from '../context.ts';
import { openReader, openWriter } from '../files.ts';
import { BytesReader, CollectingWriter, LineReader } from '../streams.ts';
import { encode } from '../text.ts';
import type { Call } from './utility.ts';

/** What a program has open. */
export class AwkStreams {
  readonly #call: Call;
  readonly #writers = new Map<string, Writer>();
  readonly #readers = new Map<string, LineReader>();
  readonly #children: ChildProcess[] = [];

  constructor(call: Call) {
    this.#call = call;
  }

  /** What `>`, `>>` or `|` writes to; opened at the first use. */
  writer(operator: string, target: string): Writer {
    const open = this.#writers.get(target);
    if (open) return open;
    const writer = operator === '|' ? this.#command(target) : this.#file(target, operator === '>>');
    this.#writers.set(target, writer);
    return writer;
  }
  #command(script: string): Writer {
    const pipe = new Pipe();
    this.#children.push(this.#call.context.processes.spawn({ argv: ['sh', '-c', script], stdin: pipe.reader }));
    return pipe.writer;
  }
  #file(path: string, append: boolean): Writer {
    return openWriter(this.#call.context, path, { append });
  }

  /** What `getline` reads; opened at the first use; undefined for a file that is not there. */
  *reader(source: string, command: boolean): Process<LineReader | undefined> {
    const reader = this.#readers.get(source) ?? (yield* this.#openReader(source, command));
    if (reader) this.#readers.set(source, reader);
    return reader;
  }
  *#openReader(source: string, command: boolean): Process<LineReader | undefined> {
    const { context } = this.#call;
    if (!command)
      return context.fs.exists(this.#call.path(source)) ? new LineReader(openReader(context, source)) : undefined;
    const output = new CollectingWriter();
    yield* context.processes.spawn({ argv: ['sh', '-c', source], stdout: output }).wait();
    return new LineReader(new BytesReader(encode(output.text())));
  }

  /** Closes one and waits for the commands that were written to. */
  *close(target: string): Process<void> {
    this.#writers.get(target)?.close();
    this.#writers.delete(target);
    this.#readers.delete(target);
    for (const child of this.#children.splice(0)) yield* child.wait();
  }
  *closeAll(): Process<void> {
    for (const writer of this.#writers.values()) writer.close();
    for (const child of this.#children) yield* child.wait();
  }
}
