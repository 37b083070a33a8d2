/** What an object that existed already may keep, though it would be refused today. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import type { ObjectMeta } from '../../../../../apimachinery/object-meta.ts';
import { parseQuantity } from '../../../../../apimachinery/quantity.ts';
import { hasInvalidLabelValue } from './labels.ts';
import { hasInvalidLabelValueInNodeSelector } from './node-selector.ts';
import { parsePodDeletionCost } from './pod-annotations.ts';
import { isHugePageResourceName } from './resource-names.ts';
import { isHugePageValueDivisible } from './resources.ts';
import { hostSysctlComplaint } from './security-context.ts';
import { visitContainers } from './visit-containers.ts';

/**
 * Leniences of pod validation, taken from the present object of an update. The defaults are those of a create.
 *
 * Upstream: pkg/apis/core/validation/validation.go PodValidationOptions (v1.36)
 */
export interface PodValidationOptions {
  /** The spec belongs to a pod, not to a template. */
  readonly resourceIsPod?: boolean;
  readonly allowInvalidPodDeletionCost?: boolean;
  readonly allowInvalidLabelValueInSelector?: boolean;
  readonly allowInvalidLabelValueInRequiredNodeAffinity?: boolean;
  readonly allowInvalidTopologySpreadConstraintLabelSelector?: boolean;
  readonly allowIndivisibleHugePages?: boolean;
  readonly allowNonLocalProjectedTokenPath?: boolean;
  readonly allowNamespacedSysctlsForHostNetAndHostIPC?: boolean;
  readonly allowAnySELinuxChangePolicy?: boolean;
  readonly allowUserNamespacesWithVolumeDevices?: boolean;
  readonly allowRestartContainerForNonSidecarInitContainer?: boolean;
}

const strict: PodValidationOptions = Object.freeze({});
const strictForPod: PodValidationOptions = Object.freeze({ resourceIsPod: true });
const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';

function hasInvalidAffinitySelector({ affinity }: corev1.PodSpec): boolean {
  return [affinity?.podAffinity, affinity?.podAntiAffinity].some((one) => {
    const terms = [...(one?.[required] ?? []), ...(one?.[preferred] ?? []).map((term) => term.podAffinityTerm)];
    return terms.some(
      (term) => hasInvalidLabelValue(term.labelSelector) || hasInvalidLabelValue(term.namespaceSelector),
    );
  });
}

function usesIndivisibleHugePages(spec: corev1.PodSpec): boolean {
  let found = false;
  visitContainers(spec, ({ resources }) => {
    for (const list of [resources?.limits, resources?.requests]) {
      for (const name in list) {
        if (isHugePageResourceName(name) && !isHugePageValueDivisible(name, parseQuantity(list[name] ?? '0')))
          found = true;
      }
    }
  });
  return found;
}

function hasNonLocalTokenPath({ volumes = [] }: corev1.PodSpec): boolean {
  return volumes.some(({ projected }) =>
    (projected?.sources ?? []).some(({ serviceAccountToken: token }) => {
      const path = token?.path ?? '';
      return path.startsWith('/') || path.startsWith('..') || path.split('/').includes('..');
    }),
  );
}

function hasVolumeDevices(spec: corev1.PodSpec): boolean {
  let found = false;
  visitContainers(spec, ({ volumeDevices = [] }) => {
    if (volumeDevices.length > 0) found = true;
  });
  return found;
}

function leniencesOf(spec: corev1.PodSpec): PodValidationOptions {
  const constraints = spec.topologySpreadConstraints ?? [];
  const sysctls = spec.securityContext?.sysctls ?? [];
  return {
    allowInvalidLabelValueInSelector: hasInvalidAffinitySelector(spec),
    allowInvalidLabelValueInRequiredNodeAffinity: hasInvalidLabelValueInNodeSelector(
      spec.affinity?.nodeAffinity?.[required],
    ),
    allowInvalidTopologySpreadConstraintLabelSelector: constraints.some((c) => hasInvalidLabelValue(c.labelSelector)),
    allowIndivisibleHugePages: usesIndivisibleHugePages(spec),
    allowNonLocalProjectedTokenPath: hasNonLocalTokenPath(spec),
    allowNamespacedSysctlsForHostNetAndHostIPC: sysctls.some(
      ({ name }) => hostSysctlComplaint(name, spec) !== undefined,
    ),
    allowAnySELinuxChangePolicy: spec.securityContext?.seLinuxChangePolicy !== undefined,
    allowUserNamespacesWithVolumeDevices: spec.hostUsers === false && hasVolumeDevices(spec),
    allowRestartContainerForNonSidecarInitContainer: (spec.initContainers ?? []).some(
      ({ restartPolicy, resizePolicy = [] }) =>
        restartPolicy !== 'Always' && resizePolicy.some((policy) => policy.restartPolicy === 'RestartContainer'),
    ),
  };
}

const hasInvalidCost = (meta: ObjectMeta | undefined): boolean => parsePodDeletionCost(meta?.annotations) === undefined;

/** The leniences of a template, given the one it replaces. Upstream: pkg/api/pod/util.go GetValidationOptionsFromPodTemplate (v1.36) */
export function getValidationOptionsFromPodTemplate(
  _template: corev1.PodTemplateSpec | undefined,
  old: corev1.PodTemplateSpec | undefined,
): PodValidationOptions {
  if (!old?.spec) return strict;
  return { ...leniencesOf(old.spec), allowInvalidPodDeletionCost: hasInvalidCost(old.metadata) };
}

/** The leniences of a pod, given what it was. Upstream: GetValidationOptionsFromPodSpecAndMeta (v1.36) */
export function getValidationOptionsFromPod(old: corev1.Pod | undefined): PodValidationOptions {
  if (!old?.spec) return strictForPod;
  return {
    ...leniencesOf(old.spec),
    allowInvalidPodDeletionCost: hasInvalidCost(old.metadata),
    resourceIsPod: true,
  };
}
