import type * as appsv1 from '../../../api/apps/v1.ts';
import { quote } from '../../../apimachinery/go-format.ts';
import { currentDriver, type Process, sleep } from '../../../process/process.ts';
import type { Command, Invocation } from '../../command.ts';
import { KubectlError } from '../../errors.ts';
import { flagSpecs } from '../../flags/flag-spec.ts';
import { itemsOf, metaOf, type Unstructured } from '../../object.ts';
import type { Info } from '../../resource/info.ts';
import { watchSingle } from '../../resource/result.ts';
import type { RestMapping } from '../../rest/discovery.ts';
import { receiveBefore } from '../../waiting.ts';
import { rolloutFlags, rolloutTargets } from './rollout-support.ts';

export const rolloutStatus: Command = {
  use: 'status (TYPE NAME | TYPE/NAME) [flags]',
  short: 'Show the status of the rollout',
  long: 'Follows a rollout until it is done; with --watch=false it only says how far it is. With --revision=N it ends with an error as soon as another revision takes over.',
  example: 'kubectl rollout status deployment/web',
  flags: [...rolloutFlags, ...flagSpecs('revision=0 timeout=0s w/watch=true')],
  plainUseLine: true,
  completion: 'resource-type-and-name',
  run: runStatus,
};

interface Status {
  readonly text: string;
  readonly done: boolean;
}
type StatusViewer = (object: Unstructured, revision: number) => Status;

const waiting = (text: string): Status => ({ text: `${text}\n`, done: false });
const done = (text: string): Status => ({ text: `${text}\n`, done: true });

const viewers: Readonly<Record<string, StatusViewer>> = {
  'Deployment.apps': (object, revision) => deploymentStatus(object as unknown as appsv1.Deployment, revision),
  'DaemonSet.apps': (object) => daemonSetStatus(object as unknown as appsv1.DaemonSet),
  'StatefulSet.apps': (object) => statefulSetStatus(object as unknown as appsv1.StatefulSet),
};

function* runStatus(invocation: Invocation): Process<void> {
  const { factory, err } = invocation;
  const result = yield* rolloutTargets(invocation);
  let found = false;
  yield* result.visit(function* (info) {
    found = true;
    yield* follow(invocation, info, viewerFor(info.served));
  });
  if (!found) yield* err.line(`No resources found in ${factory.namespace} namespace.`);
}

function viewerFor({ kind, group }: RestMapping): StatusViewer {
  const name = group === '' ? kind : `${kind}.${group}`;
  const viewer = Object.hasOwn(viewers, name) ? viewers[name] : undefined;
  if (viewer === undefined) throw new KubectlError(`no status viewer has been implemented for ${name}`);
  return viewer;
}

/** Prints the status with each change until it is done. */
function* follow({ flags, out }: Invocation, info: Info, viewer: StatusViewer): Process<void> {
  const driver = yield* currentDriver();
  const timeoutMs = flags.duration('timeout');
  const deadline = timeoutMs === 0 ? Number.POSITIVE_INFINITY : driver.now() + timeoutMs;
  const show = function* (object: Unstructured): Process<boolean> {
    const status = viewer(object, flags.int('revision'));
    yield* out.print(status.text);
    return status.done || !flags.bool('watch');
  };
  for (;;) {
    const list = yield* info.helper().list(info.namespace, { fieldSelector: `metadata.name=${info.name}` });
    const [object] = itemsOf(list);
    if (object !== undefined && (yield* show(object))) return;
    const watch = watchSingle(info, metaOf(list).resourceVersion ?? '');
    try {
      for (;;) {
        const message = yield* receiveBefore(watch.events, deadline);
        if (message === 'timeout') throw new KubectlError('timed out waiting for the condition');
        if (message === undefined || message.type === 'END') break;
        if (message.type === 'DELETED') throw new KubectlError('object has been deleted');
        if (message.type !== 'ADDED' && message.type !== 'MODIFIED') continue;
        if (yield* show(message.object as Unstructured)) return;
      }
    } finally {
      watch.stop();
    }
    yield* sleep(100);
  }
}

/** Upstream: kubectl/pkg/polymorphichelpers/rollout_status.go DeploymentStatusViewer (v1.36). @throws KubectlError */
function deploymentStatus({ metadata, spec, status }: appsv1.Deployment, revision: number): Status {
  const name = quote(metadata?.name ?? '');
  if (revision > 0) {
    const running = Number(metadata?.annotations?.['deployment.kubernetes.io/revision'] ?? '0');
    if (running !== revision) {
      throw new KubectlError(`desired revision (${revision}) is different from the running revision (${running})`);
    }
  }
  if ((metadata?.generation ?? 0) > (status?.observedGeneration ?? 0)) {
    return waiting('Waiting for deployment spec update to be observed...');
  }
  const progressing = status?.conditions?.find(({ type }) => type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') {
    throw new KubectlError(`deployment ${name} exceeded its progress deadline`);
  }
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status ?? {};
  const prefix = `Waiting for deployment ${name} rollout to finish:`;
  if (spec?.replicas !== undefined && updatedReplicas < spec.replicas) {
    return waiting(`${prefix} ${updatedReplicas} out of ${spec.replicas} new replicas have been updated...`);
  }
  if (replicas > updatedReplicas) {
    return waiting(`${prefix} ${replicas - updatedReplicas} old replicas are pending termination...`);
  }
  if (availableReplicas < updatedReplicas) {
    return waiting(`${prefix} ${availableReplicas} of ${updatedReplicas} updated replicas are available...`);
  }
  return done(`deployment ${name} successfully rolled out`);
}

function checkRolling(type: string | undefined): void {
  if (type !== 'RollingUpdate') {
    throw new KubectlError('rollout status is only available for RollingUpdate strategy type');
  }
}

/** Upstream: rollout_status.go DaemonSetStatusViewer (v1.36). @throws KubectlError */
function daemonSetStatus({ metadata, spec, status }: appsv1.DaemonSet): Status {
  checkRolling(spec?.updateStrategy?.type);
  const name = quote(metadata?.name ?? '');
  if ((metadata?.generation ?? 0) > (status?.observedGeneration ?? 0)) {
    return waiting('Waiting for daemon set spec update to be observed...');
  }
  const { updatedNumberScheduled = 0, desiredNumberScheduled = 0, numberAvailable = 0 } = status ?? {};
  const prefix = `Waiting for daemon set ${name} rollout to finish:`;
  if (updatedNumberScheduled < desiredNumberScheduled) {
    return waiting(
      `${prefix} ${updatedNumberScheduled} out of ${desiredNumberScheduled} new pods have been updated...`,
    );
  }
  if (numberAvailable < desiredNumberScheduled) {
    return waiting(`${prefix} ${numberAvailable} of ${desiredNumberScheduled} updated pods are available...`);
  }
  return done(`daemon set ${name} successfully rolled out`);
}

/** Upstream: rollout_status.go StatefulSetStatusViewer (v1.36). @throws KubectlError */
function statefulSetStatus({ metadata, spec, status }: appsv1.StatefulSet): Status {
  checkRolling(spec?.updateStrategy?.type);
  const observed = status?.observedGeneration ?? 0;
  if (observed === 0 || (metadata?.generation ?? 0) > observed) {
    return waiting('Waiting for statefulset spec update to be observed...');
  }
  const { readyReplicas = 0, updatedReplicas = 0, currentReplicas = 0 } = status ?? {};
  const { updateRevision = '', currentRevision = '' } = status ?? {};
  if (spec?.replicas !== undefined && readyReplicas < spec.replicas) {
    return waiting(`Waiting for ${spec.replicas - readyReplicas} pods to be ready...`);
  }
  const rolling = spec?.updateStrategy?.rollingUpdate;
  if (rolling) {
    const wanted = (spec?.replicas ?? 0) - (rolling.partition ?? 0);
    if (spec?.replicas !== undefined && rolling.partition !== undefined && updatedReplicas < wanted) {
      return waiting(
        `Waiting for partitioned roll out to finish: ${updatedReplicas} out of ${wanted} new pods have been updated...`,
      );
    }
    return done(`partitioned roll out complete: ${updatedReplicas} new pods have been updated...`);
  }
  if (updateRevision !== currentRevision) {
    return waiting(
      `waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${updateRevision}...`,
    );
  }
  return done(`statefulset rolling update complete ${currentReplicas} pods at revision ${currentRevision}...`);
}
