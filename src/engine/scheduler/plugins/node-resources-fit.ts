import type * as corev1 from '../../../api/core/v1.ts';
import { compareStrings } from '../../../apimachinery/go-format.ts';
import { action, onEvent } from '../cluster-event.ts';
import { StateKey } from '../cycle-state.ts';
import type { Plugin } from '../framework.ts';
import { podRequests } from '../pod-requests.ts';
import { isExtendedResourceName, Resource } from '../resource.ts';
import { newResourceScorer, type ScoringStrategy, signRequests } from '../resource-scorer.ts';
import { Status } from '../status.ts';

const name = 'NodeResourcesFit';

interface PreFilterState {
  readonly requests: Resource;
  /** Sorted. */
  readonly scalars: readonly (readonly [string, number])[];
}

const preFilterKey = new StateKey<PreFilterState>(`PreFilter${name}`);

export interface NodeResourcesFitArgs {
  readonly ignoredResources?: readonly string[];
  readonly ignoredResourceGroups?: readonly string[];
  readonly scoringStrategy?: ScoringStrategy;
}

/** What is lacking, by resource, and whether the node could never have it. */
export interface InsufficientResource {
  readonly name: string;
  readonly unresolvable: boolean;
}

function preFilterState(requests: Resource): PreFilterState {
  const scalars = [...(requests.scalars ?? [])].filter(([, amount]) => amount !== 0);
  return { requests, scalars: scalars.sort(([a], [b]) => compareStrings(a, b)) };
}

const noneLacking: readonly InsufficientResource[] = [];

/**
 * What a node lacks for a pod.
 *
 * Upstream: plugins/noderesources/fit.go fitsRequest (v1.36)
 */
function insufficientResources(
  { requests, scalars }: PreFilterState,
  allocatable: Resource,
  requested: Resource,
  podCount: number,
  isIgnored: (name: string) => boolean,
): readonly InsufficientResource[] {
  const isEnough =
    podCount + 1 <= allocatable.allowedPodNumber &&
    requests.milliCpu <= allocatable.milliCpu - requested.milliCpu &&
    requests.memory <= allocatable.memory - requested.memory &&
    requests.ephemeralStorage <= allocatable.ephemeralStorage - requested.ephemeralStorage;
  if (isEnough && scalars.length === 0) return noneLacking;
  const lacking: InsufficientResource[] = [];
  const check = (resource: string, wanted: number) => {
    const capacity = allocatable.get(resource);
    if (wanted === 0 || wanted <= capacity - requested.get(resource)) return;
    lacking.push({ name: resource, unresolvable: wanted > capacity });
  };
  if (podCount + 1 > allocatable.allowedPodNumber) lacking.push({ name: 'pods', unresolvable: false });
  for (const resource of ['cpu', 'memory', 'ephemeral-storage']) check(resource, requests.get(resource));
  for (const [scalar, wanted] of scalars) if (!isIgnored(scalar)) check(scalar, wanted);
  return lacking;
}

/** Statuses by what is lacking: the same few over and over. */
class FitStatuses {
  readonly #known = new Map<string, Status>();
  of(lacking: readonly InsufficientResource[]): Status {
    const key = lacking.map(({ name: resource, unresolvable }) => `${resource}${unresolvable ? '!' : ''}`).join(',');
    let status = this.#known.get(key);
    if (!status) {
      const reasons = lacking.map((r) => (r.name === 'pods' ? 'Too many pods' : `Insufficient ${r.name}`));
      const code = lacking.some((r) => r.unresolvable) ? 'UnschedulableAndUnresolvable' : 'Unschedulable';
      this.#known.set(key, (status = new Status(code, reasons, name)));
    }
    return status;
  }
}

function isScaledDownFor(pod: corev1.Pod, old: corev1.Pod, updated: corev1.Pod): boolean {
  if (updated.metadata.uid === pod.metadata.uid) return true;
  if (!updated.spec?.nodeName) return false;
  const before = podRequests(old, { useStatus: true });
  const after = podRequests(updated, { useStatus: true });
  const wanted = podRequests(pod, { useStatus: true });
  const names = ['cpu', 'memory', 'ephemeral-storage', ...(wanted.scalars?.keys() ?? [])];
  return names.some((resource) => wanted.get(resource) > 0 && before.get(resource) > after.get(resource));
}

function haveAnyRequestedResourcesIncreased({ requests, scalars }: PreFilterState, old: Resource, now: Resource) {
  if (now.allowedPodNumber > old.allowedPodNumber) return true;
  const names = ['cpu', 'memory', 'ephemeral-storage', ...scalars.map(([scalar]) => scalar)];
  return names.some((resource) => requests.get(resource) > 0 && now.get(resource) > old.get(resource));
}

/** Only nodes with room for what the pod asks for; scores how full they would be. Upstream: plugins/noderesources/fit.go (v1.36) */
export function newNodeResourcesFit(args: NodeResourcesFitArgs): Plugin {
  const scorer = newResourceScorer(args.scoringStrategy ?? { type: 'LeastAllocated' });
  const resources = new Set(args.ignoredResources);
  const groups = new Set(args.ignoredResourceGroups);
  const isIgnored = (resource: string) =>
    (resources.size > 0 || groups.size > 0) &&
    isExtendedResourceName(resource) &&
    (resources.has(resource) || groups.has(resource.slice(0, resource.indexOf('/'))));
  const statuses = new FitStatuses();
  const none = new Resource();
  return {
    name,
    signPod: signRequests,
    preFilter: (state, pod) => {
      state.write(preFilterKey, preFilterState(pod.requests));
      return undefined;
    },
    filter: (state, _, node) => {
      const wanted = state.read(preFilterKey);
      const lacking = insufficientResources(wanted, node.allocatable, node.requested, node.pods.length, isIgnored);
      return lacking.length === 0 ? undefined : statuses.of(lacking);
    },
    preScore: (state, pod) => scorer.preScore(state, pod),
    score: (state, _, node) => scorer.score(state, node),
    eventsToRegister: () => [
      onEvent<corev1.Pod>('Pod', action.delete | action.updatePodScaleDown, (pod, old, updated) => {
        if (updated) return old !== undefined && isScaledDownFor(pod, old, updated);
        return !!old?.spec?.nodeName || !!old?.status?.nominatedNodeName;
      }),
      onEvent<corev1.Node>('Node', action.add | action.updateNodeAllocatable, (pod, old, node) => {
        const wanted = preFilterState(podRequests(pod));
        const allocatable = Resource.of(node?.status?.allocatable);
        const lacking = insufficientResources(wanted, allocatable, none, 0, () => false);
        if (lacking.length > 0) return false;
        if (old === undefined) return true;
        return haveAnyRequestedResourcesIncreased(wanted, Resource.of(old.status?.allocatable), allocatable);
      }),
    ],
  };
}
