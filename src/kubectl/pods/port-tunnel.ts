import { errorText } from '../../apimachinery/error-text.ts';
import type * as corev1 from '../../api/core/v1.ts';
import { Channel } from '../../process/channel.ts';
import type { Process } from '../../process/process.ts';
import { fork } from '../../process/task.ts';
import type { Frame, ResponseHead } from '../../protocol/rest.ts';
import type { Connection } from '../../shell/network-stack.ts';
import type { Factory } from '../factory.ts';
import { concatBytes } from '../../shell/text.ts';
import type { Output } from '../output.ts';

const dataChannel = 0;
const errorChannel = 1;
const closeChannel = 255;

/** Carries one connection to a port of a pod: a stream of its own, data on channel 0, complaints on channel 1. */
export function* tunnelConnection(options: {
  readonly factory: Factory;
  readonly pod: corev1.Pod;
  readonly port: number;
  readonly connection: Connection;
  readonly err: Output;
}): Process<void> {
  const { factory, pod, port, connection, err } = options;
  const { namespace = '', name = '' } = pod.metadata ?? {};
  const events = new Channel<Frame | ResponseHead | Error>();
  const call = factory.rest.stream(
    {
      method: 'GET',
      path: `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(name)}/portforward?ports=${port}`,
      upgrade: ['v5.channel.k8s.io', 'v4.channel.k8s.io'],
    },
    {
      head: (head) => events.send(head),
      frame: (frame) => events.send(frame),
      end: () => events.close(),
      fail: (error) => {
        events.send(error);
        events.close();
      },
    },
  );
  const upload = yield* fork(
    (function* (): Process<void> {
      for (let bytes = yield* connection.reader.read(); bytes !== undefined; bytes = yield* connection.reader.read()) {
        call.send(concatBytes([Uint8Array.of(dataChannel), bytes]));
      }
      call.send(Uint8Array.of(closeChannel, dataChannel));
    })(),
    'upload',
  );
  const greeted = new Set<number>();
  try {
    for (let event = yield* events.receive(); event !== undefined; event = yield* events.receive()) {
      if (event instanceof Error) throw event;
      if (!(event instanceof Uint8Array)) continue;
      const channel = event[0] ?? 0;
      // The first message of each channel repeats the number of the port.
      if (!greeted.has(channel)) {
        greeted.add(channel);
        continue;
      }
      if (channel === dataChannel) yield* connection.writer.write(event.subarray(1));
      else if (channel === errorChannel) {
        const why = new TextDecoder().decode(event.subarray(1));
        yield* err.line(`an error occurred forwarding ${connection.local.port} -> ${port}: ${why}`);
      }
    }
  } catch (error) {
    yield* err.line(`error: lost connection to pod: ${errorText(error)}`);
  } finally {
    upload.kill('connection ended');
    call.abort();
    connection.close();
  }
}
