import { errorText } from '../../apimachinery/error-text.ts';
import type * as corev1 from '../../api/core/v1.ts';
import type { Process } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { KubectlError } from '../errors.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { findOrDefaultContainer } from '../pods/containers.ts';
import { podsOf } from '../pods/find-pod.ts';
import { streamCommand } from '../pods/remote-command.ts';
import { podPath, setupTty } from './exec.ts';

export const attach: Command = {
  use: 'attach (POD | TYPE/NAME) -c CONTAINER',
  group: 'debug',
  short: 'Attach to a running container',
  long: 'Connects to the process that already runs in a container.',
  example: `kubectl attach web

# With a terminal
kubectl attach web -c main -it`,
  flags: flagSpecs(`
    c/container='' detach-keys='ctrl-p,ctrl-q' pod-running-timeout=1m0s q/quiet=false i/stdin=false t/tty=false
  `),
  plainUseLine: true,
  completion: 'pod-or-workload',
  run: runAttach,
};

function* runAttach(invocation: Invocation): Process<void> {
  const { flags, args, factory } = invocation;
  const [first, second] = args;
  if (first === undefined) throw new KubectlError('at least 1 argument is required for attach');
  if (args.length > 2) {
    throw new KubectlError(
      `expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${args.length}: [${args.join(' ')}]`,
    );
  }
  const timeoutMs = flags.duration('pod-running-timeout');
  if (timeoutMs <= 0) throw new KubectlError('--pod-running-timeout must be higher than zero');
  const builder = factory.builder().namespaceParam(factory.namespace).defaultNamespace();
  if (second === undefined) builder.resourceNames('pods', first);
  else builder.resourceNames(first, second);
  const object = yield* (yield* builder.do()).object();
  const [pod] = yield* podsOf(factory, object, { verb: 'attach to', timeoutMs });
  if (pod === undefined) throw new KubectlError('no pod found');
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed') {
    throw new KubectlError(`cannot attach a container in a completed pod; current phase is ${phase}`);
  }
  yield* attachToPod(invocation, pod, flags.string('container'));
}

/** Upstream: kubectl/pkg/cmd/attach/attach.go AttachOptions.Run (v1.36) */
export function* attachToPod(invocation: Invocation, pod: corev1.Pod, name: string): Process<void> {
  const { flags, factory, err, out } = invocation;
  const quiet = flags.bool('quiet');
  const { container, notice } = chosen(pod, name);
  if (!quiet) yield* err.print(notice);
  const wantsTty = flags.bool('tty');
  if (wantsTty && !container.tty && !quiet) {
    yield* err.line(`error: Unable to use a TTY - container ${container.name} did not allocate one`);
  }
  const stdin = flags.bool('stdin');
  const tty =
    container.tty === true && stdin && (wantsTty ? yield* setupTty(invocation) : factory.context.tty !== undefined);
  if (!quiet) {
    yield* err.line(
      'All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.',
    );
    yield* err.line("If you don't see a command prompt, try pressing enter.");
  }
  const query = [
    ['container', container.name],
    ...(stdin ? [['stdin', 'true']] : []),
    ['stdout', 'true'],
    ...(tty ? [['tty', 'true']] : [['stderr', 'true']]),
  ];
  yield* streamCommand(factory, podPath(pod.metadata ?? {}, 'attach', query), { stdin, tty });
  if (quiet || !stdin || !tty) return;
  const { name: podName = '', namespace = '' } = pod.metadata ?? {};
  const command = `kubectl attach ${podName} -c ${container.name} -n ${namespace} -i -t`;
  const ephemeral = pod.spec?.ephemeralContainers?.some((one) => one.name === container.name);
  yield* out.line(
    ephemeral
      ? `Session ended, the ephemeral container will not be restarted but may be reattached using '${command}' if it is still running`
      : `Session ended, resume using '${command}' command`,
  );
}

function chosen(pod: corev1.Pod, name: string): ReturnType<typeof findOrDefaultContainer> {
  try {
    return findOrDefaultContainer(pod, name);
  } catch (error) {
    throw new KubectlError(`cannot attach to the container: ${errorText(error)}`);
  }
}
