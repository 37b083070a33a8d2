import type * as corev1 from '../../api/core/v1.ts';
import { errorText } from '../../apimachinery/error-text.ts';
import { formatDuration } from '../../apimachinery/duration.ts';
import { isForbidden, isNotFound, StatusError } from '../../apimachinery/status-error.ts';
import { parseSelector } from '../../apimachinery/labels.ts';
import { all } from '../../process/combinators.ts';
import { currentDriver, type Process, sleep } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { listAll } from '../describe/session.ts';
import { AggregateKubectlError, KubectlError, throwAll } from '../errors.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { type DryRun, dryRunFlags, dryRunStrategy, withDryRun } from '../options.ts';
import type { Info } from '../resource/info.ts';
import { printOperation, selectNodes, setSchedulable } from './cordon.ts';
import { judgePods, type PodsToDelete } from './drain-filters.ts';

/** Go's longest duration: what no timeout means. */
const foreverText = '2562047h47m16.854775807s';
const retryMs = 5000;

export const drain: Command = {
  use: 'drain NODE',
  group: 'cluster',
  short: 'Drain node in preparation for maintenance',
  long: 'Cordons a node and evicts its pods, or deletes them where eviction is not served. Disruption budgets are respected. Pods of daemon sets stay; they stop the command unless --ignore-daemonsets is given, as pods without a controller do without --force and pods with local data without --delete-emptydir-data.',
  example: `kubectl drain node-1 --ignore-daemonsets

# Pods without a controller, too, with a quarter of an hour for each
kubectl drain node-1 --force --grace-period=900`,
  flags: [
    ...flagSpecs(`
      chunk-size=500 delete-emptydir-data=false disable-eviction=false force=false grace-period=-1 ignore-daemonsets=false
      pod-selector='' l/selector='' skip-wait-for-delete-timeout=0 timeout=0s
    `),
    ...dryRunFlags,
  ],
  plainUseLine: true,
  completion: 'node',
  run: runDrain,
};

/** Upstream: kubectl/pkg/cmd/drain/drain.go RunDrain (v1.36) */
function* runDrain(invocation: Invocation): Process<void> {
  const { flags, err } = invocation;
  const dryRun = yield* dryRunStrategy(invocation);
  try {
    parseSelector(flags.string('pod-selector'));
  } catch {
    throw new KubectlError('--pod-selector=<pod_selector> must be a valid label selector');
  }
  const nodes = yield* selectNodes(invocation, flags.int('chunk-size'));
  yield* setSchedulable(invocation, nodes, { desired: true, dryRun });
  const failures: unknown[] = [];
  const pending: string[] = [];
  for (const node of nodes) {
    try {
      yield* drainNode(invocation, node, dryRun);
      yield* printOperation(invocation, node, withDryRun('drained', dryRun));
    } catch (error) {
      yield* err.line(
        `error: unable to drain node ${JSON.stringify(node.name)} due to error: ${errorText(error)}, continuing command...`,
      );
      failures.push(error);
      pending.push(node.name);
    }
  }
  if (pending.length > 0) {
    yield* err.print(`There are pending nodes to be drained:\n${pending.map((name) => ` ${name}\n`).join('')}`);
  }
  if (failures.length > 0) throw new DrainFailure(failures);
}

/** Errors that are told without `error: ` before them. */
class DrainFailure extends AggregateKubectlError {}

function* podsToDelete(invocation: Invocation, node: string): Process<PodsToDelete> {
  const { flags, factory } = invocation;
  const pods = yield* listAll<corev1.Pod>({ factory, chunkSize: flags.int('chunk-size') }, '/api/v1/pods', {
    labelSelector: flags.string('pod-selector'),
    fieldSelector: `spec.nodeName=${node}`,
  });
  return yield* judgePods(invocation, pods);
}

function* drainNode(invocation: Invocation, { name }: Info, dryRun: DryRun): Process<void> {
  const { out, err } = invocation;
  const { pods, warnings, errors } = yield* podsToDelete(invocation, name);
  throwAll(errors);
  if (warnings !== '') yield* err.line(`Warning: ${warnings}`);
  if (dryRun === 'client') {
    for (const { metadata } of pods) {
      yield* out.line(`evicting pod ${metadata?.namespace ?? ''}/${metadata?.name ?? ''} (dry run)`);
    }
    return;
  }
  if (pods.length === 0) return;
  try {
    if (invocation.flags.bool('disable-eviction')) yield* deletePods(invocation, pods, dryRun);
    else yield* evictPods(invocation, pods, dryRun);
  } catch (error) {
    const left = yield* podsToDelete(invocation, name);
    if (left.pods.length > 0) {
      yield* err.line(
        `There are pending pods in node ${JSON.stringify(name)} when an error occurred: ${errorText(error)}`,
      );
      for (const { metadata } of left.pods) yield* err.line(`pod/${metadata?.name ?? ''}`);
    }
    throw error;
  }
}

const podPath = ({ metadata }: corev1.Pod): string =>
  `/api/v1/namespaces/${metadata?.namespace ?? ''}/pods/${encodeURIComponent(metadata?.name ?? '')}`;

function deleteOptions({ flags }: Invocation, dryRun: DryRun): object {
  const grace = flags.int('grace-period');
  return {
    ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}),
    ...(dryRun === 'server' ? { dryRun: ['All'] } : {}),
  };
}

function* evictPods(invocation: Invocation, pods: readonly corev1.Pod[], dryRun: DryRun): Process<void> {
  const driver = yield* currentDriver();
  const timeoutMs = invocation.flags.duration('timeout');
  const deadline = timeoutMs === 0 ? Number.POSITIVE_INFINITY : driver.now() + timeoutMs;
  const errors: unknown[] = [];
  yield* all(
    pods.map(function* (pod): Process<void> {
      try {
        yield* evictPod(invocation, pod, { dryRun, deadline, timeoutMs });
      } catch (error) {
        errors.push(error);
      }
    }),
  );
  throwAll(errors);
}

/** Upstream: kubectl/pkg/drain/drain.go evictPods (v1.36). @throws KubectlError */
function* evictPod(
  invocation: Invocation,
  pod: corev1.Pod,
  { dryRun, deadline, timeoutMs }: { readonly dryRun: DryRun; readonly deadline: number; readonly timeoutMs: number },
): Process<void> {
  const { out, err, factory } = invocation;
  const driver = yield* currentDriver();
  const { name = '', namespace = '' } = pod.metadata ?? {};
  const failure = `error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)}`;
  for (;;) {
    yield* out.line(`evicting pod ${namespace}/${name}${dryRun === 'server' ? ' (server dry run)' : ''}`);
    if (driver.now() >= deadline) {
      const limit = timeoutMs === 0 ? foreverText : formatDuration(timeoutMs);
      throw new KubectlError(`${failure}: global timeout reached: ${limit}`);
    }
    try {
      yield* factory.rest.json({
        method: 'POST',
        path: `${podPath(pod)}/eviction`,
        headers: { 'content-type': 'application/json' },
        body: {
          kind: 'Eviction',
          apiVersion: 'policy/v1',
          metadata: { name, namespace },
          deleteOptions: deleteOptions(invocation, dryRun),
        },
      });
      break;
    } catch (error) {
      if (isNotFound(error)) return;
      const terminating = isForbidden(error) && causes(error).includes('NamespaceTerminating');
      if (error instanceof StatusError && error.code === 429) {
        yield* err.line(`${failure} (will retry after ${formatDuration(retryMs)}): ${errorText(error)}`);
      } else if (terminating && pod.metadata?.deletionTimestamp) break;
      else if (terminating) {
        yield* err.line(
          `error when evicting pod ${JSON.stringify(name)} from terminating namespace ${JSON.stringify(namespace)} (will retry after ${formatDuration(retryMs)}): ${errorText(error)}`,
        );
      } else throw new KubectlError(`${failure}: ${errorText(error)}`);
      yield* sleep(retryMs);
    }
  }
  if (dryRun === 'server') return;
  try {
    yield* untilGone(invocation, pod, deadline, 'evicted');
  } catch (error) {
    throw new KubectlError(
      `error when waiting for pod ${JSON.stringify(name)} in namespace ${JSON.stringify(namespace)} to terminate: ${errorText(error)}`,
    );
  }
}

const causes = (error: unknown): string[] =>
  error instanceof StatusError ? (error.status.details?.causes ?? []).map(({ reason }) => reason ?? '') : [];

function* deletePods(invocation: Invocation, pods: readonly corev1.Pod[], dryRun: DryRun): Process<void> {
  const driver = yield* currentDriver();
  const timeoutMs = invocation.flags.duration('timeout');
  const deadline = timeoutMs === 0 ? Number.POSITIVE_INFINITY : driver.now() + timeoutMs;
  for (const pod of pods) {
    try {
      yield* invocation.factory.rest.json({
        method: 'DELETE',
        path: podPath(pod),
        headers: { 'content-type': 'application/json' },
        body: { kind: 'DeleteOptions', apiVersion: 'v1', ...deleteOptions(invocation, dryRun) },
      });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  for (const pod of pods) yield* untilGone(invocation, pod, deadline, 'deleted');
}

/** Looks every second. Upstream: kubectl/pkg/drain/drain.go waitForDelete (v1.36). @throws KubectlError */
function* untilGone(
  { factory, flags, out }: Invocation,
  pod: corev1.Pod,
  deadline: number,
  word: string,
): Process<void> {
  const driver = yield* currentDriver();
  const skipSeconds = flags.int('skip-wait-for-delete-timeout');
  const { name = '', uid } = pod.metadata ?? {};
  for (;;) {
    let found: corev1.Pod | undefined;
    try {
      found = yield* factory.rest.json<corev1.Pod>({ path: podPath(pod) });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    if (found === undefined || found.metadata?.uid !== uid) return yield* out.line(`pod/${name} ${word}`);
    const deleted = found.metadata?.deletionTimestamp;
    if (skipSeconds > 0 && deleted && factory.context.now() - Date.parse(deleted) > skipSeconds * 1000) {
      return yield* out.line(`pod ${name} has DeletionTimestamp older than ${skipSeconds} seconds, skipping`);
    }
    if (driver.now() >= deadline) throw new KubectlError('context deadline exceeded');
    yield* sleep(1000);
  }
}
