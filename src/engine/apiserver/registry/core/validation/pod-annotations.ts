/** Rules of annotations that mean something on pods. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { quote } from '../../../../../apimachinery/go-format.ts';
import type { ObjectMeta } from '../../../../../apimachinery/object-meta.ts';
import { type Complaints, sortedKeys } from './complaints.ts';
import { validateLocalDescendingPath } from './paths.ts';
import { visitContainers } from './visit-containers.ts';

type Annotations = Readonly<Record<string, string>> | undefined;

/** Marks the API's picture of a static pod. */
export const mirrorPodAnnotation = 'kubernetes.io/config.mirror';
const deletionCost = 'controller.kubernetes.io/pod-deletion-cost';
/** The seccomp profile of a pod, in the days of annotations. */
export const seccompPod = 'seccomp.security.alpha.kubernetes.io/pod';
/** Before a container's name: its seccomp profile. */
export const seccompContainerPrefix = 'container.seccomp.security.alpha.kubernetes.io/';
/** Before a container's name: its AppArmor profile. */
export const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';
const localhostPrefix = 'localhost/';
const mismatch = (what: string): string => `${what} in annotation and field must match`;

/** The cost of deleting a pod; undefined when its annotation is no number of 32 bits. Upstream: GetDeletionCostFromPodAnnotations */
export function parsePodDeletionCost(annotations: Annotations): number | undefined {
  const text = annotations?.[deletionCost];
  if (text === undefined) return 0;
  if (!/^(0|-[0-9]+|[1-9][0-9]*)$/.test(text)) return undefined;
  const cost = Number(text);
  return cost >= -(2 ** 31) && cost < 2 ** 31 ? cost : undefined;
}

function validateSeccompProfile(errors: Complaints, parent: Path, name: string, profile: string): void {
  if (['runtime/default', 'docker/default', 'unconfined'].includes(profile)) return;
  if (profile.startsWith(localhostPrefix)) {
    validateLocalDescendingPath(errors, parent, name, profile.slice(localhostPrefix.length));
  } else errors.push(field.invalid(parent.child(name), profile, 'must be a valid seccomp profile'));
}

function hasContainer(spec: corev1.PodSpec, name: string): boolean {
  let found = false;
  visitContainers(spec, (container) => {
    if (container.name === name) found = true;
  });
  return found;
}

function isAppArmorProfile(profile: string): boolean {
  return ['', 'runtime/default', 'unconfined'].includes(profile) || profile.startsWith(localhostPrefix);
}

/** Complains about annotations; `path` is theirs. Upstream: ValidatePodSpecificAnnotations (v1.36) */
export function validatePodSpecificAnnotations(
  errors: Complaints,
  path: Path,
  annotations: Annotations,
  spec: corev1.PodSpec,
  allowInvalidDeletionCost: boolean,
): void {
  if (!annotations) return;
  const mirror = annotations[mirrorPodAnnotation];
  if (mirror !== undefined && !spec.nodeName) {
    const why = 'must set spec.nodeName if mirror pod annotation is set';
    errors.push(field.invalid(path.key(mirrorPodAnnotation), mirror, why));
  }
  if (!allowInvalidDeletionCost && parsePodDeletionCost(annotations) === undefined) {
    errors.push(field.invalid(path.key(deletionCost), annotations[deletionCost], 'must be a 32bit integer'));
  }
  const keys = sortedKeys(annotations);
  const ofPod = annotations[seccompPod];
  if (ofPod !== undefined) validateSeccompProfile(errors, path, seccompPod, ofPod);
  for (const key of keys) {
    if (key.startsWith(seccompContainerPrefix)) validateSeccompProfile(errors, path, key, annotations[key] ?? '');
  }
  for (const key of keys) {
    if (!key.startsWith(appArmorPrefix)) continue;
    const name = key.slice(appArmorPrefix.length);
    const profile = annotations[key] ?? '';
    if (!hasContainer(spec, name)) errors.push(field.invalid(path.key(key), name, 'container not found'));
    if (!isAppArmorProfile(profile)) {
      errors.push(field.invalid(path.key(key), profile, `invalid AppArmor profile name: ${quote(profile)}`));
    }
  }
}

/** What an annotation and a profile disagree about; undefined when they agree. */
function disagreement(
  annotation: string,
  profile: corev1.SeccompProfile | corev1.AppArmorProfile,
  defaults: readonly string[],
): 'type' | 'localhostProfile' | undefined {
  switch (profile.type) {
    case 'Unconfined':
      return annotation === 'unconfined' ? undefined : 'type';
    case 'RuntimeDefault':
      return defaults.includes(annotation) ? undefined : 'type';
    case 'Localhost':
      if (!annotation.startsWith(localhostPrefix)) return 'type';
      return annotation.slice(localhostPrefix.length) === profile.localhostProfile ? undefined : 'localhostProfile';
    default:
      return undefined;
  }
}

function compare(
  errors: Complaints,
  path: Path,
  kind: 'seccomp' | 'apparmor',
  annotation: string | undefined,
  profile: corev1.SeccompProfile | corev1.AppArmorProfile | undefined,
): void {
  if (annotation === undefined || !profile) return;
  const defaults = kind === 'seccomp' ? ['runtime/default', 'docker/default'] : ['runtime/default'];
  const about = disagreement(annotation, profile, defaults);
  if (about === undefined) return;
  const what = about === 'type' ? `${kind} type` : `${kind} profile`;
  const name = kind === 'seccomp' ? 'seccompProfile' : 'appArmorProfile';
  errors.push(field.forbidden(path.child('securityContext', name, about), mismatch(what)));
}

/**
 * Complains about profiles that say one thing in annotations and another in fields.
 *
 * Upstream: validateSeccompAnnotationsAndFields, validateAppArmorAnnotationsAndFieldsMatchOnCreate (v1.36)
 */
export function validateProfilesMatchAnnotations(
  errors: Complaints,
  path: Path,
  meta: ObjectMeta | undefined,
  spec: corev1.PodSpec,
): void {
  const annotations = meta?.annotations;
  if (!annotations) return;
  compare(errors, path, 'seccomp', annotations[seccompPod], spec.securityContext?.seccompProfile);
  visitContainers(spec, ({ name, securityContext }, list, i) => {
    const annotation = annotations[seccompContainerPrefix + name];
    compare(errors, path.child(list).index(i), 'seccomp', annotation, securityContext?.seccompProfile);
  });
  if (spec.os?.name === 'windows') return;
  visitContainers(spec, ({ name, securityContext }, list, i) => {
    const profile = securityContext?.appArmorProfile ?? spec.securityContext?.appArmorProfile;
    compare(errors, path.child(list).index(i), 'apparmor', annotations[appArmorPrefix + name], profile);
  });
}

/** The field that says what an AppArmor annotation says; undefined when it says nothing sound. Upstream: ApparmorFieldForAnnotation */
export function appArmorFieldForAnnotation(annotation: string): corev1.AppArmorProfile | undefined {
  if (annotation === 'unconfined') return { type: 'Unconfined' };
  if (annotation === 'runtime/default') return { type: 'RuntimeDefault' };
  if (!annotation.startsWith(localhostPrefix)) return undefined;
  const localhostProfile = annotation.slice(localhostPrefix.length);
  return localhostProfile === '' ? undefined : { type: 'Localhost', localhostProfile };
}
