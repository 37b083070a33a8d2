/** Rules of containers: regular, init and ephemeral ones. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { isDNS1123Label } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, oneOf, require, requiredOneOf } from './complaints.ts';
import { validateEnv, validateEnvFrom } from './env.ts';
import { type VolumesByName, validateVolumeDevices, validateVolumeMounts } from './mounts.ts';
import type { PodValidationOptions } from './pod-options.ts';
import { checkHostPortConflicts, validateContainerPorts } from './ports.ts';
import { validateLifecycle, validateProbes } from './probes.ts';
import { validateContainerResourceRequirements } from './resources.ts';
import { validateSecurityContext } from './security-context.ts';
import { supportedPullPolicies } from './volumes.ts';

/** What a container's rules must know of its pod. */
export interface PodScope {
  readonly spec: corev1.PodSpec;
  readonly volumes: VolumesByName;
  readonly claimNames: ReadonlySet<string>;
  readonly hostUsers: boolean;
  readonly options: PodValidationOptions;
}

const messagePolicies = ['File', 'FallbackToLogsOnError'];
const restartPolicies = ['Always', 'Never', 'OnFailure'];
const maxRestartRules = 20;
const maxExitCodes = 255;

function validateResizePolicy(
  errors: Complaints,
  parent: Path,
  policies: readonly corev1.ContainerResizePolicy[] | undefined,
  podRestartPolicy: string | undefined,
): void {
  const seen = new Set<string>();
  const check = (path: Path, value: string, allowed: readonly string[]): void => {
    if (value === '') errors.push(field.required(path));
    else if (!allowed.includes(value)) errors.push(field.notSupported(path, value, allowed));
  };
  for (const [i, { resourceName = '', restartPolicy = '' }] of (policies ?? []).entries()) {
    const path = parent.child('resizePolicy');
    if (seen.has(resourceName)) errors.push(field.duplicate(path.index(i), resourceName));
    seen.add(resourceName);
    check(path, resourceName, ['cpu', 'memory']);
    check(path, restartPolicy, ['NotRequired', 'RestartContainer']);
    if (podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired') {
      errors.push(field.invalid(path, restartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'"));
    }
  }
}

/** Upstream: validateContainerCommon (v1.36) */
function validateContainerCommon(errors: Complaints, path: Path, container: corev1.Container, pod: PodScope): void {
  if (require(errors, path, 'name', container.name)) {
    complain(errors, path, 'name', container.name, isDNS1123Label(container.name));
  }
  require(errors, path, 'image', container.image);
  requiredOneOf(errors, path, 'terminationMessagePolicy', container.terminationMessagePolicy, messagePolicies);
  validateContainerPorts(errors, path, container.ports);
  validateEnv(errors, path, container.env);
  validateEnvFrom(errors, path, container.envFrom);
  validateVolumeMounts(errors, path, container, pod.volumes);
  validateVolumeDevices(errors, path, container, pod.volumes);
  requiredOneOf(errors, path, 'imagePullPolicy', container.imagePullPolicy, supportedPullPolicies);
  if (container.resources) {
    const at = path.child('resources');
    validateContainerResourceRequirements(errors, at, container.resources, pod.claimNames, pod.options);
  }
  validateResizePolicy(errors, path, container.resizePolicy, pod.spec.restartPolicy);
  validateSecurityContext(errors, path, container.securityContext, pod.hostUsers);
}

function validateRestartRule(errors: Complaints, path: Path, { action, exitCodes }: corev1.ContainerRestartRule): void {
  oneOf(errors, path, 'action', action, ['Restart', 'RestartAllContainers']);
  if (!exitCodes) {
    errors.push(field.required(path.child('exitCodes'), 'must be specified'));
    return;
  }
  const at = path.child('exitCodes');
  oneOf(errors, at, 'operator', exitCodes.operator, ['In', 'NotIn']);
  const count = exitCodes.values?.length ?? 0;
  if (count > maxExitCodes) errors.push(field.tooMany(at.child('values'), count, maxExitCodes));
}

/** Upstream: validateContainerRestartPolicy (v1.36) */
function validateContainerRestartPolicy(errors: Complaints, path: Path, container: corev1.Container): void {
  const { restartPolicy, restartPolicyRules: rules = [] } = container;
  if (restartPolicy === undefined) {
    if (rules.length === 0) return;
    const why = 'must specify restartPolicy when restart rules are used';
    errors.push(field.required(path.child('restartPolicy'), why));
  } else oneOf(errors, path, 'restartPolicy', restartPolicy, restartPolicies);
  const at = path.child('restartPolicyRules');
  if (rules.length > maxRestartRules) errors.push(field.tooMany(at, rules.length, maxRestartRules));
  for (const [i, rule] of rules.entries()) validateRestartRule(errors, at.index(i), rule);
}

/** Complains about regular containers; `parent` is the spec's path. Upstream: validateContainers (v1.36) */
export function validateContainers(errors: Complaints, parent: Path, pod: PodScope): void {
  const { terminationGracePeriodSeconds: grace, os } = pod.spec;
  const containers = pod.spec.containers ?? [];
  const list = parent.child('containers');
  if (containers.length === 0) {
    errors.push(field.required(list));
    return;
  }
  const names = new Set<string>();
  for (const [i, container] of containers.entries()) {
    const path = list.index(i);
    validateContainerCommon(errors, path, container, pod);
    const name = container.name ?? '';
    if (names.has(name)) errors.push(field.duplicate(path.child('name'), name));
    names.add(name);
    validateLifecycle(errors, path, container.lifecycle, grace, os);
    validateProbes(errors, path, container, grace);
    validateContainerRestartPolicy(errors, path, container);
  }
  checkHostPortConflicts(errors, list, containers);
}

const sidecarOnly = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const;

function validateInitResizePolicy(errors: Complaints, path: Path, container: corev1.Container): void {
  for (const [j, { restartPolicy }] of (container.resizePolicy ?? []).entries()) {
    if (restartPolicy !== 'RestartContainer') continue;
    const why = "must not be set to 'RestartContainer' for non-sidecar initContainers";
    errors.push(field.invalid(path.child('resizePolicy').index(j).child('restartPolicy'), restartPolicy, why));
  }
}

/** Complains about init containers; `parent` is the spec's path. Upstream: validateInitContainers (v1.36) */
export function validateInitContainers(errors: Complaints, parent: Path, pod: PodScope): void {
  const { initContainers = [], terminationGracePeriodSeconds: grace, os } = pod.spec;
  if (initContainers.length === 0) return;
  const list = parent.child('initContainers');
  const names = new Set((pod.spec.containers ?? []).map(({ name = '' }) => name));
  for (const [i, container] of initContainers.entries()) {
    const path = list.index(i);
    validateContainerCommon(errors, path, container, pod);
    validateContainerRestartPolicy(errors, path, container);
    const name = container.name ?? '';
    if (names.has(name)) errors.push(field.duplicate(path.child('name'), name));
    else if (name !== '') names.add(name);
    checkHostPortConflicts(errors, list, [container]);
    if (container.restartPolicy === 'Always') {
      validateLifecycle(errors, path, container.lifecycle, grace, os);
      validateProbes(errors, path, container, grace);
      continue;
    }
    for (const what of sidecarOnly) {
      if (container[what] === undefined) continue;
      errors.push(field.forbidden(path.child(what), 'may not be set for init containers without restartPolicy=Always'));
    }
    if (!pod.options.allowRestartContainerForNonSidecarInitContainer) validateInitResizePolicy(errors, path, container);
  }
}

const notInEphemeral = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const;

const isSet = (value: unknown): boolean =>
  value !== undefined && (typeof value !== 'object' || value === null || Object.keys(value).length > 0);

function checkEphemeralFields(errors: Complaints, path: Path, container: corev1.EphemeralContainer): void {
  const why = 'cannot be set for an Ephemeral Container';
  for (const name of notInEphemeral) if (isSet(container[name])) errors.push(field.forbidden(path.child(name), why));
  for (const [i, { subPath, subPathExpr }] of (container.volumeMounts ?? []).entries()) {
    const at = path.child('volumeMounts').index(i);
    if (subPath) errors.push(field.forbidden(at.child('subPath'), why));
    if (subPathExpr) errors.push(field.forbidden(at.child('subPathExpr'), why));
  }
}

/** Complains about an image with space around it, which only pods may not have. Upstream: validateContainerOnlyForPod */
export function validateImageSpace(errors: Complaints, path: Path, { image = '' }: { readonly image?: string }): void {
  if (image.trim() !== image) complain(errors, path, 'image', image, ['must not have leading or trailing whitespace']);
}

/** Complains about ephemeral containers; `parent` is the spec's path. Upstream: validateEphemeralContainers (v1.36) */
export function validateEphemeralContainers(errors: Complaints, parent: Path, pod: PodScope): void {
  const { ephemeralContainers = [], initContainers = [] } = pod.spec;
  if (ephemeralContainers.length === 0) return;
  const others = new Set([...(pod.spec.containers ?? []), ...initContainers].map(({ name = '' }) => name));
  const names = new Set(others);
  for (const [i, container] of ephemeralContainers.entries()) {
    const path = parent.child('ephemeralContainers').index(i);
    validateContainerCommon(errors, path, container, pod);
    validateImageSpace(errors, path, container);
    const { name = '', targetContainerName: target } = container;
    if (names.has(name)) errors.push(field.duplicate(path.child('name'), name));
    names.add(name);
    if (target && !others.has(target)) errors.push(field.notFound(path.child('targetContainerName'), target));
    checkEphemeralFields(errors, path, container);
  }
}
