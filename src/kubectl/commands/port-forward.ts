import { errorText } from '../../apimachinery/error-text.ts';
import type * as corev1 from '../../api/core/v1.ts';
import type { Process } from '../../process/process.ts';
import { fork, type Task } from '../../process/task.ts';
import type { Listener } from '../../shell/network-stack.ts';
import type { Command, Invocation } from '../command.ts';
import { KubectlError } from '../errors.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { listen } from '../listening.ts';
import { podsOf } from '../pods/find-pod.ts';
import { type ForwardedPort, forwardedPorts } from '../pods/forwarded-ports.ts';
import { tunnelConnection } from '../pods/port-tunnel.ts';
import { usageError } from '../usage.ts';

export const portForward: Command = {
  use: 'port-forward TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]',
  group: 'debug',
  short: 'Forward one or more local ports to a pod',
  long: 'Carries connections from ports here to ports of one pod. A deployment or a service stands for one of its pods; when that pod ends, so does the forwarding.',
  example: `# The same port
kubectl port-forward pod/web 8080

# Another one here
kubectl port-forward service/web 8443:https

# Any free one here
kubectl port-forward pod/web :5000`,
  flags: flagSpecs('address=[localhost] pod-running-timeout=1m0s'),
  plainUseLine: true,
  completion: 'pod-or-workload',
  run: runPortForward,
};

/** Upstream: kubectl/pkg/cmd/portforward/portforward.go (v1.36) */
function* runPortForward(invocation: Invocation): Process<void> {
  const { flags, args, factory, path } = invocation;
  const [name, ...ports] = args;
  if (name === undefined || ports.length === 0) {
    throw usageError(path, 'TYPE/NAME and list of ports are required for port-forward');
  }
  const builder = factory.builder().continueOnError().namespaceParam(factory.namespace).defaultNamespace();
  const object = yield* (yield* builder.resourceNames('pods', name).do()).object();
  const timeoutMs = flags.duration('pod-running-timeout');
  const [pod] = yield* podsOf(factory, object, { verb: 'attach to', timeoutMs });
  if (pod === undefined) throw new KubectlError('pod name or resource type/name must be specified');
  const forwarded = forwardedPorts(
    ports,
    pod,
    object.kind === 'Service' ? (object as unknown as corev1.Service) : undefined,
  );
  if (pod.status?.phase !== 'Running') {
    throw new KubectlError(
      `unable to forward port because pod is not running. Current status=${pod.status?.phase ?? ''}`,
    );
  }
  const listeners = yield* openListeners(invocation, forwarded);
  const tasks: Task<void>[] = [];
  try {
    for (const { listener, remote } of listeners) {
      tasks.push(yield* fork(acceptAll(invocation, listener, pod, remote), 'port-forward'));
    }
    for (const task of tasks) yield* task.join();
  } finally {
    for (const { listener } of listeners) listener.close();
    for (const task of tasks) task.kill('port-forward ended');
  }
}

interface Open {
  readonly listener: Listener;
  readonly remote: number;
}

function* openListeners(invocation: Invocation, ports: readonly ForwardedPort[]): Process<Open[]> {
  const { flags, out, err } = invocation;
  const open: Open[] = [];
  for (const { local, remote } of ports) {
    let opened = 0;
    for (const ip of addressesOf(flags.strings('address'))) {
      try {
        const listener = yield* listen(invocation, local, ip);
        const shown = ip.includes(':') ? `[${ip}]` : ip;
        yield* out.line(`Forwarding from ${shown}:${listener.address.port} -> ${remote}`);
        open.push({ listener, remote });
        opened++;
      } catch (error) {
        yield* err.line(`Unable to listen on port ${local}: ${errorText(error)}`);
      }
    }
    if (opened === 0) {
      throw new KubectlError(
        `unable to listen on any of the requested ports: [{${ports.map((one) => `${one.local} ${one.remote}`).join('} {')}}]`,
      );
    }
  }
  return open;
}

function addressesOf(words: readonly string[]): string[] {
  return words.flatMap((word) => (word === 'localhost' ? ['127.0.0.1', '::1'] : [word]));
}

function* acceptAll(
  { factory, out, err }: Invocation,
  listener: Listener,
  pod: corev1.Pod,
  remote: number,
): Process<void> {
  for (let connection = yield* listener.accept(); connection !== undefined; connection = yield* listener.accept()) {
    yield* out.line(`Handling connection for ${listener.address.port}`);
    yield* fork(tunnelConnection({ factory, pod, port: remote, connection, err }), 'connection');
  }
}
