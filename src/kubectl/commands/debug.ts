import { errorText } from '../../apimachinery/error-text.ts';
import type * as corev1 from '../../api/core/v1.ts';
import { currentDriver, type Process } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { copyForDebugging, debugContainer, nodeDebugPod } from '../debug-pods.ts';
import { ExitError, KubectlError } from '../errors.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import type { Unstructured } from '../object.ts';
import { streamLog } from '../pods/log-stream.ts';
import { Info } from '../resource/info.ts';
import { untilWithSync } from '../waiting.ts';
import { attachToPod } from './attach.ts';

const attachTimeoutMs = 60_000;

export const debug: Command = {
  use: 'debug (POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]',
  group: 'debug',
  short: 'Create debugging sessions for troubleshooting workloads and nodes',
  long: `Looks into what runs, with tools of your own.

 What it does depends on what is named:

  *  a pod: an ephemeral container is added to it
  *  a pod, with --copy-to: a copy of it is made, changed as asked
  *  a node: a pod is started there that sees the node's files under /host and its processes`,
  example: `# A shell beside what runs in a pod
kubectl debug web -it --image=busybox

# A copy with another image
kubectl debug web --copy-to=web-debug --set-image=*=busybox

# A node
kubectl debug node/node-1 -it --image=busybox`,
  flags: flagSpecs(`
    arguments-only=false attach=false c/container='' copy-to='' custom='' env:map=[] f/filename=[] image='' image-pull-policy=''
    keep-annotations=false keep-init-containers=true keep-labels=false keep-liveness=false keep-readiness=false
    keep-startup=false profile='general' q/quiet=false replace=false same-node=false set-image:map=[] share-processes=true
    i/stdin=false target='' t/tty=false
  `),
  plainUseLine: true,
  completion: 'resource-type-and-name',
  run: runDebug,
};

/** Upstream: kubectl/pkg/cmd/debug/debug.go (v1.36) */
function* runDebug(invocation: Invocation): Process<void> {
  const { flags, args, factory, out } = invocation;
  const dash = flags.argsBeforeDash;
  const names = dash >= 0 ? args.slice(0, dash) : args;
  check(invocation, names);
  const target = flags.string('target');
  if (target !== '' && !flags.bool('quiet')) {
    yield* out.line(
      `Targeting container ${JSON.stringify(target)}. If you don't see processes from this container it may be because the container runtime doesn't support this feature.`,
    );
  }
  const builder = factory
    .builder()
    .filenameParam(factory.namespaceIsExplicit, {
      filenames: flags.strings('filename'),
      kustomize: '',
      recursive: false,
    })
    .namespaceParam(factory.namespace)
    .defaultNamespace()
    .resourceNames('pods', ...names);
  const attach = flags.changed('attach') ? flags.bool('attach') : flags.bool('stdin');
  const command = dash >= 0 ? args.slice(dash) : [];
  yield* (yield* builder.do()).visit(function* (info) {
    const { pod, container } = yield* startDebugging(invocation, info, command);
    if (attach && container !== '') yield* attachWhenRunning(invocation, pod, container);
  });
}

/** @throws KubectlError for what does not fit together */
function check({ flags }: Invocation, names: readonly string[]): void {
  const [image, copyTo] = [flags.string('image'), flags.string('copy-to')];
  const fail = (text: string): never => {
    throw new KubectlError(text);
  };
  const dash = flags.argsBeforeDash;
  const hasArgs = dash >= 0 && flags.args.length > dash;
  const setsImages = flags.strings('set-image').length > 0;
  if (copyTo !== '') {
    if (image === '' && !setsImages && !hasArgs) fail('you must specify --image, --set-image or command arguments.');
    if (hasArgs && flags.string('container') === '' && image === '') {
      fail('you must specify an existing container or a new image when specifying args.');
    }
  } else if (flags.bool('replace')) fail('--replace may only be used with --copy-to.');
  else if (flags.bool('same-node')) fail('--same-node may only be used with --copy-to.');
  else if (setsImages) fail('--set-image may only be used with --copy-to.');
  else if (image === '') fail('you must specify --image when not using --copy-to.');
  if (names.length === 0 && flags.strings('filename').length === 0) fail('NAME or filename is required for debug');
  const pull = flags.string('image-pull-policy');
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(pull)) fail(`invalid image pull policy: ${pull}`);
  if (flags.string('target') !== '' && copyTo !== '') {
    fail('--target is incompatible with --copy-to. Use --share-processes instead.');
  }
  if (flags.bool('tty') && !flags.bool('stdin')) fail('-i/--stdin is required for containers with -t/--tty=true');
}

interface Started {
  readonly pod: corev1.Pod;
  readonly container: string;
}

function* startDebugging(invocation: Invocation, info: Info, command: readonly string[]): Process<Started> {
  const { flags, factory, out } = invocation;
  const pods = yield* factory.mapping('', 'v1', 'Pod');
  const say = function* (text: string): Process<void> {
    if (!flags.bool('quiet')) yield* out.line(text);
  };
  if (info.served.kind === 'Node' && info.served.group === '') {
    const pod = nodeDebugPod(invocation, info.name, command);
    const container = pod.spec.containers[0]?.name ?? '';
    yield* say(`Creating debugging pod ${pod.metadata.name} with container ${container} on node ${info.name}.`);
    const created = yield* factory.helper(pods).create(factory.namespace, pod as unknown as Unstructured);
    return { pod: created as unknown as corev1.Pod, container };
  }
  if (info.served.kind !== 'Pod' || info.served.group !== '') {
    const { group, version, kind } = info.served;
    throw new KubectlError(`${JSON.stringify(`${group}/${version}, Kind=${kind}`)} not supported by debug`);
  }
  const pod = info.object as unknown as corev1.Pod;
  if (flags.string('copy-to') !== '') {
    const { copy, container, defaulted } = copyForDebugging(invocation, pod, command);
    if (defaulted) yield* say(`Defaulting debug container name to ${container}.`);
    const created = yield* factory.helper(pods).create(info.namespace, copy as unknown as Unstructured);
    if (flags.bool('replace')) yield* factory.helper(pods).delete(info.namespace, info.name);
    return { pod: created as unknown as corev1.Pod, container };
  }
  const { container, defaulted } = debugContainer(invocation, pod, command);
  if (defaulted) yield* say(`Defaulting debug container name to ${container.name}.`);
  const helper = info.helper({ subresource: 'ephemeralcontainers' });
  const patch = { spec: { ephemeralContainers: [container] } };
  const patched = yield* helper.patch(info.namespace, info.name, 'strategic', patch);
  return { pod: patched as unknown as corev1.Pod, container: container.name };
}

function* attachWhenRunning(invocation: Invocation, { metadata }: corev1.Pod, container: string): Process<void> {
  const { factory, err, out } = invocation;
  const mapping = yield* factory.mapping('', 'v1', 'Pod');
  const { name = '', namespace = '' } = metadata;
  const info = new Info(factory, { mapping, name, namespace });
  const stateOf = ({ status }: corev1.Pod): corev1.ContainerState | undefined =>
    [
      ...(status?.initContainerStatuses ?? []),
      ...(status?.containerStatuses ?? []),
      ...(status?.ephemeralContainerStatuses ?? []),
    ].find((one) => one.name === container)?.state;
  const driver = yield* currentDriver();
  const { object } = yield* untilWithSync(info, driver.now() + attachTimeoutMs, {
    check: (one) => {
      const state = stateOf(one as unknown as corev1.Pod);
      return state?.running !== undefined || state?.terminated !== undefined;
    },
    missing: 'error',
    deletedEnds: false,
  });
  const pod = object as unknown as corev1.Pod;
  const path = `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(name)}/log?container=${container}`;
  if (stateOf(pod)?.terminated) return yield* streamLog(factory.rest, { path, prefix: '' }, out);
  try {
    yield* attachToPod(invocation, pod, container);
  } catch (error) {
    if (error instanceof ExitError) throw error;
    yield* err.line(`warning: couldn't attach to pod/${name}, falling back to streaming logs: ${errorText(error)}`);
    yield* streamLog(factory.rest, { path, prefix: '' }, out);
  }
}
