/** Waiting for the processes of a shell: in the foreground of its terminal, and for its jobs. */
import { type Process, suspend } from '../../process/process.ts';
import { type Signal, signalNumbers } from '../../process/signal.ts';
import { fork } from '../../process/task.ts';
import type { ChildProcess, ExitStatus } from '../context.ts';
import { writeText } from '../streams.ts';
import { streamsOf } from './redirect.ts';
import type { Job, ShellState } from './state.ts';

const signalTexts: Partial<Record<Signal, string>> = {
  SIGKILL: 'Killed',
  SIGTERM: 'Terminated',
  SIGSEGV: 'Segmentation fault',
  SIGHUP: 'Hangup',
  SIGQUIT: 'Quit',
};

/** Waits for processes in the foreground and gives their statuses in order; says so on stderr when a signal ended the last. */
export function* waitForeground(
  state: ShellState,
  children: readonly ChildProcess[],
  group: number | undefined,
): Process<number[]> {
  const { tty } = state.context;
  if (group !== undefined) tty?.setForeground(group);
  const statuses: ExitStatus[] = [];
  try {
    for (const child of children) statuses.push(yield* child.wait());
  } finally {
    if (group !== undefined) tty?.setForeground(state.context.pid);
  }
  const last = statuses[statuses.length - 1];
  if (last?.signal) yield* reportSignal(state, last.signal);
  return statuses.map((status) => status.code);
}

function* reportSignal(state: ShellState, signal: Signal): Process<void> {
  if (signal === 'SIGINT' && state.interactive) yield* writeText(streamsOf(state.descriptors).stderr, '\n');
  const text = signalTexts[signal];
  if (text && !state.isSubshell) yield* writeText(streamsOf(state.descriptors).stderr, `${text}\n`);
}

/** Waits for a job and gives its status; a trap interrupts the wait, as the status 128 + n says. */
export function* waitForJob(state: ShellState, job: Job): Process<number> {
  if (job.status !== undefined) return job.status;
  const task = yield* fork(job.child.wait(), 'wait');
  const interrupted = yield* suspend<boolean>((resume) => {
    task.onSettled(() => resume(false));
    state.wakeWait = () => resume(true);
  });
  state.wakeWait = undefined;
  if (!interrupted) return task.outcome?.kind === 'returned' ? task.outcome.value.code : 137;
  task.kill('interrupted');
  const [signal] = state.pendingTraps;
  return 128 + (signalNumbers[`SIG${signal}` as Signal] ?? 0);
}
