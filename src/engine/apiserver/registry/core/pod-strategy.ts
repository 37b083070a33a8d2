/** How pods are prepared before they are checked. Upstream: pkg/registry/core/pod/strategy.go (v1.36) */
import type * as corev1 from '../../../../api/core/v1.ts';
import { semanticDeepEqual } from '../../../../apimachinery/deep-equal.ts';
import type { Draft } from '../draft.ts';
import type { StrategyContext } from '../strategy-context.ts';
import { dropDisabledFields } from './pod-disabled-fields.ts';
import { computePodQOS } from './pod-qos.ts';
import { appArmorFieldForAnnotation, appArmorPrefix } from './validation/pod-annotations.ts';

type PodDraft = Draft<corev1.Pod>;
type SpecDraft = NonNullable<PodDraft['spec']>;
type ContainerDraft = SpecDraft['containers'][number];
type Labels = Readonly<Record<string, string>>;
type TermDraft = Draft<corev1.PodAffinityTerm>;
type SelectorDraft = NonNullable<TermDraft['labelSelector']>;

const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';

function withLabelKeys(
  selector: SelectorDraft,
  keys: readonly string[] | undefined,
  operator: string,
  labels: Labels,
): SelectorDraft {
  const more = (keys ?? []).flatMap((key) => {
    const value = labels[key];
    return value === undefined ? [] : [{ key, operator, values: [value] }];
  });
  return more.length === 0
    ? selector
    : { ...selector, matchExpressions: [...(selector.matchExpressions ?? []), ...more] };
}

function completedTerm(term: TermDraft, labels: Labels): TermDraft {
  if (!term.labelSelector) return term;
  const matching = withLabelKeys(term.labelSelector, term.matchLabelKeys, 'In', labels);
  return { ...term, labelSelector: withLabelKeys(matching, term.mismatchLabelKeys, 'NotIn', labels) };
}

function completedAffinity<T extends Draft<corev1.PodAffinity>>(affinity: T, labels: Labels): T {
  const out = { ...affinity };
  const [hard, soft] = [affinity[required], affinity[preferred]];
  if (hard) out[required] = hard.map((term) => completedTerm(term, labels));
  if (soft) {
    out[preferred] = soft.map((one) => ({ ...one, podAffinityTerm: completedTerm(one.podAffinityTerm, labels) }));
  }
  return out;
}

/**
 * The pod's own values of label keys go into the selectors that name them.
 *
 * Upstream: mutatePodAffinity, mutateTopologySpreadConstraints (v1.36)
 */
function applyMatchLabelKeys(spec: SpecDraft, labels: Labels): SpecDraft {
  const out = { ...spec };
  for (const kind of ['podAffinity', 'podAntiAffinity'] as const) {
    const affinity = out.affinity?.[kind];
    if (affinity) out.affinity = { ...out.affinity, [kind]: completedAffinity(affinity, labels) };
  }
  if (spec.topologySpreadConstraints) {
    out.topologySpreadConstraints = spec.topologySpreadConstraints.map((constraint) => {
      const { labelSelector, matchLabelKeys } = constraint;
      if (!labelSelector) return constraint;
      return { ...constraint, labelSelector: withLabelKeys(labelSelector, matchLabelKeys, 'In', labels) };
    });
  }
  return out;
}

/** The spec with AppArmor fields where there were annotations alone. Upstream: applyAppArmorVersionSkew (v1.36) */
function applyAppArmorVersionSkew(draft: PodDraft, spec: SpecDraft, context: StrategyContext): SpecDraft {
  const { annotations } = draft.metadata;
  if (!annotations || spec.os?.name === 'windows') return spec;
  const ofPod = spec.securityContext?.appArmorProfile;
  const completed = (container: ContainerDraft): ContainerDraft => {
    const key = appArmorPrefix + container.name;
    const annotation = annotations[key];
    if (annotation === undefined || container.securityContext?.appArmorProfile) return container;
    const profile = appArmorFieldForAnnotation(annotation);
    if (profile && semanticDeepEqual(profile, ofPod)) return container;
    context.warn(`metadata.annotations[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`);
    return profile
      ? { ...container, securityContext: { ...container.securityContext, appArmorProfile: profile } }
      : container;
  };
  const out = { ...spec };
  if (spec.initContainers) out.initContainers = spec.initContainers.map(completed);
  if (spec.containers) out.containers = spec.containers.map(completed);
  return out;
}

/** A new pod's status and what its spec is completed with. */
export function preparePodForCreate(draft: PodDraft, context: StrategyContext): void {
  draft.status = { phase: 'Pending', qosClass: computePodQOS(draft as corev1.Pod) };
  if (!draft.spec) return;
  let spec = dropDisabledFields(draft.spec, undefined);
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
  if (spec.affinity ?? spec.topologySpreadConstraints) spec = applyMatchLabelKeys(spec, draft.metadata.labels ?? {});
  draft.spec = applyAppArmorVersionSkew(draft, spec, context);
}

/** Fields of features that are off do not come in by a change. */
export function preparePodForUpdate(draft: PodDraft, old: corev1.Pod): void {
  if (draft.spec) draft.spec = dropDisabledFields(draft.spec, old.spec);
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
