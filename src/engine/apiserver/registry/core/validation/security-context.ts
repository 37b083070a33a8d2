/** Rules of the security contexts of containers and pods. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import { goValueOf } from '../../../../../api/go-value.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { byteLength, isValidGroupID, isValidUserID } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, oneOf, require } from './complaints.ts';
import { validateLocalDescendingPath } from './paths.ts';
import { validateWindowsSecurityContextOptions } from './windows-options.ts';

const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined'];
const maxLocalhostProfileLength = 4095;
const sysctlMaxLength = 253;
const sysctlSegment = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const sysctlFormat = `^(${sysctlSegment}[\\./])*${sysctlSegment}$`;
const sysctl = new RegExp(sysctlFormat);

/** The parts of a pod's spec that share a namespace with the node. */
export type HostNamespaces = Pick<corev1.PodSpec, 'hostNetwork' | 'hostIPC' | 'hostPID' | 'shareProcessNamespace'>;

function validateSeccompProfile(errors: Complaints, parent: Path, profile: corev1.SeccompProfile | undefined): void {
  if (!profile) return;
  const path = parent.child('seccompProfile');
  const { type, localhostProfile } = profile;
  if (require(errors, path, 'type', type, 'type is required when seccompProfile is set')) {
    oneOf(errors, path, 'type', type, profileTypes);
  }
  if (type === 'Localhost') {
    if (localhostProfile === undefined) {
      errors.push(field.required(path.child('localhostProfile'), 'must be set when seccomp type is Localhost'));
    } else validateLocalDescendingPath(errors, path, 'localhostProfile', localhostProfile);
  } else if (localhostProfile !== undefined) {
    const value = goValueOf('core/v1.SeccompProfile', profile);
    complain(errors, path, 'localhostProfile', value, ['can only be set when seccomp type is Localhost']);
  }
}

function validateAppArmorProfile(errors: Complaints, parent: Path, profile: corev1.AppArmorProfile | undefined): void {
  if (!profile) return;
  const path = parent.child('appArmorProfile');
  const { type, localhostProfile } = profile;
  const missing = (): void => {
    errors.push(field.required(path.child('localhostProfile'), 'must be set when AppArmor type is Localhost'));
  };
  if (type === 'Localhost') {
    if (localhostProfile === undefined) return missing();
    if (localhostProfile.trim() !== localhostProfile) {
      complain(errors, path, 'localhostProfile', localhostProfile, ['must not be padded with whitespace']);
    } else if (localhostProfile === '') missing();
    if (byteLength(localhostProfile) > maxLocalhostProfileLength) {
      errors.push(field.tooLong(path.child('localhostProfile'), maxLocalhostProfileLength));
    }
  } else if (type === 'RuntimeDefault' || type === 'Unconfined') {
    if (localhostProfile !== undefined) {
      const why = 'can only be set when AppArmor type is Localhost';
      complain(errors, path, 'localhostProfile', localhostProfile, [why]);
    }
  } else if (require(errors, path, 'type', type, 'type is required when appArmorProfile is set')) {
    oneOf(errors, path, 'type', type, profileTypes);
  }
}

function validateEscalation(errors: Complaints, path: Path, context: corev1.SecurityContext): void {
  if (context.allowPrivilegeEscalation !== false) return;
  const refuse = (why: string): void => {
    errors.push(field.invalid(path, goValueOf('core/v1.SecurityContext', context), why));
  };
  if (context.privileged) refuse('cannot set `allowPrivilegeEscalation` to false and `privileged` to true');
  for (const capability of context.capabilities?.add ?? []) {
    if (capability === 'CAP_SYS_ADMIN') {
      refuse('cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN');
    }
  }
}

/** Complains about a container's context; `parent` is the container's path. Upstream: ValidateSecurityContext (v1.36) */
export function validateSecurityContext(
  errors: Complaints,
  parent: Path,
  context: corev1.SecurityContext | undefined,
  hostUsers: boolean,
): void {
  if (!context) return;
  const path = parent.child('securityContext');
  const { runAsUser, runAsGroup, procMount } = context;
  if (runAsUser !== undefined) complain(errors, path, 'runAsUser', runAsUser, isValidUserID(runAsUser));
  if (runAsGroup !== undefined) complain(errors, path, 'runAsGroup', runAsGroup, isValidGroupID(runAsGroup));
  if (procMount !== undefined) {
    oneOf(errors, path, 'procMount', procMount, ['Default', 'Unmasked']);
    if (hostUsers && procMount === 'Unmasked') {
      complain(errors, path, 'procMount', procMount, ['`hostUsers` must be false to use `Unmasked`']);
    }
  }
  validateSeccompProfile(errors, path, context.seccompProfile);
  validateEscalation(errors, path, context);
  validateWindowsSecurityContextOptions(errors, path, context.windowsOptions);
  validateAppArmorProfile(errors, path, context.appArmorProfile);
}

const ipcSysctls: ReadonlySet<string> = new Set([
  'kernel.sem',
  'kernel.shmall',
  'kernel.shmmax',
  'kernel.shmmni',
  'kernel.shm_rmid_forced',
  'kernel.shm',
  'kernel.msgmax',
  'kernel.msgmnb',
  'kernel.msgmni',
  'kernel.msg',
]);

/** The namespace a sysctl belongs to. Upstream: component-helpers/node/util/sysctl namespace.go (v1.36) */
function sysctlNamespace(name: string): 'ipc' | 'net' | undefined {
  const normal = normalizeSysctl(name);
  if (ipcSysctls.has(normal) || normal.startsWith('fs.mqueue.')) return 'ipc';
  return normal.startsWith('net.') ? 'net' : undefined;
}

/** The dotted form of a sysctl written with slashes. */
function normalizeSysctl(name: string): string {
  const first = /[./]/.exec(name);
  if (first === null || first[0] === '.') return name;
  return name.replace(/[./]/g, (separator) => (separator === '.' ? '/' : '.'));
}

/** The complaint about a namespaced sysctl of a namespace that is the node's. Upstream: ValidateHostSysctl (v1.36) */
export function hostSysctlComplaint(name: string, host: HostNamespaces): string | undefined {
  const namespace = sysctlNamespace(name);
  if (host.hostNetwork && namespace === 'net') return "may not be specified when 'hostNetwork' is true";
  if (host.hostIPC && namespace === 'ipc') return "may not be specified when 'hostIPC' is true";
  return undefined;
}

function validateSysctls(
  errors: Complaints,
  parent: Path,
  sysctls: readonly corev1.Sysctl[],
  host: HostNamespaces,
  lenient: boolean,
): void {
  const names = new Set<string>();
  for (const [i, { name = '' }] of sysctls.entries()) {
    const path = parent.child('sysctls').index(i);
    if (require(errors, path, 'name', name)) {
      if (byteLength(name) > sysctlMaxLength || !sysctl.test(name)) {
        const why = `must have at most ${sysctlMaxLength} characters and match regex ${sysctlFormat}`;
        complain(errors, path, 'name', name, [why]);
      } else if (names.has(name)) errors.push(field.duplicate(path.child('name'), name));
    }
    const complaint = lenient ? undefined : hostSysctlComplaint(name, host);
    if (complaint !== undefined) complain(errors, path, 'name', name, [complaint]);
    names.add(name);
  }
}

/** What an old pod may keep. */
interface Leniences {
  readonly allowNamespacedSysctlsForHostNetAndHostIPC?: boolean;
  readonly allowAnySELinuxChangePolicy?: boolean;
}

/** Complains about a pod's context; `parent` is the spec's path. Upstream: validatePodSpecSecurityContext (v1.36) */
export function validatePodSecurityContext(
  errors: Complaints,
  parent: Path,
  spec: corev1.PodSpec,
  options: Leniences,
): void {
  const allowHostSysctls = options.allowNamespacedSysctlsForHostNetAndHostIPC === true;
  const context = spec.securityContext;
  const path = parent.child('securityContext');
  const { fsGroup, runAsUser, runAsGroup, supplementalGroups = [] } = context ?? {};
  if (fsGroup !== undefined) complain(errors, path, 'fsGroup', fsGroup, isValidGroupID(fsGroup));
  if (runAsUser !== undefined) complain(errors, path, 'runAsUser', runAsUser, isValidUserID(runAsUser));
  if (runAsGroup !== undefined) complain(errors, path, 'runAsGroup', runAsGroup, isValidGroupID(runAsGroup));
  for (const [i, group] of supplementalGroups.entries()) {
    for (const why of isValidGroupID(group)) {
      errors.push(field.invalid(path.child('supplementalGroups').index(i), group, why));
    }
  }
  if (spec.shareProcessNamespace && spec.hostPID) {
    complain(errors, path, 'shareProcessNamespace', true, ['ShareProcessNamespace and HostPID cannot both be enabled']);
  }
  if (!context) return;
  if (context.sysctls) validateSysctls(errors, path, context.sysctls, spec, allowHostSysctls);
  if (context.fsGroupChangePolicy !== undefined) {
    oneOf(errors, path, 'fsGroupChangePolicy', context.fsGroupChangePolicy, ['Always', 'OnRootMismatch']);
  }
  validateSeccompProfile(errors, path, context.seccompProfile);
  validateWindowsSecurityContextOptions(errors, path, context.windowsOptions);
  validateAppArmorProfile(errors, path, context.appArmorProfile);
  if (context.supplementalGroupsPolicy !== undefined) {
    oneOf(errors, path, 'supplementalGroupsPolicy', context.supplementalGroupsPolicy, ['Merge', 'Strict']);
  }
  if (context.seLinuxChangePolicy !== undefined) {
    const policies = options.allowAnySELinuxChangePolicy ? ['MountOption', 'Recursive'] : ['Recursive'];
    oneOf(errors, path, 'seLinuxChangePolicy', context.seLinuxChangePolicy, policies);
  }
}
