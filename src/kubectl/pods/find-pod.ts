import type * as corev1 from '../../api/core/v1.ts';
import { errorText } from '../../apimachinery/error-text.ts';
import { compareStrings } from '../../apimachinery/go-format.ts';
import { type LabelSelector, labelSelectorAsSelector, selectorFromSet } from '../../apimachinery/labels.ts';
import { currentDriver, type Process } from '../../process/process.ts';
import { KubectlError } from '../errors.ts';
import type { Factory } from '../factory.ts';
import { arrayAt, kindOf, metaOf, namespaceOf, stringAt, type Unstructured, valueAt } from '../object.ts';
import { withQuery } from '../rest/rest-client.ts';
import { receiveBefore } from '../waiting.ts';

const selectorKinds = ['ReplicaSet', 'StatefulSet', 'DaemonSet', 'Deployment', 'Job'];
const goPackages: Readonly<Record<string, string>> = { '': 'v1', apps: 'v1', batch: 'v1' };

/** Which pods belong to an object. Upstream: kubectl/pkg/polymorphichelpers/helpers.go SelectorsForObject (v1.36). @throws KubectlError */
export function selectorForObject(object: Unstructured): string {
  const { kind, group } = kindOf(object);
  const selector = valueAt(object, 'spec', 'selector');
  if (selectorKinds.includes(kind)) return labelSelectorAsSelector(selector as LabelSelector | undefined).toString();
  const labels = (selector ?? {}) as Readonly<Record<string, string>>;
  if (kind === 'ReplicationController') return selectorFromSet(labels).toString();
  if (kind === 'Service') {
    if (Object.keys(labels).length === 0) {
      throw new KubectlError(`invalid service '${metaOf(object).name ?? ''}': Service is defined without a selector`);
    }
    return selectorFromSet(labels).toString();
  }
  throw new KubectlError(`selector for *${goPackages[group] ?? 'unstructured'}.${kind} not implemented`);
}

/** The pods of an object, the best first; when there are none, the first that comes. @throws KubectlError */
export function* podsOf(
  factory: Factory,
  object: Unstructured,
  { verb, timeoutMs }: { readonly verb: string; readonly timeoutMs: number },
): Process<corev1.Pod[]> {
  if (object.kind === 'Pod') return [object as unknown as corev1.Pod];
  let labelSelector: string;
  try {
    labelSelector = selectorForObject(object);
  } catch (error) {
    const { kind } = kindOf(object);
    throw new KubectlError(`cannot ${verb} *v1.${kind}: ${errorText(error)}`);
  }
  const path = `/api/v1/namespaces/${namespaceOf(object)}/pods`;
  const list = yield* factory.rest.json<Unstructured>({ path: withQuery(path, { labelSelector }) });
  const pods = arrayAt<corev1.Pod>(list, 'items');
  if (pods.length > 0) return [...pods].sort(comparePods);
  const resourceVersion = stringAt(list, 'metadata', 'resourceVersion');
  return [yield* firstPod(factory, withQuery(path, { labelSelector, resourceVersion, watch: true }), timeoutMs)];
}

function* firstPod(factory: Factory, path: string, timeoutMs: number): Process<corev1.Pod> {
  const driver = yield* currentDriver();
  const deadline = driver.now() + timeoutMs;
  const watch = factory.rest.watch(path);
  try {
    for (;;) {
      const message = yield* receiveBefore(watch.events, deadline);
      if (message === 'timeout' || message === undefined || message.type === 'END') {
        throw new KubectlError('timed out waiting for the condition');
      }
      if (message.type === 'ADDED' || message.type === 'MODIFIED') return message.object as corev1.Pod;
    }
  } finally {
    watch.stop();
  }
}

const phaseRanks: Readonly<Record<string, number>> = { Running: 0, Unknown: 1, Pending: 2 };
const readyCondition = ({ status }: corev1.Pod): corev1.PodCondition | undefined =>
  status?.conditions?.find(({ type, status: value }) => type === 'Ready' && value === 'True');
const restarts = ({ status }: corev1.Pod): number =>
  Math.max(0, ...(status?.containerStatuses ?? []).map((container) => container.restartCount));

/** The pod of more use first. Upstream: kubectl/pkg/util/podutils/podutils.go ByLogging, ActivePods (v1.36) */
export function comparePods(a: corev1.Pod, b: corev1.Pod): number {
  const unless = (x: boolean, y: boolean): number => Number(y) - Number(x);
  const rank = (pod: corev1.Pod): number => phaseRanks[pod.status?.phase ?? ''] ?? 0;
  const readySince = (pod: corev1.Pod): string => readyCondition(pod)?.lastTransitionTime ?? '';
  const created = (pod: corev1.Pod): string => pod.metadata?.creationTimestamp ?? '';
  return (
    unless((a.spec?.nodeName ?? '') !== '', (b.spec?.nodeName ?? '') !== '') ||
    rank(a) - rank(b) ||
    unless(readyCondition(a) !== undefined, readyCondition(b) !== undefined) ||
    unless(!a.metadata?.deletionTimestamp, !b.metadata?.deletionTimestamp) ||
    compareStrings(readySince(a), readySince(b)) ||
    restarts(a) - restarts(b) ||
    compareStrings(created(a), created(b))
  );
}
