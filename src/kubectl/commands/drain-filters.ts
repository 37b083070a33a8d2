import type * as corev1 from '../../api/core/v1.ts';
import { errorText } from '../../apimachinery/error-text.ts';
import { isNotFound } from '../../apimachinery/status-error.ts';
import type { Process } from '../../process/process.ts';
import type { Invocation } from '../command.ts';
import { KubectlError } from '../errors.ts';

/** Which pods of a node go, and what is to be said about the others. */
export interface PodsToDelete {
  readonly pods: readonly corev1.Pod[];
  readonly warnings: string;
  readonly errors: readonly KubectlError[];
}

interface Verdict {
  readonly remove: boolean;
  readonly warning?: string;
  readonly error?: string;
}

const okay: Verdict = { remove: true };
const isOver = ({ status }: corev1.Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';
const controllerOf = ({ metadata }: corev1.Pod) =>
  metadata?.ownerReferences?.find((owner) => owner.controller === true);

/** Upstream: kubectl/pkg/drain/filters.go (v1.36) */
export function* judgePods(invocation: Invocation, pods: readonly corev1.Pod[]): Process<PodsToDelete> {
  const removed: corev1.Pod[] = [];
  const warnings = new Map<string, string[]>();
  const errors = new Map<string, string[]>();
  const note = (map: Map<string, string[]>, text: string, pod: corev1.Pod) =>
    map.set(text, [...(map.get(text) ?? []), `${pod.metadata?.namespace ?? ''}/${pod.metadata?.name ?? ''}`]);
  for (const pod of pods) {
    const { remove, warning, error } = yield* judge(invocation, pod);
    if (remove) removed.push(pod);
    if (warning !== undefined) note(warnings, warning, pod);
    if (error !== undefined) note(errors, error, pod);
  }
  return {
    pods: removed,
    warnings: [...warnings].map(([text, names]) => `${text}: ${names.join(', ')}`).join('; '),
    errors: [...errors].map(([text, names]) => new KubectlError(`cannot delete ${text}: ${names.join(', ')}`)),
  };
}

/** One filter after the other until one keeps the pod; the last verdict counts. */
function* judge(invocation: Invocation, pod: corev1.Pod): Process<Verdict> {
  const ofDaemonSet = yield* daemonSetFilter(invocation, pod);
  if (wasDeletedLongAgo(invocation, pod)) return { remove: false };
  if (!ofDaemonSet.remove) return ofDaemonSet;
  if (pod.metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined) return { remove: false };
  const { flags } = invocation;
  const hasData = pod.spec?.volumes?.some((volume) => volume.emptyDir !== undefined) === true;
  if (hasData && !isOver(pod) && !flags.bool('delete-emptydir-data')) {
    return { remove: false, error: 'Pods with local storage (use --delete-emptydir-data to override)' };
  }
  if (isOver(pod) || controllerOf(pod) !== undefined) return okay;
  if (flags.bool('force')) return { remove: true, warning: 'deleting Pods that declare no controller' };
  return { remove: false, error: 'Pods that declare no controller (use --force to override)' };
}

function wasDeletedLongAgo({ flags, context }: Invocation, { metadata }: corev1.Pod): boolean {
  const seconds = flags.int('skip-wait-for-delete-timeout');
  const deleted = metadata?.deletionTimestamp;
  return seconds > 0 && Boolean(deleted) && context.now() - Date.parse(deleted ?? '') > seconds * 1000;
}

function* daemonSetFilter({ flags, factory }: Invocation, pod: corev1.Pod): Process<Verdict> {
  const owner = controllerOf(pod);
  if (owner?.kind !== 'DaemonSet' || owner.apiVersion !== 'apps/v1' || isOver(pod)) return okay;
  const path = `/apis/apps/v1/namespaces/${pod.metadata?.namespace ?? ''}/daemonsets/${encodeURIComponent(owner.name)}`;
  try {
    yield* factory.rest.json({ path });
  } catch (error) {
    if (isNotFound(error) && flags.bool('force')) return { remove: true, warning: errorText(error) };
    return { remove: false, error: errorText(error) };
  }
  if (!flags.bool('ignore-daemonsets')) {
    return { remove: false, error: 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)' };
  }
  return { remove: false, warning: 'ignoring DaemonSet-managed Pods' };
}
