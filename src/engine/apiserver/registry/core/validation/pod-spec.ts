/** Rules of pod specs, in pods and in templates. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import { goValueOf } from '../../../../../api/go-value.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import type { ObjectMeta } from '../../../../../apimachinery/object-meta.ts';
import {
  inclusiveRangeError,
  isDNS1123Label,
  isDNS1123Subdomain,
  isQualifiedName,
} from '../../../../../apimachinery/validation.ts';
import { validateAffinity, validateTopologySpreadConstraints } from './affinity.ts';
import { type Complaints, complain, complainAt, requiredOneOf } from './complaints.ts';
import {
  type PodScope,
  validateContainers,
  validateEphemeralContainers,
  validateInitContainers,
} from './containers.ts';
import { validateHostAliases, validatePodDNSConfig, validatePodHostName } from './dns.ts';
import { validateLabelMap } from './labels.ts';
import { mirrorPodAnnotation } from './pod-annotations.ts';
import { validatePodLevelResources } from './pod-level-resources.ts';
import type { PodValidationOptions } from './pod-options.ts';
import { validateContainerResourceRequirements } from './resources.ts';
import { validatePodSecurityContext } from './security-context.ts';
import { validateTolerations } from './tolerations.ts';
import { visitContainers } from './visit-containers.ts';
import { validateVolumes } from './volumes.ts';
import { validateOS, validateWindowsHostProcessPod } from './windows-options.ts';

const maxInt32 = 2 ** 31 - 1;
const none: ReadonlySet<string> = new Set();
const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];

function validateResourceClaims(
  errors: Complaints,
  parent: Path,
  claims: readonly corev1.PodResourceClaim[] | undefined,
  meta: ObjectMeta | undefined,
): ReadonlySet<string> {
  if (!claims) return none;
  const names = new Set<string>();
  for (const [i, claim] of claims.entries()) {
    if (meta?.annotations?.[mirrorPodAnnotation] !== undefined) {
      errors.push(field.forbidden(field.newPath(''), 'static pods do not support resource claims'));
      continue;
    }
    const path = parent.child('resourceClaims').index(i);
    const { name, resourceClaimName: own, resourceClaimTemplateName: template } = claim;
    if (!name) errors.push(field.required(path.child('name')));
    else if (names.has(name)) errors.push(field.duplicate(path.child('name'), name));
    else {
      complain(errors, path, 'name', name, isDNS1123Label(name));
      names.add(name);
    }
    const refuse = (why: string): void => {
      errors.push(field.invalid(path, goValueOf('core/v1.PodResourceClaim', claim), why));
    };
    if (own !== undefined && template !== undefined) {
      refuse('at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified');
    }
    if (own === undefined && template === undefined) {
      refuse('must specify one of: `resourceClaimName`, `resourceClaimTemplateName`');
    }
    if (own !== undefined) complain(errors, path, 'resourceClaimName', own, isDNS1123Subdomain(own));
    if (template !== undefined)
      complain(errors, path, 'resourceClaimTemplateName', template, isDNS1123Subdomain(template));
  }
  return new Set(claims.map(({ name }) => name).filter(Boolean));
}

function validateHostNetworkPorts(errors: Complaints, path: Path, spec: corev1.PodSpec, isPod: boolean): void {
  if (!spec.hostNetwork) return;
  for (const [i, { ports = [] }] of (spec.containers ?? []).entries()) {
    for (const [j, { hostPort = 0, containerPort = 0 }] of ports.entries()) {
      if ((!isPod && hostPort === 0) || hostPort === containerPort) continue;
      const at = path.child('containers').index(i).child('ports').index(j);
      complain(errors, at, 'hostPort', hostPort, ['must match `containerPort` when `hostNetwork` is true']);
    }
  }
}

function validateGates(errors: Complaints, path: Path, spec: corev1.PodSpec): void {
  for (const [i, { conditionType = '' }] of (spec.readinessGates ?? []).entries()) {
    const messages = isQualifiedName(conditionType);
    complain(errors, path.child('readinessGates').index(i), 'conditionType', conditionType, messages);
  }
  const seen = new Set<string>();
  for (const [i, { name = '' }] of (spec.schedulingGates ?? []).entries()) {
    const at = path.child('schedulingGates').index(i);
    complainAt(errors, at, name, isQualifiedName(name));
    if (seen.has(name)) errors.push(field.duplicate(at, name));
    seen.add(name);
  }
}

function validateHostUsers(errors: Complaints, path: Path, spec: corev1.PodSpec, allowDevices: boolean): void {
  if (spec.hostUsers !== false) return;
  const refuse = (at: Path): void => {
    errors.push(field.forbidden(at, 'when `hostUsers` is false'));
  };
  if (spec.hostNetwork) refuse(path.child('hostNetwork'));
  if (spec.hostPID) refuse(path.child('HostPID'));
  if (spec.hostIPC) refuse(path.child('HostIPC'));
  if (allowDevices) return;
  visitContainers(spec, ({ volumeDevices = [] }, list, i) => {
    if (volumeDevices.length > 0) refuse(path.child(list).index(i).child('volumeDevices'));
  });
}

function validateFileKeyRefVolumes(errors: Complaints, path: Path, spec: corev1.PodSpec): void {
  visitContainers(spec, ({ env }, list, i) => {
    if (!env) return;
    for (const [j, { valueFrom }] of env.entries()) {
      const name = valueFrom?.fileKeyRef?.volumeName;
      if (name === undefined) continue;
      const at = path.child(list).index(i).child('env').index(j).child('valueFrom', 'fileKeyRef', 'volumeName');
      const volume = (spec.volumes ?? []).findLast((one) => one.name === name);
      if (!volume) errors.push(field.notFound(at, name));
      else if (!volume.emptyDir) errors.push(field.invalid(at, name, 'referenced volume must be of type emptyDir'));
    }
  });
}

const named: readonly (readonly [keyof corev1.PodSpec, (name: string) => string[]])[] = [
  ['serviceAccountName', isDNS1123Subdomain],
  ['nodeName', isDNS1123Subdomain],
];
const hostNames: readonly (readonly [keyof corev1.PodSpec, (name: string) => string[]])[] = [
  ['hostname', isDNS1123Label],
  ['subdomain', isDNS1123Label],
];

function validateNames(errors: Complaints, path: Path, spec: corev1.PodSpec, rules: typeof named): void {
  for (const [name, rule] of rules) {
    const value = spec[name];
    if (typeof value === 'string' && value !== '') complain(errors, path, name, value, rule(value));
  }
}

function validatePriority(errors: Complaints, path: Path, spec: corev1.PodSpec): void {
  const { priorityClassName, runtimeClassName, preemptionPolicy } = spec;
  if (priorityClassName)
    complain(errors, path, 'priorityClassName', priorityClassName, isDNS1123Subdomain(priorityClassName));
  if (runtimeClassName !== undefined) {
    complain(errors, path, 'runtimeClassName', runtimeClassName, isDNS1123Subdomain(runtimeClassName));
  }
  if (preemptionPolicy !== undefined) {
    requiredOneOf(errors, path, 'preemptionPolicy', preemptionPolicy, ['PreemptLowerPriority', 'Never']);
  }
}

/** The rules that look at containers and volumes. */
function validateWorkload(errors: Complaints, path: Path, pod: PodScope): void {
  validateContainers(errors, path, pod);
  validateInitContainers(errors, path, pod);
  validateEphemeralContainers(errors, path, pod);
  validatePodLevelResources(errors, path, pod.spec, pod.claimNames);
  validateHostNetworkPorts(errors, path, pod.spec, pod.options.resourceIsPod === true);
}

/**
 * Complains about a spec. `meta` is set for real pods.
 *
 * Upstream: ValidatePodSpec (v1.36)
 */
export function validatePodSpec(
  errors: Complaints,
  path: Path,
  spec: corev1.PodSpec,
  meta: ObjectMeta | undefined,
  options: PodValidationOptions,
): void {
  if (spec.terminationGracePeriodSeconds === undefined) {
    errors.push(field.required(path.child('terminationGracePeriodSeconds')));
  }
  const volumes = validateVolumes(errors, path, spec.volumes, meta?.name, options);
  const claimNames = validateResourceClaims(errors, path, spec.resourceClaims, meta);
  validateWorkload(errors, path, { spec, volumes, claimNames, hostUsers: spec.hostUsers !== false, options });
  requiredOneOf(errors, path, 'restartPolicy', spec.restartPolicy, ['Always', 'OnFailure', 'Never']);
  requiredOneOf(errors, path, 'dnsPolicy', spec.dnsPolicy, dnsPolicies);
  if (spec.nodeSelector) validateLabelMap(errors, path.child('nodeSelector'), spec.nodeSelector);
  validatePodSecurityContext(errors, path, spec, options);
  validateAffinity(errors, path, spec.affinity, options);
  validatePodDNSConfig(errors, path, spec);
  validateGates(errors, path, spec);
  validateTopologySpreadConstraints(errors, path, spec.topologySpreadConstraints, options);
  validateWindowsHostProcessPod(errors, path, spec);
  validateHostUsers(errors, path, spec, options.allowUserNamespacesWithVolumeDevices === true);
  validatePodHostName(errors, path, spec);
  validateNames(errors, path, spec, named);
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > maxInt32)) {
    complain(errors, path, 'activeDeadlineSeconds', deadline, [inclusiveRangeError(1, maxInt32)]);
  }
  validateNames(errors, path, spec, hostNames);
  if (spec.tolerations) validateTolerations(errors, path.child('tolerations'), spec.tolerations);
  validateHostAliases(errors, path, spec.hostAliases);
  validatePriority(errors, path, spec);
  if (spec.overhead) {
    const overhead = { limits: spec.overhead };
    validateContainerResourceRequirements(errors, path.child('overhead'), overhead, none, options);
  }
  validateOS(errors, path, spec);
  validateFileKeyRefVolumes(errors, path, spec);
}
