/** Rules of changes of pods' status. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import { goListOf } from '../../../../../api/go-value.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import { isValidIPForLegacyField } from '../../../../../apimachinery/ip-validation.ts';
import { isDNS1123Subdomain, isQualifiedName } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, fieldImmutable } from './complaints.ts';
import { getValidationOptionsFromPod } from './pod-options.ts';
import { validatePodAnnotationsUpdate } from './pod-update.ts';

type Status = corev1.PodStatus;
type ContainerStatuses = readonly corev1.ContainerStatus[];

const path = field.newPath('status');
const emptyStatus: Status = Object.freeze({});
const systemConditions: ReadonlySet<string> = new Set(['PodScheduled', 'Ready', 'Initialized']);

/** Whether a container that ended so may start again. Upstream: pkg/api/v1/pod/util.go ContainerShouldRestart (v1.36) */
function containerShouldRestart(container: corev1.Container, spec: corev1.PodSpec, exitCode: number): boolean {
  for (const { action, exitCodes } of container.restartPolicyRules ?? []) {
    const listed = (exitCodes?.values ?? []).includes(exitCode);
    const matches = exitCodes?.operator === 'In' ? listed : exitCodes?.operator === 'NotIn' ? !listed : false;
    if (matches) return action === 'Restart' || action === 'RestartAllContainers';
  }
  const policy = container.restartPolicy ?? spec.restartPolicy;
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

const allCouldRestart = ({ containers, initContainers = [] }: corev1.PodSpec): boolean =>
  [...(containers ?? []), ...initContainers].some(({ restartPolicyRules = [] }) =>
    restartPolicyRules.some(({ action }) => action === 'RestartAllContainers'),
  );

/** What has ended may not run again, unless its pod says so. */
function checkTransitions(
  errors: Complaints,
  at: Path,
  statuses: ContainerStatuses | undefined,
  old: ContainerStatuses | undefined,
  mayRestart: (name: string, exitCode: number) => boolean,
): void {
  for (const [i, { name, state }] of (old ?? []).entries()) {
    if (!state?.terminated) continue;
    const now = (statuses ?? []).find((status) => status.name === name && !status.state?.terminated);
    if (!now || mayRestart(name, state.terminated.exitCode ?? 0)) continue;
    errors.push(field.forbidden(at.index(i).child('state'), 'may not be transitioned to non-terminated state'));
  }
}

function checkContainers(errors: Complaints, status: Status, old: Status, spec: corev1.PodSpec): void {
  const rule =
    (containers: readonly corev1.Container[] | undefined) =>
    (name: string, exitCode: number): boolean => {
      const container = (containers ?? []).find((one) => one.name === name);
      return container !== undefined && containerShouldRestart(container, spec, exitCode);
    };
  if (!allCouldRestart(spec)) {
    const at = path.child('containerStatuses');
    checkTransitions(errors, at, status.containerStatuses, old.containerStatuses, rule(spec.containers));
    const initAt = path.child('initContainerStatuses');
    checkTransitions(
      errors,
      initAt,
      status.initContainerStatuses,
      old.initContainerStatuses,
      rule(spec.initContainers),
    );
  }
  const at = path.child('ephemeralContainerStatuses');
  checkTransitions(errors, at, status.ephemeralContainerStatuses, old.ephemeralContainerStatuses, () => false);
}

function checkConditions(errors: Complaints, conditions: readonly corev1.PodCondition[]): void {
  for (const [i, { type = '', observedGeneration = 0 }] of conditions.entries()) {
    const at = path.child('conditions').index(i);
    if (observedGeneration < 0) {
      complain(errors, at, 'observedGeneration', observedGeneration, ['must be a non-negative integer']);
    }
    if (!systemConditions.has(type)) complain(errors, at, 'Type', type, isQualifiedName(type));
  }
}

function checkIPs(errors: Complaints, status: Status, old: Status, list: 'hostIPs' | 'podIPs'): void {
  const ips: readonly corev1.PodIP[] = status[list] ?? [];
  const known: readonly corev1.PodIP[] = old[list] ?? [];
  const at = path.child(list);
  if (list === 'hostIPs' && ips.length > 0 && (status.hostIP ?? '') !== ips[0]?.ip) {
    complain(errors, at.index(0), 'ip', ips[0]?.ip, ['must be equal to `hostIP`']);
  }
  for (const [i, { ip }] of ips.entries()) {
    errors.push(
      ...isValidIPForLegacyField(
        at.index(i),
        ip,
        true,
        known.map((one) => one.ip),
      ),
    );
  }
  if (ips.length > 1 && (ips.length > 2 || new Set(ips.map(({ ip }) => ip.includes(':'))).size < 2)) {
    const value = goListOf(list === 'podIPs' ? 'core/v1.PodIP' : 'core/v1.HostIP', ips);
    errors.push(field.invalid(at, value, 'may specify no more than one IP for each IP family'));
  }
}

function checkClaims(errors: Complaints, status: Status, spec: corev1.PodSpec): void {
  const names = new Set<string>();
  for (const [i, { name, resourceClaimName }] of (status.resourceClaimStatuses ?? []).entries()) {
    const at = path.child('resourceClaimStatuses').index(i);
    if (!(spec.resourceClaims ?? []).some((claim) => claim.name === name)) {
      complain(errors, at, 'name', name, ['must match the name of an entry in `spec.resourceClaims`']);
    }
    if (names.has(name)) errors.push(field.duplicate(at.child('name'), name));
    names.add(name);
    if (resourceClaimName !== undefined) {
      complain(errors, at, 'resourceClaimName', resourceClaimName, isDNS1123Subdomain(resourceClaimName));
    }
  }
}

function checkNomination(errors: Complaints, status: Status, old: corev1.Pod): void {
  const name = status.nominatedNodeName ?? '';
  if (name === '' || name === (old.status?.nominatedNodeName ?? '')) return;
  complain(errors, path, 'nominatedNodeName', name, isDNS1123Subdomain(name));
  if (old.spec?.nodeName) {
    const why = 'may not be set on pods that are already bound to a node';
    errors.push(field.forbidden(path.child('nominatedNodeName'), why));
  }
}

/** Complaints about a status. Upstream: ValidatePodStatusUpdate (v1.36) */
export function validatePodStatusUpdate(pod: corev1.Pod, old: corev1.Pod): FieldError[] {
  const errors: Complaints = [];
  const { status = emptyStatus } = pod;
  const before = old.status ?? emptyStatus;
  const spec = old.spec ?? ({} as corev1.PodSpec);
  if (pod.metadata.annotations ?? old.metadata.annotations) {
    validatePodAnnotationsUpdate(errors, pod, old, getValidationOptionsFromPod(undefined));
  }
  checkConditions(errors, status.conditions ?? []);
  checkNomination(errors, status, old);
  const generation = status.observedGeneration ?? 0;
  if (generation < 0) complain(errors, path, 'observedGeneration', generation, ['must be a non-negative integer']);
  if ((status.qosClass ?? '') !== (before.qosClass ?? '')) {
    complain(errors, path, 'qosClass', status.qosClass ?? '', [fieldImmutable]);
  }
  checkContainers(errors, status, before, spec);
  checkClaims(errors, status, spec);
  checkIPs(errors, status, before, 'podIPs');
  checkIPs(errors, status, before, 'hostIPs');
  return errors;
}
