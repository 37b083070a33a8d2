/** The conditions of a pod that its kubelet owns. Upstream: pkg/kubelet/status/generate.go (v1.36) */
import type * as corev1 from '../../../api/core/v1.ts';
import { quote } from '../../../apimachinery/go-format.ts';
import {
  allContainersCouldRestart,
  allContainersRestartCleanedUp,
  shouldAllContainersRestart,
} from '../restart-all.ts';
import { isRestartableInitContainer } from '../restart-policy.ts';
import { podSandboxChanged, type RuntimePodStatus } from '../runtime-pod.ts';

const kubeletConditions: ReadonlySet<string> = new Set([
  'PodScheduled',
  'Ready',
  'Initialized',
  'ContainersReady',
  'PodResizeInProgress',
  'PodResizePending',
  'PodReadyToStartContainers',
  'AllContainersRestarting',
]);

/** Whether a condition is the kubelet's to write. */
export function podConditionByKubelet(type: string): boolean {
  return kubeletConditions.has(type);
}

interface Verdict {
  readonly status: 'True' | 'False';
  readonly reason?: string;
  readonly message?: string;
}

const yes: Verdict = { status: 'True' };

/** What the conditions are made from. */
export interface ConditionSource {
  readonly pod: corev1.Pod;
  readonly phase: string;
  /** Of init and regular containers. */
  readonly statuses: readonly corev1.ContainerStatus[];
  /** Conditions that are not the kubelet's: readiness gates. */
  readonly others: readonly corev1.PodCondition[];
  /** As last told to the API. */
  readonly previous: corev1.PodStatus;
}

/** `Ready` and `ContainersReady`: what a change of one container's readiness changes. */
export function generateReadyConditions(source: ConditionSource): readonly corev1.PodCondition[] {
  const containersReady = generateContainersReady(source);
  return [
    condition(source.pod, 'Ready', generatePodReady(source, containersReady)),
    condition(source.pod, 'ContainersReady', containersReady),
  ];
}

/** All conditions a kubelet writes for a pod, in upstream's order, without transition times. */
export function generateConditions(
  source: ConditionSource,
  runtimeStatus: RuntimePodStatus,
): readonly corev1.PodCondition[] {
  const { pod } = source;
  const sandbox = podSandboxChanged(pod, runtimeStatus);
  return [
    condition(pod, 'PodReadyToStartContainers', { status: sandbox.changed ? 'False' : 'True' }),
    condition(pod, 'Initialized', generatePodInitialized(source)),
    ...generateReadyConditions(source),
    condition(pod, 'PodScheduled', yes),
    ...allContainersRestarting(source, runtimeStatus),
  ];
}

/** Only of pods that have a rule for it. */
function allContainersRestarting(
  { pod, phase, previous }: ConditionSource,
  runtimeStatus: RuntimePodStatus,
): readonly corev1.PodCondition[] {
  if (!allContainersCouldRestart(pod.spec)) return [];
  const type = 'AllContainersRestarting';
  if (phase === 'Succeeded') return [{ type, status: 'False', reason: 'PodCompleted' }];
  if (phase === 'Failed') return [{ type, status: 'False', reason: 'PodFailed' }];
  const restarting = shouldAllContainersRestart(pod, runtimeStatus, previous);
  if (!restarting || allContainersRestartCleanedUp(pod, runtimeStatus)) return [{ type, status: 'False' }];
  const message = 'container exited with restart policy rule';
  return [{ type, status: 'True', reason: 'RestartAllContainersStarted', message }];
}

function condition(pod: corev1.Pod, type: string, verdict: Verdict): corev1.PodCondition {
  const { generation } = pod.metadata;
  return generation === undefined ? { type, ...verdict } : { type, observedGeneration: generation, ...verdict };
}

function unready(pairs: readonly (readonly [string, readonly string[]])[]): string {
  return pairs
    .filter(([, names]) => names.length > 0)
    .map(([what, names]) => `containers with ${what} status: [${names.join(' ')}]`)
    .join(', ');
}

function generateContainersReady({ pod, phase, statuses }: ConditionSource): Verdict {
  const sidecars = (pod.spec?.initContainers ?? []).filter(isRestartableInitContainer);
  const unknownNames: string[] = [];
  const unreadyNames: string[] = [];
  for (const { name } of [...sidecars, ...(pod.spec?.containers ?? [])]) {
    const status = statuses.find((each) => each.name === name);
    if (!status) unknownNames.push(name);
    else if (!status.ready) unreadyNames.push(name);
  }
  if (phase === 'Succeeded' && unknownNames.length === 0) return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  const message = unready([
    ['unknown', unknownNames],
    ['unready', unreadyNames],
  ]);
  return message ? { status: 'False', reason: 'ContainersNotReady', message } : yes;
}

function generatePodReady({ pod, others }: ConditionSource, containersReady: Verdict): Verdict {
  if (containersReady.status !== 'True') return containersReady;
  const messages: string[] = [];
  for (const { conditionType } of pod.spec?.readinessGates ?? []) {
    const found = others.find(({ type }) => type === conditionType);
    if (!found) messages.push(`corresponding condition of pod readiness gate ${quote(conditionType)} does not exist.`);
    else if (found.status !== 'True')
      messages.push(`the status of pod readiness gate ${quote(conditionType)} is not "True", but ${found.status}`);
  }
  if (messages.length === 0) return yes;
  return { status: 'False', reason: 'ReadinessGatesNotReady', message: messages.join(', ') };
}

function generatePodInitialized({ pod, phase, statuses, previous }: ConditionSource): Verdict {
  const unknownNames: string[] = [];
  const incompleteNames: string[] = [];
  for (const container of pod.spec?.initContainers ?? []) {
    const status = statuses.find((each) => each.name === container.name);
    if (!status) unknownNames.push(container.name);
    else if (!(isRestartableInitContainer(container) ? status.started : status.ready))
      incompleteNames.push(container.name);
  }
  if (phase === 'Succeeded' && unknownNames.length === 0) return { status: 'True', reason: 'PodCompleted' };
  if (hasAnyRegularContainerStarted(pod, statuses)) return yes;
  const message = unready([
    ['unknown', unknownNames],
    ['incomplete', incompleteNames],
  ]);
  // A pod that starts anew in place stays initialized.
  const wasInitialized = previous.conditions?.some(({ type, status }) => type === 'Initialized' && status === 'True');
  if (message === '' || wasInitialized) return yes;
  return { status: 'False', reason: 'ContainersNotInitialized', message };
}

function hasAnyRegularContainerStarted(pod: corev1.Pod, statuses: readonly corev1.ContainerStatus[]): boolean {
  return (pod.spec?.containers ?? []).some(({ name }) => {
    const state = statuses.find((status) => status.name === name)?.state;
    return state?.running !== undefined || state?.terminated !== undefined;
  });
}
