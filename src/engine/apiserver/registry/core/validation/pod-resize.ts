/** Rules of resizing pods in place. Upstream: ValidatePodResize (v1.36) */
import type * as corev1 from '../../../../../api/core/v1.ts';
import { semanticDeepEqual } from '../../../../../apimachinery/deep-equal.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import { computePodQOS } from '../pod-qos.ts';
import type { Complaints } from './complaints.ts';
import { mirrorPodAnnotation } from './pod-annotations.ts';
import { getValidationOptionsFromPod } from './pod-options.ts';
import { validatePodMetadataAndSpec } from './pod.ts';

type Pod = corev1.Pod;
type Spec = corev1.PodSpec;
type Resources = corev1.ResourceRequirements;
type List = Readonly<Record<string, string>>;

const specPath = field.newPath('spec');
const emptySpec = Object.freeze({}) as Spec;

const removed = (now: List = {}, old: List = {}): boolean => Object.keys(old).some((name) => now[name] === undefined);

/** The list with cpu and memory as they were. */
function withOldCpuAndMemory(now: List | undefined, old: List | undefined): List {
  const { cpu: _, memory: __, ...rest } = now ?? {};
  const list: Record<string, string> = { ...rest };
  for (const name of ['cpu', 'memory']) if (old?.[name] !== undefined) list[name] = old[name];
  return list;
}

function mungedResources(now: Resources | undefined, old: Resources | undefined): Resources {
  return {
    limits: withOldCpuAndMemory(now?.limits, old?.limits),
    requests: withOldCpuAndMemory(now?.requests, old?.requests),
  };
}

function checkNames(errors: Complaints, spec: Spec, old: Spec, list: 'containers' | 'initContainers'): void {
  const [now, before] = [spec[list] ?? [], old[list] ?? []];
  const path = specPath.child(list);
  if (now.length !== before.length) {
    errors.push(field.forbidden(path, `${list} may not be added or removed on resize`));
    return;
  }
  for (const [i, { name }] of before.entries()) {
    if (now[i]?.name === name) continue;
    errors.push(field.forbidden(path.index(i).child('name'), `${list} may not be renamed or reordered on resize`));
  }
}

function checkRemoved(errors: Complaints, path: Path, now: Resources | undefined, old: Resources | undefined): void {
  if (removed(now?.requests, old?.requests)) {
    errors.push(field.forbidden(path.child('requests'), 'resource requests cannot be removed'));
  }
  if (removed(now?.limits, old?.limits)) {
    errors.push(field.forbidden(path.child('limits'), 'resource limits cannot be removed'));
  }
}

function munge(container: corev1.Container, old: corev1.Container | undefined): corev1.Container {
  return { ...container, resources: mungedResources(container.resources, old?.resources) };
}

function checkPodLevel(errors: Complaints, spec: Spec, old: Spec): void {
  const [now, before] = [spec.resources, old.resources];
  const isSet = (resources: Resources | undefined): boolean =>
    Object.keys({ ...resources?.requests, ...resources?.limits }).length > 0;
  if (!isSet(now) && !isSet(before)) return;
  const path = specPath.child('resources');
  if (before && !now) {
    errors.push(field.forbidden(path, 'pod-level resources cannot be removed'));
    return;
  }
  if (removed(now?.requests, before?.requests)) {
    errors.push(field.forbidden(path.child('requests'), 'pod-level resource requests cannot be removed'));
  }
  if (removed(now?.limits, before?.limits)) {
    errors.push(field.forbidden(path.child('limits'), 'pod-level resource limits cannot be removed'));
  }
  if (!semanticDeepEqual({ ...now, ...mungedResources(now, before) }, before)) {
    errors.push(field.forbidden(specPath, 'only cpu and memory resources are mutable at pod-level'));
  }
}

/** Init containers can be resized; those that are no sidecars only without a restart. */
function checkInitContainers(errors: Complaints, spec: Spec, old: Spec): void {
  for (const [i, container] of (spec.initContainers ?? []).entries()) {
    const before = old.initContainers?.[i];
    const at = specPath.child('initContainers').index(i);
    if (!semanticDeepEqual(munge(container, before), before)) {
      errors.push(field.forbidden(at, 'only cpu and memory resources for init or sidecar containers are mutable'));
    }
    if (container.restartPolicy === 'Always' || semanticDeepEqual(container, before)) continue;
    for (const { restartPolicy } of container.resizePolicy ?? []) {
      if (restartPolicy !== 'RestartContainer') continue;
      const why = 'non-sidecar init containers with a resize policy of RestartContainer cannot be resized';
      errors.push(field.forbidden(at, why));
    }
  }
}

function isResizeSupported({ status }: Pod): boolean {
  const running = (status?.containerStatuses ?? []).find(({ state }) => state?.running);
  return running === undefined || running.resources !== undefined;
}

/** Complaints about a resize. */
export function validatePodResize(pod: Pod, old: Pod): FieldError[] {
  const refuse = (why: string): FieldError[] => [field.forbidden(field.newPath(''), why)];
  if (old.metadata.annotations?.[mirrorPodAnnotation] !== undefined) return refuse('static pods cannot be resized');
  if (old.spec?.os?.name === 'windows') return refuse('windows pods cannot be resized');
  const errors: Complaints = [];
  const { spec = emptySpec } = pod;
  const before = old.spec ?? emptySpec;
  validatePodMetadataAndSpec(errors, pod, getValidationOptionsFromPod(old));
  if ((old.status?.qosClass || computePodQOS(old)) !== computePodQOS(pod)) {
    const why = 'Pod QOS Class may not change as a result of resizing';
    errors.push(field.invalid(specPath, pod.status?.qosClass ?? '', why));
  }
  if (!isResizeSupported(old)) {
    errors.push(field.forbidden(specPath, 'Pod running on node without support for resize'));
  }
  checkPodLevel(errors, spec, before);
  const sound = errors.length;
  checkNames(errors, spec, before, 'containers');
  checkNames(errors, spec, before, 'initContainers');
  if (errors.length > sound) return errors;
  for (const list of ['initContainers', 'containers'] as const) {
    for (const [i, container] of (before[list] ?? []).entries()) {
      checkRemoved(
        errors,
        specPath.child(list).index(i).child('resources'),
        spec[list]?.[i]?.resources,
        container.resources,
      );
    }
  }
  for (const [i, container] of (spec.containers ?? []).entries()) {
    if (semanticDeepEqual(munge(container, before.containers[i]), before.containers[i])) continue;
    errors.push(field.forbidden(specPath, 'only cpu and memory resources are mutable'));
  }
  checkInitContainers(errors, spec, before);
  return errors;
}
