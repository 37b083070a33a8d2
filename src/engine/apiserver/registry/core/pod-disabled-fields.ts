/**
 * Fields of pods whose features are off by default in v1.36: they are dropped without a word unless the object has them already.
 * Upstream: pkg/api/pod/util.go dropDisabledFields (v1.36)
 */
import type * as corev1 from '../../../../api/core/v1.ts';
import type { Draft } from '../draft.ts';

type SpecDraft = Draft<corev1.PodSpec>;
type ContainerList = 'containers' | 'initContainers' | 'ephemeralContainers';
type ProjectionName = 'clusterTrustBundle' | 'podCertificate';

const lists: readonly ContainerList[] = ['containers', 'initContainers', 'ephemeralContainers'];
const projections: readonly ProjectionName[] = ['clusterTrustBundle', 'podCertificate'];

const usesStopSignal = (spec: corev1.PodSpec | undefined): boolean =>
  lists.some((list) => (spec?.[list] ?? []).some(({ lifecycle }) => lifecycle?.stopSignal !== undefined));

const usesProjection = (spec: corev1.PodSpec | undefined, name: ProjectionName): boolean =>
  (spec?.volumes ?? []).some(({ projected }) =>
    (projected?.sources ?? []).some((source) => source[name] !== undefined),
  );

function withoutStopSignal<T extends Draft<corev1.Container>>(container: T): T {
  if (container.lifecycle?.stopSignal === undefined) return container;
  const { stopSignal: _, ...lifecycle } = container.lifecycle;
  const { lifecycle: __, ...rest } = container;
  return (Object.keys(lifecycle).length > 0 ? { ...rest, lifecycle } : rest) as T;
}

function withoutProjection(volume: Draft<corev1.Volume>, name: ProjectionName): Draft<corev1.Volume> {
  if (!volume.projected?.sources) return volume;
  const sources = volume.projected.sources.map((source) => {
    const { [name]: _, ...rest } = source;
    return rest;
  });
  return { ...volume, projected: { ...volume.projected, sources } };
}

/** The spec without what is switched off; the same one where there is nothing to drop. */
export function dropDisabledFields(spec: SpecDraft, old: corev1.PodSpec | undefined): SpecDraft {
  let out = spec;
  if (usesStopSignal(spec as corev1.PodSpec) && !usesStopSignal(old)) {
    out = { ...out, containers: (out.containers ?? []).map(withoutStopSignal) };
    if (out.initContainers) out.initContainers = out.initContainers.map(withoutStopSignal);
  }
  for (const name of projections) {
    if (!usesProjection(out as corev1.PodSpec, name) || usesProjection(old, name)) continue;
    out = { ...out, volumes: (out.volumes ?? []).map((volume) => withoutProjection(volume, name)) };
  }
  if (out.schedulingGroup && !old?.schedulingGroup) {
    const { schedulingGroup: _, ...rest } = out;
    out = rest;
  }
  return out;
}

/** As `dropDisabledFields`, for the template of a workload's draft. Upstream: DropDisabledTemplateFields (v1.36) */
export function dropDisabledTemplateFields(
  holder: { template?: Draft<corev1.PodTemplateSpec> },
  old: corev1.PodTemplateSpec | undefined,
): void {
  const { template } = holder;
  if (!template?.spec) return;
  const spec = dropDisabledFields(template.spec, old?.spec);
  if (spec !== template.spec) holder.template = { ...template, spec };
}
