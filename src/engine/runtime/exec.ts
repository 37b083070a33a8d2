/** Commands beside a container's own: exec, and attaching to what runs already. */
import { Pipe, type Reader, type Writer } from '../../process/pipe.ts';
import { type Driver, type Process, suspend } from '../../process/process.ts';
import { TimeoutError, withTimeout } from '../../process/combinators.ts';
import { spawn } from '../../process/task.ts';
import { type ChildProcess, SpawnError } from '../../shell/context.ts';
import { CollectingWriter, NullWriter } from '../../shell/streams.ts';
import type { Container } from './container.ts';
import { formatDuration } from '../../apimachinery/duration.ts';
import { Pty } from '../../shell/pty.ts';
import {
  type AttachSession,
  type ExecOptions,
  type ExecResult,
  type ExecSession,
  RuntimeError,
} from './runtime-service.ts';

/** Starts a command in a running container. @throws RuntimeError when it cannot be run */
export function* execIn(container: Container, options: ExecOptions, execId: string): Process<ExecSession> {
  const screen = new Pipe();
  const pty = options.tty
    ? new Pty(
        (bytes) => screen.push(bytes),
        (signal, group) => (group === undefined ? started.kill(signal) : container.processes.kill(-group, signal)),
      )
    : undefined;
  const started = startCommand(container, options, { execId, ...(pty ? { pty } : {}) });
  const pumps = pty ? yield* pumpTerminal(pty, screen, options) : undefined;
  return {
    *wait(): Process<number> {
      const status = yield* started.wait();
      screen.close();
      if (pumps) yield* pumps.drained();
      return status.code;
    },
    resize: (columns, rows) => pty?.resize(columns, rows),
    kill: (signal) => started.kill(signal),
  };
}

function startCommand(
  container: Container,
  options: ExecOptions,
  { execId, pty }: { readonly execId: string; readonly pty?: Pty },
): ChildProcess {
  const env = new Map(container.env);
  if (pty) env.set('TERM', 'xterm');
  const out = options.stdout ?? new NullWriter();
  try {
    return container.processes.start(
      {
        argv: options.command,
        env,
        cwd: container.config.workingDir || '/',
        user: container.user,
        stdin: pty?.stdin ?? options.stdin ?? closedInput(),
        stdout: pty?.stdout ?? out,
        stderr: pty?.stdout ?? options.stderr ?? new NullWriter(),
        ...(pty ? { tty: pty } : {}),
      },
      container.environment,
    );
  } catch (error) {
    if (!(error instanceof SpawnError)) throw error;
    throw new RuntimeError(
      'Unknown',
      `failed to exec in container: failed to start exec "${execId}": OCI runtime exec failed: exec failed: unable to start container process: ${error.message}: unknown`,
    );
  }
}

/** Carries keys to the terminal and the screen to the client. */
function* pumpTerminal(pty: Pty, screen: Pipe, options: ExecOptions): Process<{ drained(): Process<void> }> {
  const { fork } = yield* forks();
  const { stdin, stdout } = options;
  const input =
    stdin &&
    fork(
      copyInput(
        stdin,
        (bytes) => pty.type(bytes),
        () => pty.hangUp(),
      ),
    );
  const output = fork(copyOutput(screen.reader, stdout ?? new NullWriter()));
  return {
    *drained(): Process<void> {
      input?.kill('the command ended');
      yield* output.join();
    },
  };
}

function* forks(): Process<{ fork: (process: Process<void>) => ReturnType<typeof spawn<void>> }> {
  const driver = (yield { kind: 'driver' }) as Driver;
  return { fork: (process) => spawn(driver, process, 'pump') };
}

function* copyInput(from: Reader, take: (bytes: Uint8Array) => void, end: () => void): Process<void> {
  for (;;) {
    const bytes = yield* from.read();
    if (!bytes) return end();
    take(bytes);
  }
}

function* copyOutput(from: Reader, to: Writer): Process<void> {
  for (;;) {
    const bytes = yield* from.read();
    if (!bytes) return;
    yield* to.write(bytes);
  }
}

/** Runs a command to its end, collecting its output. @throws RuntimeError */
export function* execToEnd(container: Container, command: readonly string[], timeoutMs: number): Process<ExecResult> {
  const stdout = new CollectingWriter();
  const stderr = new CollectingWriter();
  const child = startProbe(container, { command, stdout, stderr });
  if (!child) return { exitCode: 0, output: '' };
  try {
    const { code } = timeoutMs > 0 ? yield* withTimeout(timeoutMs, child.wait()) : yield* child.wait();
    const lacksCommand = code === commandNotFound && container.isSimplified;
    return { exitCode: lacksCommand ? 0 : code, output: stdout.text() + stderr.text() };
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    child.kill('SIGKILL');
    const text = `command timed out: "${command.join(' ')}" timed out after ${formatDuration(timeoutMs)}`;
    throw new RuntimeError('DeadlineExceeded', text);
  }
}

const commandNotFound = 127;

/** Starts a probe's or a hook's command; undefined when only the real image would have it. @throws RuntimeError */
function startProbe(container: Container, options: ExecOptions): ChildProcess | undefined {
  try {
    return startCommand(container, options, { execId: 'sync' });
  } catch (error) {
    if (container.isSimplified && error instanceof RuntimeError) return undefined;
    throw error;
  }
}

/**
 * Joins the streams of a running container. Where the client's input ends, so does the container's, if it is to be given once and is no
 * terminal; else the client is let go.
 *
 * Source: containerd's internal/cri/io ContainerIO.Attach
 */
export function attachTo(driver: Driver, container: Container, options: Omit<ExecOptions, 'command'>): AttachSession {
  const { stdin, stdout, stderr } = options;
  const queue = new Pipe();
  const errors = new Pipe();
  const untap = container.output.tap((stream, bytes) => (stream === 'stderr' ? errors : queue).push(bytes));
  const pumps = [
    spawn(driver, copyOutput(queue.reader, stdout ?? new NullWriter()), 'attach'),
    spawn(driver, copyOutput(errors.reader, stderr ?? new NullWriter()), 'attach'),
  ];
  const endInput = () => {
    if (container.config.stdinOnce && !container.config.tty) container.closeInput();
    else close();
  };
  const input = stdin
    ? spawn(
        driver,
        copyInput(stdin, (bytes) => container.input(bytes), endInput),
        'attach',
      )
    : undefined;
  let closed: (() => void) | undefined;
  const close = () => {
    untap();
    input?.kill('detached');
    queue.close();
    errors.close();
    closed?.();
  };
  return {
    *wait(): Process<void> {
      const ended = spawn(driver, container.waitForEnd(), 'attach');
      yield* suspend<void>((resume) => {
        closed = resume;
        ended.onSettled(() => resume());
      });
      ended.kill('detached');
      close();
      for (const pump of pumps) yield* pump.join();
    },
    resize: (columns, rows) => container.resize(columns, rows),
    close,
  };
}

function closedInput(): Reader {
  const pipe = new Pipe();
  pipe.close();
  return pipe.reader;
}
