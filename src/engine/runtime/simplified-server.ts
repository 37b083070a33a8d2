import type { Process } from '../../process/process.ts';
import { suspend } from '../../process/process.ts';
import { fork } from '../../process/task.ts';
import type { Program, ProgramContext } from '../../shell/context.ts';
import { type Connection, type Listener, NetworkError, type NetworkStack } from '../../shell/network-stack.ts';
import { decode, encode } from '../../shell/text.ts';

const maxHeadBytes = 65_536;

/**
 * What stands for a program that nobody wrote: it listens on the ports that its container declares, answers HTTP with 200, and
 * ends when it is asked to. Everything about it is healthy.
 */
export function simplifiedServer(image: string, ports: readonly number[]): Program {
  return function* (context: ProgramContext): Process<number> {
    const { network } = context;
    const listeners = network ? ports.flatMap((port) => listen(network, port)) : [];
    context.use?.({ cpuMilli: 2, memoryBytes: 20 * 1024 * 1024 });
    for (const listener of listeners) yield* fork(accept(listener, image), 'simplified server');
    try {
      return yield* suspend<number>((resume) => {
        for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) context.onSignal(signal, () => resume(0));
      });
    } finally {
      for (const listener of listeners) listener.close();
    }
  };
}

/** Ports that are taken already (by another container of the pod) are left to their owner. */
function listen(network: NetworkStack, port: number): readonly Listener[] {
  try {
    return [network.listen(port)];
  } catch (error) {
    if (error instanceof NetworkError) return [];
    throw error;
  }
}

function* accept(listener: Listener, image: string): Process<void> {
  for (;;) {
    const connection = yield* listener.accept();
    if (!connection) return;
    yield* fork(serve(connection, image), 'simplified connection');
  }
}

function* serve(connection: Connection, image: string): Process<void> {
  try {
    for (;;) {
      const head = yield* readHead(connection);
      const request = /^([A-Z]+) (\S+) HTTP\/1\.([01])\r?\n/.exec(head);
      if (!request) return;
      const [, method = '', path = '', minor] = request;
      const body = `This stands for ${image}: what it really does is not simulated.\n`;
      const close = minor === '0' || /^connection: *close/im.test(head);
      const lines = [
        'HTTP/1.1 200 OK',
        'Content-Type: text/plain; charset=utf-8',
        `Content-Length: ${body.length}`,
        `Connection: ${close ? 'close' : 'keep-alive'}`,
      ];
      yield* connection.writer.write(encode(`${lines.join('\r\n')}\r\n\r\n${method === 'HEAD' ? '' : body}`));
      connection.annotate(`${method} ${path} → 200`);
      if (close) return;
    }
  } catch (error) {
    // A client that goes away is nobody's fault.
    if (!(error instanceof Error)) throw error;
  } finally {
    connection.close();
  }
}

/** Reads to the end of an HTTP head; what is no HTTP is read until it ends. */
function* readHead(connection: Connection): Process<string> {
  let text = '';
  while (!text.includes('\r\n\r\n') && text.length < maxHeadBytes) {
    const bytes = yield* connection.reader.read();
    if (!bytes) return text;
    text += decode(bytes);
  }
  return text;
}
