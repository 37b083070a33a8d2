import type * as corev1 from '../../api/core/v1.ts';
import { errorText } from '../../apimachinery/error-text.ts';
import { isImageReference } from '../../apimachinery/image-reference.ts';
import type { Process } from '../../process/process.ts';
import { currentDriver } from '../../process/process.ts';
import { isNotFound } from '../../apimachinery/status-error.ts';
import type { Command, Invocation } from '../command.ts';
import { deletionFlags } from '../delete-flags.ts';
import { ExitError, KubectlError } from '../errors.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { createOrUpdateAnnotation } from '../last-applied.ts';
import { metaOf, type Unstructured, withNamespace } from '../object.ts';
import {
  dryRunFlags,
  type DryRun,
  dryRunStrategy,
  fieldManagerFlag,
  printerOf,
  saveConfigFlags,
  withDryRun,
} from '../options.ts';
import { overrideFlags, withOverrides } from '../overrides.ts';
import { parseLabelPairs, parsePairs } from '../pairs.ts';
import { findOrDefaultContainer } from '../pods/containers.ts';
import { streamLog } from '../pods/log-stream.ts';
import { printFlags } from '../printers/object-printer.ts';
import { filenameFlags } from '../resource/filenames.ts';
import { Info } from '../resource/info.ts';
import { generateService } from '../service-generator.ts';
import { typedObject } from '../typed-object.ts';
import { usageError } from '../usage.ts';
import { untilWithSync } from '../waiting.ts';
import { attachToPod } from './attach.ts';
import { parseEnvPairs } from './run-env.ts';
import { recordFlags } from './metadata-command.ts';

export const run: Command = {
  use: 'run NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...]',
  group: 'beginner',
  short: 'Run a particular image on the cluster',
  long: 'Creates a pod with one container and, if asked, attaches to it.',
  example: `kubectl run web --image=nginx

# With a port and labels
kubectl run web --image=nginx --port=80 --labels="app=web,tier=front"

# Try something and throw it away
kubectl run -it --rm try --image=busybox --restart=Never -- sh

# Only show what would be created
kubectl run web --image=nginx --dry-run=client -o yaml`,
  flags: [
    ...flagSpecs(`
      annotations:array=[] attach=false command=false detach-keys='ctrl-p,ctrl-q' env:array=[] expose=false image='' image-pull-policy=''
      l/labels='' leave-stdin-open=false pod-running-timeout=1m0s port='' privileged=false q/quiet=false restart='Always' rm=false
      i/stdin=false t/tty=false
    `),
    ...filenameFlags,
    ...deletionFlags,
    ...printFlags,
    ...dryRunFlags,
    ...saveConfigFlags,
    ...recordFlags,
    ...overrideFlags,
    ...fieldManagerFlag('kubectl-run'),
  ],
  required: ['image'],
  plainUseLine: true,
  run: runRun,
};

interface Settings {
  readonly name: string;
  readonly attach: boolean;
  readonly remove: boolean;
}

/** Upstream: kubectl/pkg/cmd/run/run.go RunOptions.Run (v1.36) */
function* runRun(invocation: Invocation): Process<void> {
  const { flags } = invocation;
  const dryRun = yield* dryRunStrategy(invocation);
  const print = printerOf(invocation, withDryRun('created', dryRun));
  const settings = checkSettings(invocation, dryRun);
  const pod = yield* createGenerated(invocation, withOverrides(flags, generatePod(invocation, settings.name)), dryRun);
  const created: Unstructured[] = [pod];
  let failure: unknown;
  if (flags.bool('expose')) {
    try {
      const service = yield* createGenerated(invocation, serviceFor(invocation, settings.name), dryRun);
      yield* print(service, { typed: true });
      if (flags.string('output') === 'yaml') yield* invocation.out.line('---');
      created.push(service);
    } catch (error) {
      failure = error;
    }
  }
  if (!settings.attach) {
    yield* print(pod, { typed: true });
    if (failure !== undefined) throw failure;
    return;
  }
  try {
    yield* attachAndWait(invocation, pod);
  } finally {
    if (settings.remove) yield* removeAll(invocation, created);
  }
}

/** @throws KubectlError for what does not fit together */
function checkSettings({ flags, args, path }: Invocation, dryRun: DryRun): Settings {
  const [name] = args;
  if (name === undefined || flags.argsBeforeDash === 0) throw usageError(path, 'NAME is required for run');
  const image = flags.string('image');
  const [stdin, tty, remove] = [flags.bool('stdin'), flags.bool('tty'), flags.bool('rm')];
  const attach = flags.changed('attach') ? flags.bool('attach') : stdin;
  if (image === '') throw new KubectlError('--image is required');
  if (!isImageReference(image)) {
    throw new KubectlError(`Invalid image name ${JSON.stringify(image)}: invalid reference format`);
  }
  if (tty && !stdin) throw usageError(path, '-i/--stdin is required for containers with -t/--tty=true');
  if (flags.bool('expose') && flags.string('port') === '') {
    throw usageError(path, '--port must be set when exposing a service');
  }
  const restart = flags.string('restart');
  if (!['', 'Always', 'OnFailure', 'Never'].includes(restart)) {
    throw usageError(path, `invalid restart policy: ${restart}`);
  }
  if (remove && !attach) throw usageError(path, '--rm should only be used for attached containers');
  if (attach && dryRun !== 'none') {
    throw usageError(
      path,
      "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
    );
  }
  const pull = flags.string('image-pull-policy');
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(pull)) {
    throw usageError(path, `invalid image pull policy: ${pull}`);
  }
  return { name, attach, remove };
}

/** Upstream: kubectl/pkg/generate/versioned/run.go BasicPod (v1.36). @throws KubectlError */
function generatePod({ flags, args }: Invocation, name: string): Unstructured {
  const [stdin, tty] = [flags.bool('stdin'), flags.bool('tty')];
  const env = parseEnvPairs(flags.strings('env'));
  const annotations = parsePairs(flags.strings('annotations'), 'annotations', false).set;
  const labels = flags.string('labels');
  const words = args.slice(1);
  const port = flags.string('port');
  if (port !== '' && !/^[-+]?\d+$/.test(port)) {
    throw new KubectlError(`strconv.Atoi: parsing ${JSON.stringify(port)}: invalid syntax`);
  }
  const pull = flags.string('image-pull-policy');
  const container = {
    name,
    image: flags.string('image'),
    ...(words.length === 0 ? {} : flags.bool('command') ? { command: words } : { args: words }),
    ...(port === '' ? {} : { ports: [{ containerPort: Number(port) }] }),
    ...(env.length === 0 ? {} : { env }),
    resources: {},
    ...(pull === '' ? {} : { imagePullPolicy: pull }),
    ...(flags.bool('privileged') ? { securityContext: { privileged: true } } : {}),
    ...(stdin ? { stdin } : {}),
    ...(stdin && !flags.bool('leave-stdin-open') ? { stdinOnce: true } : {}),
    ...(tty ? { tty } : {}),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      labels: labels === '' ? { run: name } : parseLabelPairs(labels),
      ...(annotations.size === 0 ? {} : { annotations: Object.fromEntries(annotations) }),
    },
    spec: {
      containers: [container],
      restartPolicy: flags.string('restart') || 'Always',
      dnsPolicy: 'ClusterFirst',
    },
  };
}

function serviceFor({ flags }: Invocation, name: string): Unstructured {
  const labels = flags.string('labels');
  return generateService({
    name,
    selector: labels === '' ? `run=${name}` : labels,
    labels,
    ports: flags.string('port'),
    protocol: '',
    protocols: new Map(),
    targetPort: '',
    externalIP: '',
    type: '',
    loadBalancerIP: '',
    sessionAffinity: '',
    clusterIP: '',
  });
}

function* createGenerated({ flags, factory }: Invocation, object: Unstructured, dryRun: DryRun): Process<Unstructured> {
  const typed = typedObject(object);
  if (dryRun === 'client') return factory.namespaceIsExplicit ? withNamespace(typed, factory.namespace) : typed;
  const mapping = yield* factory.mapping('', 'v1', object.kind ?? '');
  const helper = factory.helper(mapping, {
    dryRun: dryRun === 'server',
    fieldManager: flags.string('field-manager'),
  });
  return yield* helper.create(factory.namespace, createOrUpdateAnnotation(flags.bool('save-config'), typed, true));
}

/** Attaches once the pod runs, or shows what it wrote, and ends with its exit code. Upstream: run.go handleAttachPod (v1.36) */
function* attachAndWait(invocation: Invocation, object: Unstructured): Process<void> {
  const { flags, factory, err } = invocation;
  const mapping = yield* factory.mapping('', 'v1', 'Pod');
  const { name = '', namespace = '' } = metaOf(object);
  const info = new Info(factory, { mapping, name, namespace, object });
  const driver = yield* currentDriver();
  const deadline = driver.now() + flags.duration('pod-running-timeout');
  const wait = function* (check: (pod: corev1.Pod) => boolean): Process<corev1.Pod> {
    const { object: found } = yield* untilWithSync(info, deadline, {
      check: (one) => check(one as unknown as corev1.Pod),
      missing: 'error',
      deletedEnds: false,
    });
    return found as unknown as corev1.Pod;
  };
  const pod = yield* wait((one) => isOver(one) || isReady(one));
  if (isOver(pod)) yield* showLogs(invocation, pod);
  else {
    try {
      yield* attachToPod(invocation, pod, '');
    } catch (error) {
      if (error instanceof ExitError) throw error;
      yield* err.line(`warning: couldn't attach to pod/${name}, falling back to streaming logs: ${errorText(error)}`);
      yield* showLogs(invocation, pod);
    }
  }
  const restart = flags.string('restart');
  if (flags.bool('leave-stdin-open') || (restart !== 'Never' && restart !== 'OnFailure')) return;
  const ended = yield* wait((one) => (restart === 'Never' ? isOver(one) : one.status?.phase === 'Succeeded'));
  checkExit(ended);
}

const isOver = ({ status }: corev1.Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';
const isReady = ({ status }: corev1.Pod): boolean =>
  status?.phase === 'Running' &&
  (status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false);

function* showLogs({ factory, out }: Invocation, pod: corev1.Pod): Process<void> {
  const { namespace = '', name = '' } = pod.metadata ?? {};
  const { container } = findOrDefaultContainer(pod, '');
  const path = `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(name)}/log?container=${container.name}`;
  yield* streamLog(factory.rest, { path, prefix: '' }, out);
}

/** @throws ExitError with the container's code */
function checkExit({ metadata, status }: corev1.Pod): void {
  if (status?.phase !== 'Failed') return;
  const name = `pod ${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;
  const terminated = status.containerStatuses?.[0]?.state?.terminated;
  if (terminated === undefined || terminated.exitCode === 0) {
    throw new KubectlError(`${name} failed with unknown exit code`);
  }
  throw new ExitError(
    terminated.exitCode,
    `${name} terminated (${terminated.reason ?? ''})\n${terminated.message ?? ''}`,
  );
}

function* removeAll({ factory, flags, out }: Invocation, objects: readonly Unstructured[]): Process<void> {
  for (const object of objects) {
    const mapping = yield* factory.mapping('', 'v1', object.kind ?? '');
    const { name = '', namespace = '' } = metaOf(object);
    try {
      yield* factory.helper(mapping).delete(namespace, name, { propagationPolicy: 'Background' });
      if (!flags.bool('quiet')) {
        yield* out.line(
          `${mapping.singular || mapping.kind.toLowerCase()} "${name}" deleted from ${namespace} namespace`,
        );
      }
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
