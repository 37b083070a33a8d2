/** exec and attach over an upgraded stream. Upstream: kubelet/pkg/cri/streaming/remotecommand (v1.36) */
import type { Process } from '../../../process/process.ts';
import { race } from '../../../process/combinators.ts';
import { suspend } from '../../../process/process.ts';
import { fork } from '../../../process/task.ts';
import type { ApiRequest, Exchange } from '../../../protocol/rest.ts';
import { encode } from '../../../shell/text.ts';
import {
  type AttachSession,
  type ExecOptions,
  type ExecSession,
  RuntimeError,
  type RuntimeService,
} from '../../runtime/runtime-service.ts';
import { ChannelStream, channels } from './channel-stream.ts';

/** What the client wants to be connected with. */
export interface RemoteCommandOptions {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** Both API spellings: the kubelet's own and that of the pod subresource. */
export function remoteCommandOptions(query: URLSearchParams): RemoteCommandOptions {
  const flag = (...names: string[]) => names.some((name) => ['1', 'true'].includes(query.get(name) ?? ''));
  return {
    stdin: flag('input', 'stdin'),
    stdout: flag('output', 'stdout'),
    stderr: flag('error', 'stderr'),
    tty: flag('tty'),
  };
}

interface RemoteCommand {
  readonly runtime: RuntimeService;
  readonly containerId: string;
  readonly request: ApiRequest;
  readonly exchange: Exchange;
  readonly options: RemoteCommandOptions;
}

/** Runs a command and tells its end on the error channel. */
export function* serveExec(command: readonly string[], remote: RemoteCommand): Process<void> {
  const stream = new ChannelStream(remote.exchange, remote.request);
  let session: ExecSession | undefined;
  try {
    session = yield* remote.runtime.exec(remote.containerId, { command, ...streamsOf(stream, remote.options) });
    const running = session;
    const resizing = yield* fork(followResizes(stream, running));
    const code = yield* race<number | undefined>([running.wait(), goneOf(stream)]);
    resizing.kill('the command ended');
    if (code === undefined) running.kill('SIGHUP');
    else sendStatus(stream, exitStatus(code));
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    sendStatus(stream, internalError(`error executing command in container: ${error.message}`));
  }
  stream.end();
}

/** Joins what runs already; ends when it does, or when the client goes away. */
export function* serveAttach(remote: RemoteCommand): Process<void> {
  const stream = new ChannelStream(remote.exchange, remote.request);
  try {
    const session = remote.runtime.attach(remote.containerId, streamsOf(stream, remote.options));
    const resizing = yield* fork(followResizes(stream, session));
    stream.onGone(() => session.close());
    yield* session.wait();
    resizing.kill('detached');
    sendStatus(stream, { metadata: {}, status: 'Success' });
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    sendStatus(stream, internalError(`error attaching to container: ${error.message}`));
  }
  stream.end();
}

/** Tells on the error channel why there is nothing to speak with. Upstream: apiserver/pkg/util/proxy/streamtranslator.go (v1.36) */
export function refuseStream(exchange: Exchange, request: ApiRequest, why: string): void {
  if (request.upgrade?.[0] !== 'v5.channel.k8s.io') {
    // Only v5 is translated by the API server; others hear the kubelet itself.
    exchange.head({ status: 500, headers: { 'content-type': 'text/plain; charset=utf-8' } });
    exchange.frame(why);
    return exchange.end();
  }
  const stream = new ChannelStream(exchange, request);
  sendStatus(stream, internalError(`unable to upgrade connection: ${why}`));
  stream.end();
}

function streamsOf(
  stream: ChannelStream,
  { stdin, stdout, stderr, tty }: RemoteCommandOptions,
): Omit<ExecOptions, 'command'> {
  return {
    ...(stdin ? { stdin: stream.reader(channels.stdin) } : {}),
    ...(stdout ? { stdout: stream.writer(channels.stdout) } : {}),
    ...(stderr && !tty ? { stderr: stream.writer(channels.stderr) } : {}),
    tty,
  };
}

function* goneOf(stream: ChannelStream): Process<undefined> {
  yield* suspend<void>((resume) => stream.onGone(() => resume()));
  return undefined;
}

function* followResizes(stream: ChannelStream, session: ExecSession | AttachSession): Process<void> {
  const reader = stream.reader(channels.resize);
  const decoder = new TextDecoder();
  for (;;) {
    const bytes = yield* reader.read();
    if (!bytes) return;
    const size = parseSize(decoder.decode(bytes));
    if (size) session.resize(size.columns, size.rows);
  }
}

function parseSize(text: string): { readonly columns: number; readonly rows: number } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('Width' in value) || !('Height' in value)) return undefined;
    return { columns: Number(value.Width), rows: Number(value.Height) };
  } catch {
    return undefined;
  }
}

function sendStatus(stream: ChannelStream, status: object): void {
  stream.send(channels.error, encode(JSON.stringify(status)));
}

function exitStatus(code: number): object {
  if (code === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: command terminated with exit code ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}

const internalError = (why: string): object => ({
  metadata: {},
  status: 'Failure',
  message: `Internal error occurred: ${why}`,
  reason: 'InternalError',
  details: { causes: [{ message: why }] },
  code: 500,
});
