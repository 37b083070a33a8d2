/** Rules of the Windows part of security contexts, and of pods that are for one operating system. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { byteLength, isDNS1123Subdomain } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain } from './complaints.ts';
import { visitContainers } from './visit-containers.ts';

const maxSpecKiB = 64;
const maxDomainLength = 256;
const maxUserLength = 104;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const control = /[\u0000-\u001f\u007f]/;
const netBios = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const dnsLabel = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';
const dnsName = new RegExp(`^${dnsLabel}(?:\\.${dnsLabel})*$`);
const onlyDotsAndSpaces = /^[. ]+$/;
const badInUser = /["/\\:;|=,+*?<>@[\]]/;

function userNameComplaints(name: string): string[] {
  if (name === '') return ['runAsUserName cannot be an empty string'];
  if (control.test(name)) return ['runAsUserName cannot contain control characters'];
  const parts = name.split('\\');
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  const user = parts.at(-1) ?? '';
  const domain = parts.length === 2 ? (parts[0] ?? '') : undefined;
  const errors: string[] = [];
  if (byteLength(domain ?? '') >= maxDomainLength) {
    errors.push(`runAsUserName's Domain length must be under ${maxDomainLength} characters`);
  }
  if (domain !== undefined && !netBios.test(domain) && !dnsName.test(domain)) {
    errors.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  }
  if (user === '') errors.push("runAsUserName's User cannot be empty");
  else if (byteLength(user) > maxUserLength) {
    errors.push(`runAsUserName's User length must not be longer than ${maxUserLength} characters`);
  }
  if (onlyDotsAndSpaces.test(user)) errors.push("runAsUserName's User cannot contain only periods or spaces");
  if (badInUser.test(user)) {
    errors.push('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]');
  }
  return errors;
}

/** Upstream: validateWindowsSecurityContextOptions (v1.36) */
export function validateWindowsSecurityContextOptions(
  errors: Complaints,
  parent: Path,
  options: corev1.WindowsSecurityContextOptions | undefined,
): void {
  if (!options) return;
  const path = parent.child('windowsOptions');
  const { gmsaCredentialSpecName: specName, gmsaCredentialSpec: spec, runAsUserName } = options;
  if (specName !== undefined) complain(errors, path, 'gmsaCredentialSpecName', specName, isDNS1123Subdomain(specName));
  if (spec === '') complain(errors, path, 'gmsaCredentialSpec', spec, ['gmsaCredentialSpec cannot be an empty string']);
  else if (spec !== undefined && byteLength(spec) > maxSpecKiB * 1024) {
    complain(errors, path, 'gmsaCredentialSpec', spec, [`gmsaCredentialSpec size must be under ${maxSpecKiB} KiB`]);
  }
  if (runAsUserName !== undefined) {
    complain(errors, path, 'runAsUserName', runAsUserName, userNameComplaints(runAsUserName));
  }
}

/** Upstream: validateWindowsHostProcessPod (v1.36) */
export function validateWindowsHostProcessPod(errors: Complaints, path: Path, spec: corev1.PodSpec): void {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess;
  let containers = 0;
  let hostProcesses = 0;
  visitContainers(spec, (container, list, i) => {
    containers++;
    const own = container.securityContext?.windowsOptions?.hostProcess;
    if (ofPod !== undefined && own !== undefined && ofPod !== own) {
      const at = path.child(list).index(i).child('securityContext', 'windowsOptions', 'hostProcess');
      const why = `pod hostProcess value must be identical if both are specified, was ${ofPod}`;
      errors.push(field.invalid(at, own, why));
    }
    if (own ?? ofPod) hostProcesses++;
  });
  if (hostProcesses === 0) return;
  if (hostProcesses !== containers) {
    const why = 'If pod contains any hostProcess containers then all containers must be HostProcess containers';
    errors.push(field.invalid(path, '', why));
  }
  if (!spec.hostNetwork) {
    complain(errors, path, 'hostNetwork', false, [
      'hostNetwork must be true if pod contains any hostProcess containers',
    ]);
  }
}

const linuxOnlyOfPod = ['appArmorProfile', 'seLinuxOptions'] as const;
const linuxOnlyOfPodLast = ['seccompProfile', 'fsGroup', 'fsGroupChangePolicy'] as const;
const linuxOnlyUsers = [
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'seLinuxChangePolicy',
] as const;
const linuxOnlyOfContainer = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
] as const;

function validateWindows(errors: Complaints, path: Path, spec: corev1.PodSpec): void {
  const refuse = (at: Path): void => {
    errors.push(field.forbidden(at, 'cannot be set for a windows pod'));
  };
  const context = spec.securityContext ?? {};
  const ofContext = (names: readonly (keyof corev1.PodSecurityContext)[]): void => {
    for (const name of names) if (context[name] !== undefined) refuse(path.child('securityContext', name));
  };
  ofContext(linuxOnlyOfPod);
  if (spec.hostUsers !== undefined) refuse(path.child('hostUsers'));
  if (spec.hostPID) refuse(path.child('hostPID'));
  if (spec.hostIPC) refuse(path.child('hostIPC'));
  ofContext(linuxOnlyOfPodLast);
  if ((context.sysctls ?? []).length > 0) refuse(path.child('securityContext', 'sysctls'));
  if (spec.shareProcessNamespace !== undefined) refuse(path.child('shareProcessNamespace'));
  ofContext(linuxOnlyUsers);
  visitContainers(spec, ({ securityContext: own }, list, i) => {
    if (!own) return;
    for (const name of linuxOnlyOfContainer) {
      if (own[name] !== undefined) refuse(path.child(list).index(i).child('securityContext', name));
    }
  });
}

function validateLinux(errors: Complaints, path: Path, spec: corev1.PodSpec): void {
  const refuse = (at: Path): void => {
    errors.push(field.forbidden(at, 'windows options cannot be set for a linux pod'));
  };
  if (spec.securityContext?.windowsOptions) refuse(path.child('securityContext', 'windowsOptions'));
  visitContainers(spec, ({ securityContext: own }, list, i) => {
    if (own?.windowsOptions) refuse(path.child(list).index(i).child('securityContext', 'windowsOptions'));
  });
}

/** Complains about the operating system a pod names and about what that one has not. Upstream: validateOS (v1.36) */
export function validateOS(errors: Complaints, path: Path, spec: corev1.PodSpec): void {
  if (!spec.os) return;
  const { name } = spec.os;
  if (!name) errors.push(field.required(path.child('os', 'name')));
  else if (name === 'linux') validateLinux(errors, path, spec);
  else if (name === 'windows') validateWindows(errors, path, spec);
  else errors.push(field.notSupported(path.child('os'), name, ['linux', 'windows']));
}
