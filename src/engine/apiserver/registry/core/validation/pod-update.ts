/** Rules of changes of pods. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import { goListOf, goValueOf } from '../../../../../api/go-value.ts';
import { deepEqual, semanticDeepEqual } from '../../../../../apimachinery/deep-equal.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError } from '../../../../../apimachinery/field-error.ts';
import { inclusiveRangeError } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, require, sortedKeys } from './complaints.ts';
import { validateImageSpace } from './containers.ts';
import { appArmorPrefix, mirrorPodAnnotation, validatePodSpecificAnnotations } from './pod-annotations.ts';
import { getValidationOptionsFromPod, type PodValidationOptions } from './pod-options.ts';
import { validatePodMetadataAndSpec } from './pod.ts';
import { specDiff } from './spec-diff.ts';
import { validateTolerations } from './tolerations.ts';

type Pod = corev1.Pod;
type Spec = corev1.PodSpec;

const specPath = field.newPath('spec');
const annotationsPath = field.newPath('metadata', 'annotations');
const emptySpec = Object.freeze({}) as Spec;
const maxInt32 = 2 ** 31 - 1;
const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const updatableFields = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');

/** Upstream: ValidatePodSpecificAnnotationUpdates (v1.36) */
export function validatePodAnnotationsUpdate(
  errors: Complaints,
  pod: Pod,
  old: Pod,
  options: PodValidationOptions,
): void {
  const [now = {}, before = {}] = [pod.metadata.annotations, old.metadata.annotations];
  const refuse = (key: string, verb: string): void => {
    if (key.startsWith(appArmorPrefix)) {
      errors.push(field.forbidden(annotationsPath.key(key), `may not ${verb} AppArmor annotations`));
    }
    if (key === mirrorPodAnnotation) {
      errors.push(field.forbidden(annotationsPath.key(key), `may not ${verb} mirror pod annotation`));
    }
  };
  if (now !== before) {
    for (const key of sortedKeys(before)) if (now[key] !== before[key]) refuse(key, 'remove or update');
    for (const key of sortedKeys(now)) if (before[key] === undefined) refuse(key, 'add');
  }
  const lenient = options.allowInvalidPodDeletionCost === true;
  validatePodSpecificAnnotations(errors, annotationsPath, pod.metadata.annotations, pod.spec ?? emptySpec, lenient);
}

/** Images may change, the list may not. Gives whether the lists can be compared. Upstream: ValidateContainerUpdates */
function checkContainers(errors: Complaints, spec: Spec, old: Spec, list: 'containers' | 'initContainers'): boolean {
  const path = specPath.child(list);
  const containers = spec[list] ?? [];
  if (containers.length !== (old[list] ?? []).length) {
    errors.push(field.forbidden(path, 'pod updates may not add or remove containers'));
    return false;
  }
  for (const [i, container] of containers.entries()) {
    require(errors, path.index(i), 'image', container.image);
    validateImageSpace(errors, path.index(i), container);
  }
  return true;
}

/** Gives whether the deadline leaves room for further complaints. */
function checkDeadline(errors: Complaints, spec: Spec, old: Spec): boolean {
  const [now, before] = [spec.activeDeadlineSeconds, old.activeDeadlineSeconds];
  const refuse = (why: string): false => {
    complain(errors, specPath, 'activeDeadlineSeconds', now ?? null, [why]);
    return false;
  };
  if (now === undefined) {
    if (before !== undefined) refuse('must not update from a positive integer to nil value');
    return true;
  }
  if (now < 0 || now > maxInt32) return refuse(inclusiveRangeError(0, maxInt32));
  return before !== undefined && before < now ? refuse('must be less than or equal to previous value') : true;
}

/** Upstream: validateOnlyAddedTolerations (v1.36) */
function checkTolerations(errors: Complaints, spec: Spec, old: Spec): void {
  const path = specPath.child('tolerations');
  const tolerations = spec.tolerations ?? [];
  const kept = (old.tolerations ?? []).every((before) =>
    tolerations.some((now) => deepEqual({ ...before, tolerationSeconds: now.tolerationSeconds }, now)),
  );
  if (kept) validateTolerations(errors, path, tolerations);
  else errors.push(field.forbidden(path, 'existing toleration can not be modified except its tolerationSeconds'));
}

function checkGates(errors: Complaints, spec: Spec, old: Spec): void {
  const before = new Set((old.schedulingGates ?? []).map(({ name }) => name));
  for (const [i, { name }] of (spec.schedulingGates ?? []).entries()) {
    if (before.has(name)) continue;
    const why = `only deletion is allowed, but found new scheduling gate '${name}'`;
    errors.push(field.forbidden(specPath.child('schedulingGates').index(i).child('name'), why));
  }
}

/** Requirements may be added after those that were there. Upstream: validateNodeSelectorTermHasOnlyAdditions */
function hasOnlyAdditions(now: corev1.NodeSelectorTerm | undefined, old: corev1.NodeSelectorTerm): boolean {
  const lists = (['matchExpressions', 'matchFields'] as const).map(
    (name) => [now?.[name] ?? [], old[name] ?? []] as const,
  );
  if (lists.every(([, before]) => before.length === 0)) return lists.every(([after]) => after.length === 0);
  return lists.every(([after, before]) => semanticDeepEqual(after.slice(0, before.length), before));
}

function checkNodeAffinity(
  errors: Complaints,
  now: corev1.NodeAffinity | undefined,
  old: corev1.NodeAffinity | undefined,
): void {
  const before = old?.[required]?.nodeSelectorTerms ?? [];
  if (!old?.[required]) return;
  const terms = now?.[required]?.nodeSelectorTerms;
  const path = specPath.child('affinity', 'nodeAffinity', required, 'nodeSelectorTerms');
  if (before.length > 0 && before.length !== (terms ?? []).length) {
    const why = 'no additions/deletions to non-empty NodeSelectorTerms list are allowed';
    errors.push(field.invalid(path, goListOf('core/v1.NodeSelectorTerm', terms), why));
    return;
  }
  for (const [i, term] of before.entries()) {
    if (hasOnlyAdditions(terms?.[i], term)) continue;
    const value = goValueOf('core/v1.NodeSelectorTerm', terms?.[i]);
    errors.push(field.invalid(path.index(i), value, 'only additions are allowed (no mutations or deletions)'));
  }
}

/** Affinity with the node's part as it was; nothing where nothing else was said. */
function withOldNodeAffinity(
  now: corev1.Affinity | undefined,
  old: corev1.Affinity | undefined,
): corev1.Affinity | undefined {
  const before = old?.nodeAffinity;
  if (!now) return before ? { nodeAffinity: before } : undefined;
  if (!old && !now.podAffinity && !now.podAntiAffinity) return undefined;
  const { nodeAffinity: _, ...rest } = now;
  return before ? { ...rest, nodeAffinity: before } : rest;
}

/** A pod that waits at gates may still be told where to go. */
function mungeGated(errors: Complaints, spec: Spec, old: Spec): Spec {
  let munged = spec;
  if (!semanticDeepEqual(spec.nodeSelector, old.nodeSelector)) {
    const [now, before] = [spec.nodeSelector ?? {}, old.nodeSelector ?? {}];
    if (Object.keys(before).some((key) => now[key] !== before[key])) {
      const why = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
      complain(errors, specPath, 'nodeSelector', spec.nodeSelector ?? null, [why]);
    }
    munged = withMember(munged, old, 'nodeSelector');
  }
  if (!semanticDeepEqual(spec.affinity?.nodeAffinity, old.affinity?.nodeAffinity)) {
    checkNodeAffinity(errors, spec.affinity?.nodeAffinity, old.affinity?.nodeAffinity);
    const affinity = withOldNodeAffinity(spec.affinity, old.affinity);
    munged = withMember(munged, affinity ? { affinity } : {}, 'affinity');
  }
  return munged;
}

/** The spec with one member of another. */
function withMember<K extends keyof Spec>(spec: Spec, from: Partial<Spec>, name: K): Spec {
  const { [name]: _, ...rest } = spec;
  const value = from[name];
  return (value === undefined ? rest : { ...rest, [name]: value }) as Spec;
}

function withOldImages(containers: readonly corev1.Container[], old: readonly corev1.Container[]): corev1.Container[] {
  return containers.map((container, i) => {
    const { image: _, ...rest } = container;
    const image = old[i]?.image;
    return image === undefined ? rest : { ...rest, image };
  });
}

/** The new spec with everything that may change as it was. */
function munge(errors: Complaints, spec: Spec, old: Spec): Spec {
  let munged: Spec = { ...spec, containers: withOldImages(spec.containers ?? [], old.containers ?? []) };
  if (spec.initContainers) {
    munged = { ...munged, initContainers: withOldImages(spec.initContainers, old.initContainers ?? []) };
  }
  for (const name of ['activeDeadlineSeconds', 'schedulingGates', 'tolerations'] as const) {
    munged = withMember(munged, old, name);
  }
  if ((old.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1) {
    munged = withMember(munged, old, 'terminationGracePeriodSeconds');
  }
  return (old.schedulingGates ?? []).length > 0 ? mungeGated(errors, munged, old) : munged;
}

/** Complaints about a change. Upstream: ValidatePodUpdate (v1.36) */
export function validatePodUpdate(pod: Pod, old: Pod): FieldError[] {
  const errors: Complaints = [];
  const { spec = emptySpec } = pod;
  const before = old.spec ?? emptySpec;
  const options = getValidationOptionsFromPod(old);
  validatePodMetadataAndSpec(errors, pod, options);
  validatePodAnnotationsUpdate(errors, pod, old, options);
  if (!checkContainers(errors, spec, before, 'containers')) return errors;
  if (!checkContainers(errors, spec, before, 'initContainers')) return errors;
  if (!checkDeadline(errors, spec, before)) return errors;
  checkTolerations(errors, spec, before);
  checkGates(errors, spec, before);
  if (semanticDeepEqual(spec, before)) return errors;
  const munged = munge(errors, spec, before);
  if (!semanticDeepEqual(munged, before)) {
    const diff = specDiff('core/v1.PodSpec', before, munged);
    const why = `pod updates may not change fields other than ${updatableFields}\n${diff}`;
    errors.push(field.forbidden(specPath, why));
  }
  return errors;
}

/** Complaints about new ephemeral containers. Upstream: ValidatePodEphemeralContainersUpdate (v1.36) */
export function validatePodEphemeralContainersUpdate(pod: Pod, old: Pod): FieldError[] {
  if (old.metadata.annotations?.[mirrorPodAnnotation] !== undefined) {
    return [field.forbidden(field.newPath(''), 'static pods do not support ephemeral containers')];
  }
  const errors: Complaints = [];
  const options = getValidationOptionsFromPod(old);
  validatePodMetadataAndSpec(errors, pod, options);
  validatePodAnnotationsUpdate(errors, pod, old, options);
  const path = specPath.child('ephemeralContainers');
  for (const before of old.spec?.ephemeralContainers ?? []) {
    const now = (pod.spec?.ephemeralContainers ?? []).findLast(({ name }) => name === before.name);
    const about = `existing ephemeral containers ${JSON.stringify(before.name)} may not be`;
    if (!now) errors.push(field.forbidden(path, `${about} removed\n`));
    else if (!semanticDeepEqual(now, before)) {
      errors.push(field.forbidden(path, `${about} changed\n${specDiff('core/v1.EphemeralContainer', before, now)}`));
    }
  }
  return errors;
}
