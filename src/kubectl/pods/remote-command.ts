import { StatusError } from '../../apimachinery/status-error.ts';
import type { Status } from '../../api/meta/v1.ts';
import { answerOf } from '../../client/request.ts';
import { Channel } from '../../process/channel.ts';
import type { Process } from '../../process/process.ts';
import { fork } from '../../process/task.ts';
import type { Call, Frame, ResponseHead } from '../../protocol/rest.ts';
import type { ProgramContext } from '../../shell/context.ts';
import { concatBytes } from '../../shell/text.ts';
import { ExitError, KubectlError } from '../errors.ts';
import type { Factory } from '../factory.ts';

const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 };
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Which of the standard streams take part. */
export interface Streams {
  readonly stdin: boolean;
  readonly tty: boolean;
  /** Puts bytes elsewhere than stdout (cp). */
  readonly onStdout?: (bytes: Uint8Array) => Process<void>;
  /** Takes bytes from elsewhere than stdin; undefined ends them. */
  readonly readStdin?: () => Process<Uint8Array | undefined>;
}

/**
 * Runs exec or attach to its end over a stream of `v5.channel.k8s.io`.
 *
 * Upstream: client-go/tools/remotecommand/v5.go (v1.36)
 * @throws ExitError with the command's exit code; KubectlError when it is refused
 */
export function* streamCommand(factory: Factory, path: string, streams: Streams): Process<void> {
  const { context, rest } = factory;
  const events = new Channel<Frame | ResponseHead | Error>();
  const call = rest.stream(
    { method: 'GET', path, upgrade: ['v5.channel.k8s.io', 'v4.channel.k8s.io'] },
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
  const head = (yield* events.receive()) as ResponseHead | Error | undefined;
  if (head instanceof Error) throw rest.connectionError(head);
  if (head === undefined) throw new KubectlError('the connection was closed before it was upgraded');
  if (head.status !== 101) return yield* refused(head, events);
  const stopResize = streams.tty ? sendSizes(call, context) : () => {};
  const tty = streams.tty ? context.tty : undefined;
  const wasRaw = tty?.raw ?? false;
  tty?.setRaw(true);
  const input = streams.stdin ? yield* fork(pumpInput(call, context, streams), 'stdin') : undefined;
  try {
    yield* receiveAll(events, context, streams, rest);
  } finally {
    stopResize();
    input?.kill('the command has ended');
    tty?.setRaw(wasRaw);
    call.abort();
  }
}

/** What the kubelet refuses is told as it is; what the API server refuses, as a connection that was not upgraded. */
export const upgradeErrorText = ({ reason, message }: StatusError): string =>
  reason === 'InternalError' ? message : `unable to upgrade connection: ${message}`;

function* refused(head: ResponseHead, events: Channel<Frame | ResponseHead | Error>): Process<void> {
  const frames: Frame[] = [];
  for (let frame = yield* events.receive(); frame !== undefined; frame = yield* events.receive()) {
    if (!(frame instanceof Error)) frames.push(frame as Frame);
  }
  try {
    answerOf({ status: head.status, headers: head.headers, frames });
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    throw new KubectlError(upgradeErrorText(error));
  }
  throw new KubectlError(`unable to upgrade connection: ${head.status}`);
}

function* receiveAll(
  events: Channel<Frame | ResponseHead | Error>,
  context: ProgramContext,
  streams: Streams,
  rest: { connectionError(error: unknown): unknown },
): Process<void> {
  for (let event = yield* events.receive(); event !== undefined; event = yield* events.receive()) {
    if (event instanceof Error) throw rest.connectionError(event);
    const bytes = event instanceof Uint8Array ? event : encoder.encode(String(event));
    const [channel] = bytes;
    const data = bytes.subarray(1);
    if (data.length === 0) continue;
    if (channel === channels.stdout) {
      if (streams.onStdout === undefined) yield* context.stdout.write(data);
      else yield* streams.onStdout(data);
    } else if (channel === channels.stderr) yield* context.stderr.write(data);
    else if (channel === channels.error) return finish(decoder.decode(data));
  }
}

/** What the error channel says at the end. @throws ExitError, StatusError */
function finish(text: string): void {
  const status = JSON.parse(text) as Status;
  if (status.status === 'Success') return;
  if (status.reason === 'NonZeroExitCode') {
    const code = Number(status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message ?? '1');
    throw new ExitError(code, `command terminated with exit code ${code}`);
  }
  throw new StatusError(status);
}

function* pumpInput(call: Call, context: ProgramContext, streams: Streams): Process<void> {
  const read = streams.readStdin ?? (() => context.stdin.read());
  for (let bytes = yield* read(); bytes !== undefined; bytes = yield* read()) {
    call.send(concatBytes([Uint8Array.of(channels.stdin), bytes]));
  }
  call.send(Uint8Array.of(channels.close, channels.stdin));
}

function sendSizes(call: Call, { tty }: ProgramContext): () => void {
  if (tty === undefined) return () => {};
  const send = () => {
    const size = encoder.encode(JSON.stringify({ Width: tty.columns, Height: tty.rows }));
    call.send(concatBytes([Uint8Array.of(channels.resize), size]));
  };
  send();
  return tty.onResize(send);
}
