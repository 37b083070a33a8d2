/**
 * Port-forward over an upgraded stream: two channels for each port, data and errors, each of which begins with the port's number in
 * two bytes, low byte first. Upstream: kubelet/pkg/cri/streaming/portforward/websocket.go (v1.36)
 */
import type { Reader, Writer } from '../../../process/pipe.ts';
import { BrokenPipeError } from '../../../process/pipe.ts';
import { all, race } from '../../../process/combinators.ts';
import { type Process, sleep, suspend } from '../../../process/process.ts';
import { fork, type Task } from '../../../process/task.ts';
import type { ApiRequest, Exchange } from '../../../protocol/rest.ts';
import { type Connection, NetworkError } from '../../../shell/network-stack.ts';
import { encode } from '../../../shell/text.ts';
import { RuntimeError, type RuntimeService } from '../../runtime/runtime-service.ts';
import { ChannelStream } from './channel-stream.ts';

const graceMs = 1000;

export interface PortForward {
  readonly runtime: RuntimeService;
  readonly sandboxId: string;
  readonly podUid: string;
  readonly ports: readonly number[];
  readonly request: ApiRequest;
  readonly exchange: Exchange;
}

/** Carries bytes between the client and the pod's ports until either side ends. */
export function* servePortForward(forward: PortForward): Process<void> {
  const stream = new ChannelStream(forward.exchange, forward.request);
  for (const [index, port] of forward.ports.entries()) {
    const number = Uint8Array.of(port & 0xff, port >> 8);
    stream.send(index * 2, number);
    stream.send(index * 2 + 1, number);
  }
  yield* race([all(forward.ports.map((port, index) => forwardPort(forward, stream, port, index))), gone(stream)]);
  stream.end();
}

function* gone(stream: ChannelStream): Process<void[]> {
  yield* suspend<void>((resume) => stream.onGone(() => resume()));
  return [];
}

function* forwardPort(forward: PortForward, stream: ChannelStream, port: number, index: number): Process<void> {
  const input = stream.reader(index * 2);
  let connection: Connection | undefined;
  try {
    connection = yield* forward.runtime.portForward(forward.sandboxId, port);
    const { reader, writer } = connection;
    yield* carry([copyAndClose(input, writer), copy(reader, stream.writer(index * 2))]);
  } catch (error) {
    stream.send(index * 2 + 1, encode(failureText(error, port, forward.podUid)));
  } finally {
    connection?.close();
  }
}

/** Runs both ways until both have ended. As containerd: when one has, the other has a second to come to its end. */
function* carry(ways: readonly Process<void>[]): Process<void> {
  const tasks: Task<void>[] = [];
  for (const way of ways) tasks.push(yield* fork(way, 'port-forward'));
  try {
    yield* race(tasks.map((task) => task.join()));
    yield* race([joinAll(tasks), sleep(graceMs)]);
  } finally {
    for (const task of tasks) task.kill('the connection has ended');
  }
}

function* joinAll(tasks: readonly Task<void>[]): Process<void> {
  for (const task of tasks) yield* task.join();
}

function* copyAndClose(from: Reader, to: Writer): Process<void> {
  yield* copy(from, to);
  to.close();
}

function* copy(from: Reader, to: Writer): Process<void> {
  for (;;) {
    const bytes = yield* from.read();
    if (!bytes) return;
    try {
      yield* to.write(bytes);
    } catch (error) {
      if (error instanceof BrokenPipeError) return;
      throw error;
    }
  }
}

function failureText(error: unknown, port: number, podUid: string): string {
  const head = `error forwarding port ${port} to pod ${podUid}, uid : `;
  if (error instanceof NetworkError)
    return `${head}failed to execute portforward in network namespace: failed to connect to localhost:${port} inside namespace "${podUid}", IPv4: dial tcp4 127.0.0.1:${port}: connect: connection refused IPv6 dial tcp6 [::1]:${port}: connect: connection refused`;
  if (error instanceof RuntimeError) return head + error.text;
  throw error;
}
