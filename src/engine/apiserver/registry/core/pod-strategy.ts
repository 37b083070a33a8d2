/** How pods are prepared before they are checked. Upstream: pkg/registry/core/pod/strategy.go (v1.36) */
import type * as corev1 from '../../../../api/core/v1.ts';
import { semanticDeepEqual } from '../../../../apimachinery/deep-equal.ts';
import type { Draft } from '../draft.ts';
import type { StrategyContext } from '../strategy-context.ts';
import { computePodQOS } from './pod-qos.ts';
import { appArmorFieldForAnnotation, appArmorPrefix } from './validation/pod-annotations.ts';

type PodDraft = Draft<corev1.Pod>;
type SpecDraft = NonNullable<PodDraft['spec']>;
type ContainerDraft = SpecDraft['containers'][number];
type Labels = Readonly<Record<string, string>>;
type SelectorDraft = NonNullable<Draft<corev1.PodAffinityTerm>['labelSelector']>;

const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';

function applyLabelKeys(
  selector: SelectorDraft,
  keys: readonly string[] | undefined,
  operator: string,
  labels: Labels,
): void {
  for (const key of keys ?? []) {
    const value = labels[key];
    if (value === undefined) continue;
    selector.matchExpressions = [...(selector.matchExpressions ?? []), { key, operator, values: [value] }];
  }
}

/** The pod's own values of label keys go into the selectors that name them. Upstream: mutatePodAffinity, mutateTopologySpreadConstraints */
function applyMatchLabelKeys(spec: SpecDraft, labels: Labels): void {
  for (const affinity of [spec.affinity?.podAffinity, spec.affinity?.podAntiAffinity]) {
    const terms = [
      ...(affinity?.[preferred] ?? []).map((term) => term.podAffinityTerm),
      ...(affinity?.[required] ?? []),
    ];
    for (const term of terms) {
      if (!term?.labelSelector) continue;
      applyLabelKeys(term.labelSelector, term.matchLabelKeys, 'In', labels);
      applyLabelKeys(term.labelSelector, term.mismatchLabelKeys, 'NotIn', labels);
    }
  }
  for (const { labelSelector, matchLabelKeys } of spec.topologySpreadConstraints ?? []) {
    if (labelSelector) applyLabelKeys(labelSelector, matchLabelKeys, 'In', labels);
  }
}

/** AppArmor annotations become fields where there are none. Upstream: applyAppArmorVersionSkew */
function applyAppArmorVersionSkew(draft: PodDraft, context: StrategyContext): void {
  const { spec, metadata } = draft;
  if (!spec || !metadata.annotations || spec.os?.name === 'windows') return;
  const ofPod = spec.securityContext?.appArmorProfile;
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    const key = appArmorPrefix + container.name;
    const annotation = metadata.annotations[key];
    if (annotation === undefined || container.securityContext?.appArmorProfile) continue;
    applyAnnotation(container, key, annotation, ofPod, context);
  }
}

function applyAnnotation(
  container: ContainerDraft,
  key: string,
  annotation: string,
  ofPod: corev1.AppArmorProfile | undefined,
  context: StrategyContext,
): void {
  const profile = appArmorFieldForAnnotation(annotation);
  if (profile && semanticDeepEqual(profile, ofPod)) return;
  if (profile) container.securityContext = { ...container.securityContext, appArmorProfile: profile };
  context.warn(`metadata.annotations[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`);
}

/** A new pod's status and what its spec is completed with. */
export function preparePodForCreate(draft: PodDraft, context: StrategyContext): void {
  draft.status = { phase: 'Pending', qosClass: computePodQOS(draft as corev1.Pod) };
  const { spec } = draft;
  if (!spec) return;
  if ((spec.schedulingGates ?? []).length > 0) {
    const message = 'Scheduling is blocked due to non-empty scheduling gates';
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      lastProbeTime: null,
      lastTransitionTime: context.now,
      reason: 'SchedulingGated',
      message,
    };
    draft.status.conditions = [condition as unknown as Draft<corev1.PodCondition>];
  }
  if (spec.affinity ?? spec.topologySpreadConstraints) applyMatchLabelKeys(spec, draft.metadata.labels ?? {});
  applyAppArmorVersionSkew(draft, context);
}

function countGeneration(draft: PodDraft, old: corev1.Pod): void {
  if (!semanticDeepEqual(draft.spec, old.spec)) draft.metadata.generation = (old.metadata.generation ?? 0) + 1;
}

/** Metadata that a subresource may not touch stays. Upstream: metav1.ResetObjectMetaForStatus */
function resetMetadata(draft: PodDraft, old: corev1.Pod): void {
  const { resourceVersion, managedFields } = draft.metadata;
  draft.metadata = {
    ...(old.metadata as PodDraft['metadata']),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(managedFields === undefined ? {} : { managedFields }),
  };
}

/** Of a write to `ephemeralcontainers` those alone count. */
export function prepareEphemeralContainers(draft: PodDraft, old: corev1.Pod): void {
  const { ephemeralContainers } = draft.spec ?? {};
  const { ephemeralContainers: _, ...rest } = (old.spec ?? {}) as SpecDraft;
  draft.spec = (ephemeralContainers ? { ...rest, ephemeralContainers } : rest) as SpecDraft;
  if (old.status) draft.status = old.status as NonNullable<PodDraft['status']>;
  resetMetadata(draft, old);
  countGeneration(draft, old);
}

function withResources(now: ContainerDraft[], old: readonly ContainerDraft[]): ContainerDraft[] {
  if (now.some(({ name }, i) => name !== old[i]?.name)) return now;
  return now.map(({ resources, resizePolicy }, i) => {
    const { resources: _, resizePolicy: __, ...rest } = old[i] as ContainerDraft;
    return { ...rest, ...(resources ? { resources } : {}), ...(resizePolicy ? { resizePolicy } : {}) };
  });
}

/** Of a write to `resize` the resources alone count. Upstream: dropNonResizeUpdates */
export function prepareResize(draft: PodDraft, old: corev1.Pod): void {
  const spec = draft.spec;
  const before = old.spec as SpecDraft | undefined;
  if (spec && before && isSameLength(spec, before)) {
    const { resources: _, ...rest } = before;
    draft.spec = {
      ...rest,
      ...(spec.resources ? { resources: spec.resources } : {}),
      containers: withResources(spec.containers, before.containers),
      ...(before.initContainers
        ? { initContainers: withResources(spec.initContainers ?? [], before.initContainers) }
        : {}),
    };
    if (old.status) draft.status = old.status as NonNullable<PodDraft['status']>;
    resetMetadata(draft, old);
  }
  countGeneration(draft, old);
}

const isSameLength = (a: SpecDraft, b: SpecDraft): boolean =>
  (a.containers ?? []).length === (b.containers ?? []).length &&
  (a.initContainers ?? []).length === (b.initContainers ?? []).length;

/** Status keeps what its writer may not forget. Upstream: podStatusStrategy.PrepareForUpdate */
export function preparePodStatus(draft: PodDraft, old: corev1.Pod): void {
  const { ownerReferences } = old.metadata;
  if (ownerReferences) {
    draft.metadata.ownerReferences = ownerReferences as NonNullable<PodDraft['metadata']['ownerReferences']>;
  } else delete draft.metadata.ownerReferences;
  if (!draft.status) return;
  const before = old.status;
  const status = (draft.status = { ...draft.status });
  if (!status.qosClass && before?.qosClass) status.qosClass = before.qosClass;
  if (!status.observedGeneration && before?.observedGeneration) status.observedGeneration = before.observedGeneration;
  if (!status.conditions || !before?.conditions?.some(({ observedGeneration }) => observedGeneration)) return;
  const known = new Map<string, number[]>();
  for (const { type, observedGeneration = 0 } of before.conditions) {
    known.set(type, [...(known.get(type) ?? []), observedGeneration]);
  }
  status.conditions = status.conditions.map((condition) => {
    const generation = known.get(condition.type)?.shift() ?? 0;
    return condition.observedGeneration || generation === 0
      ? condition
      : { ...condition, observedGeneration: generation };
  });
}
