import type * as corev1 from '../api/core/v1.ts';
import { safeCharacters } from '../apimachinery/names.ts';
import type { Invocation } from './command.ts';
import { KubectlError } from './errors.ts';
import { allContainers } from './pods/containers.ts';

const profiles = ['general', 'legacy', 'baseline', 'restricted', 'netadmin', 'sysadmin'];

function suffix({ context }: Invocation): string {
  return Array.from(
    { length: 5 },
    () => safeCharacters[Math.floor(context.random() * safeCharacters.length)] ?? 'b',
  ).join('');
}

/** The profile's rights of the container. Upstream: kubectl/pkg/cmd/debug/profiles.go (v1.36). @throws KubectlError */
function securityFor({ flags }: Invocation, onNode: boolean): { readonly securityContext?: corev1.SecurityContext } {
  const profile = flags.string('profile');
  if (!profiles.includes(profile)) throw new KubectlError(`unknown profile: ${profile}`);
  if (profile === 'restricted') {
    return {
      securityContext: {
        runAsNonRoot: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        seccompProfile: { type: 'RuntimeDefault' },
      },
    };
  }
  if (profile === 'netadmin') return { securityContext: { capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } } };
  if (profile === 'sysadmin') return { securityContext: { privileged: true } };
  if (profile === 'general' && !onNode) return { securityContext: { capabilities: { add: ['SYS_PTRACE'] } } };
  return {};
}

/** What the flags say of the container. */
function containerFields(invocation: Invocation, command: readonly string[]) {
  const { flags } = invocation;
  const env = flags.strings('env').map((word) => {
    const equals = word.indexOf('=');
    return { name: word.slice(0, equals), value: word.slice(equals + 1) };
  });
  const [image, pull] = [flags.string('image'), flags.string('image-pull-policy')];
  return {
    ...(image === '' ? {} : { image }),
    ...(command.length === 0 ? {} : flags.bool('arguments-only') ? { args: command } : { command }),
    ...(env.length === 0 ? {} : { env }),
    ...(pull === '' ? {} : { imagePullPolicy: pull as 'Always' | 'IfNotPresent' | 'Never' }),
    ...(flags.bool('stdin') ? { stdin: true } : {}),
    ...(flags.bool('tty') ? { tty: true } : {}),
  };
}

function containerName(
  invocation: Invocation,
  pod: corev1.Pod,
): { readonly name: string; readonly defaulted: boolean } {
  const given = invocation.flags.string('container');
  if (given !== '') return { name: given, defaulted: false };
  for (;;) {
    const name = `debugger-${suffix(invocation)}`;
    if (!allContainers(pod).some(({ container }) => container.name === name)) return { name, defaulted: true };
  }
}

/** The container that is put beside those of a pod. */
export function debugContainer(
  invocation: Invocation,
  pod: corev1.Pod,
  command: readonly string[],
): { readonly container: corev1.EphemeralContainer; readonly defaulted: boolean } {
  const { name, defaulted } = containerName(invocation, pod);
  const target = invocation.flags.string('target');
  const container = {
    name,
    ...containerFields(invocation, command),
    terminationMessagePolicy: 'File' as const,
    ...securityFor(invocation, false),
    ...(target === '' ? {} : { targetContainerName: target }),
  };
  return { container, defaulted };
}

/** A pod on a node that sees all of it. */
export function nodeDebugPod(invocation: Invocation, node: string, command: readonly string[]) {
  const profile = invocation.flags.string('profile');
  const free = profile !== 'restricted' && profile !== 'baseline';
  const container = {
    name: invocation.flags.string('container') || 'debugger',
    ...containerFields(invocation, command),
    terminationMessagePolicy: 'File',
    ...securityFor(invocation, true),
    ...(free ? { volumeMounts: [{ name: 'host-root', mountPath: '/host' }] } : {}),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `node-debugger-${node}-${suffix(invocation)}`,
      labels: { 'app.kubernetes.io/managed-by': 'kubectl-debug' },
    },
    spec: {
      containers: [container],
      nodeName: node,
      restartPolicy: 'Never',
      tolerations: [{ operator: 'Exists' }],
      ...(free
        ? {
            hostIPC: true,
            hostNetwork: true,
            hostPID: true,
            volumes: [{ name: 'host-root', hostPath: { path: '/' } }],
          }
        : {}),
    },
  };
}

/** A pod like another one, for looking into. @throws KubectlError */
export function copyForDebugging(invocation: Invocation, pod: corev1.Pod, command: readonly string[]) {
  const { flags } = invocation;
  const { ephemeralContainers: _ephemeral, nodeName, ...spec } = pod.spec ?? { containers: [] };
  const images = new Map(flags.strings('set-image').map((word) => word.split('=', 2) as [string, string]));
  const keeps = (probe: string): boolean => flags.bool(`keep-${probe}`);
  const containers: corev1.Container[] = spec.containers.map((container) => {
    const { livenessProbe, readinessProbe, startupProbe, ...rest } = container;
    const image = images.get(container.name) ?? images.get('*');
    return {
      ...rest,
      ...(keeps('liveness') && livenessProbe ? { livenessProbe } : {}),
      ...(keeps('readiness') && readinessProbe ? { readinessProbe } : {}),
      ...(keeps('startup') && startupProbe ? { startupProbe } : {}),
      ...(image === undefined ? {} : { image }),
    };
  });
  const given = flags.string('container');
  const existing = containers.findIndex(({ name }) => name === given);
  let chosen = { name: given, defaulted: false };
  if (existing >= 0) {
    const before = containers[existing];
    if (before) containers[existing] = { ...before, ...containerFields(invocation, command) };
  } else if (flags.string('image') !== '') {
    chosen = containerName(invocation, pod);
    containers.push({
      name: chosen.name,
      ...containerFields(invocation, command),
      terminationMessagePolicy: 'File',
      ...securityFor(invocation, false),
    });
  } else if (images.size === 0) throw new KubectlError('you must specify image when creating new container');
  else chosen = { name: '', defaulted: false };
  const { namespace, labels, annotations } = pod.metadata;
  const { initContainers, ...others } = spec;
  const copy = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: flags.string('copy-to'),
      ...(namespace === undefined ? {} : { namespace }),
      ...(flags.bool('keep-labels') && labels ? { labels } : {}),
      ...(flags.bool('keep-annotations') && annotations ? { annotations } : {}),
    },
    spec: {
      ...others,
      ...(flags.bool('keep-init-containers') && initContainers ? { initContainers } : {}),
      containers,
      shareProcessNamespace: flags.bool('share-processes'),
      ...(flags.bool('same-node') && nodeName !== undefined ? { nodeName } : {}),
    },
  };
  return { copy, container: chosen.name, defaulted: chosen.defaulted };
}
