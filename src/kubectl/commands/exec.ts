import type { Process } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { KubectlError } from '../errors.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { isList } from '../object.ts';
import { findContainer, findOrDefaultContainer, notValidContainer } from '../pods/containers.ts';
import { podsOf } from '../pods/find-pod.ts';
import { streamCommand } from '../pods/remote-command.ts';
import { usageError } from '../usage.ts';

export const exec: Command = {
  use: 'exec (POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]',
  group: 'debug',
  short: 'Execute a command in a container',
  long: 'Runs a command in a container that is running.',
  example: `# In the first container
kubectl exec web -- date

# A shell
kubectl exec -it web -c main -- sh

# In the first pod of a deployment
kubectl exec deploy/web -- date`,
  flags: flagSpecs(`
    c/container='' f/filename=[] pod-running-timeout=1m0s q/quiet=false i/stdin=false t/tty=false
  `),
  plainUseLine: true,
  completion: 'pod-or-workload',
  run: runExec,
};

/** Upstream: kubectl/pkg/cmd/exec/exec.go ExecOptions.Run (v1.36) */
function* runExec(invocation: Invocation): Process<void> {
  const { flags, args, factory, err, path } = invocation;
  const dash = flags.argsBeforeDash;
  const files = flags.strings('filename');
  if (dash < 0 && (args.length > 1 || (args.length > 0 && files.length > 0))) {
    throw usageError(path, 'exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead');
  }
  const name = dash === 0 ? undefined : args[0];
  const command = dash < 0 ? [] : args.slice(dash);
  if (name === undefined && files.length === 0) {
    throw new KubectlError('pod, type/name or --filename must be specified');
  }
  if (command.length === 0) throw new KubectlError('you must specify at least one command for the container');
  const builder = factory
    .builder()
    .filenameParam(factory.namespaceIsExplicit, { filenames: files, kustomize: '', recursive: false })
    .namespaceParam(factory.namespace)
    .defaultNamespace();
  if (name !== undefined) builder.resourceNames('pods', name);
  const object = yield* (yield* builder.do()).object();
  if (isList(object)) throw new KubectlError('cannot exec into multiple objects at a time');
  const [pod] = yield* podsOf(factory, object, { verb: 'attach to', timeoutMs: flags.duration('pod-running-timeout') });
  if (pod === undefined) throw new KubectlError('no pod found');
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed') {
    throw new KubectlError(`cannot exec into a container in a completed pod; current phase is ${phase}`);
  }
  const wanted = flags.string('container');
  if (wanted !== '' && findContainer(pod, wanted) === undefined) throw notValidContainer(pod, wanted);
  const { container, notice } = findOrDefaultContainer(pod, wanted);
  if (!flags.bool('quiet')) yield* err.print(notice);
  const tty = yield* setupTty(invocation);
  const stdin = flags.bool('stdin');
  const query = [
    ['container', container.name],
    ...command.map((word) => ['command', word]),
    ...(stdin ? [['stdin', 'true']] : []),
    ['stdout', 'true'],
    ...(tty ? [['tty', 'true']] : [['stderr', 'true']]),
  ];
  yield* streamCommand(factory, podPath(pod.metadata ?? {}, 'exec', query), { stdin, tty });
}

/** The path of a pod's streaming subresource. */
export function podPath(
  { namespace = '', name = '' }: { readonly namespace?: string; readonly name?: string },
  subresource: string,
  query: readonly (readonly string[])[],
): string {
  const words = query.map(([key = '', value = '']) => `${key}=${encodeURIComponent(value)}`);
  return `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(name)}/${subresource}?${words.join('&')}`;
}

/** Whether there is a terminal on both sides; says so when it was asked for in vain. */
export function* setupTty({ flags, context, err }: Invocation): Process<boolean> {
  if (!flags.bool('stdin') || !flags.bool('tty')) return false;
  if (context.tty !== undefined) return true;
  if (!flags.bool('quiet')) {
    yield* err.line('Unable to use a TTY - input is not a terminal or the right kind of file');
  }
  return false;
}
