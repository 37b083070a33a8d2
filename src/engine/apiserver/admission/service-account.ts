/** Every pod runs as a service account and gets its token. Upstream: plugin/pkg/admission/serviceaccount (v1.36) */
import type * as corev1 from '../../../api/core/v1.ts';
import { type Process, sleep } from '../../../process/process.ts';
import type { Random } from '../../sim/random.ts';
import type { ObjectReader } from '../registry/strategy-context.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts';
import { admissionForbidden } from './forbidden.ts';
import { changeSpec, isPod, podOf } from './pod-draft.ts';

const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
const mirrorAnnotation = 'kubernetes.io/config.mirror';
const enforceAnnotation = 'kubernetes.io/enforce-mountable-secrets';
const defaultAttempts = 10;

export function serviceAccountAdmission(objects: ObjectReader, random: Random): AdmissionPlugin {
  const find = (namespace: string, name: string) =>
    objects.get<corev1.ServiceAccount>('', 'serviceaccounts', namespace, name);
  return {
    name: 'ServiceAccount',
    handles: (attributes) => isPod(attributes) && attributes.verb === 'CREATE',
    *admitAsync(attributes) {
      const pod = podOf(attributes);
      if (pod.metadata.annotations?.[mirrorAnnotation] !== undefined) return checkMirrorPod(attributes, pod);
      const name = pod.spec?.serviceAccountName || 'default';
      if (!pod.spec?.serviceAccountName) changeSpec(attributes, { serviceAccountName: name, serviceAccount: name });
      const account = yield* awaitAccount(attributes, name, find, random);
      if (shouldAutomount(account, pod)) mountToken(attributes, random);
      const secrets = account.imagePullSecrets ?? [];
      if ((pod.spec?.imagePullSecrets ?? []).length === 0 && secrets.length > 0) {
        changeSpec(attributes, { imagePullSecrets: secrets.map((secret) => ({ name: secret.name ?? '' })) });
      }
      if (account.metadata.annotations?.[enforceAnnotation] === 'true') limitSecrets(attributes, account);
    },
  };
}

/** Finds the account; the default one may still be about to be made. */
function* awaitAccount(
  attributes: AdmissionAttributes,
  name: string,
  find: (namespace: string, name: string) => corev1.ServiceAccount | undefined,
  random: Random,
): Process<corev1.ServiceAccount> {
  const { namespace } = attributes;
  const found = find(namespace, name);
  if (found) return found;
  const interval = random.int(100) + 100;
  for (let attempt = 1; name === 'default' && attempt < defaultAttempts; attempt++) {
    yield* sleep(interval);
    const later = find(namespace, name);
    if (later) return later;
  }
  const why = `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`;
  throw admissionForbidden(attributes, why);
}

function checkMirrorPod(attributes: AdmissionAttributes, pod: corev1.Pod): void {
  if (pod.spec?.serviceAccountName)
    throw admissionForbidden(attributes, 'a mirror pod may not reference service accounts');
  const volumes = pod.spec?.volumes ?? [];
  const usesSecrets =
    volumes.some(({ secret, projected }) => secret || projected?.sources?.some((source) => source.secret)) ||
    (pod.spec?.imagePullSecrets ?? []).length > 0 ||
    (pod.spec?.containers ?? []).some(
      ({ env, envFrom }) =>
        env?.some(({ valueFrom }) => valueFrom?.secretKeyRef) || envFrom?.some(({ secretRef }) => secretRef),
    );
  if (usesSecrets) throw admissionForbidden(attributes, 'a mirror pod may not reference secrets');
  if (volumes.some(({ projected }) => projected?.sources?.some((source) => source.serviceAccountToken))) {
    throw admissionForbidden(attributes, 'a mirror pod may not use ServiceAccountToken volume projections');
  }
}

function shouldAutomount(account: corev1.ServiceAccount, pod: corev1.Pod): boolean {
  return pod.spec?.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
}

const volumeSource: corev1.ProjectedVolumeSource = {
  sources: [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] },
    },
  ],
  defaultMode: 0o644,
};

/** Mounts the token into every container that has nothing at its place. */
function mountToken(attributes: AdmissionAttributes, random: Random): void {
  const { spec } = podOf(attributes);
  if (!spec) return;
  const existing = spec.volumes ?? [];
  const prefixed = existing.find(({ name }) => name.startsWith('kube-api-access-'));
  const name = prefixed?.name ?? `kube-api-access-${random.suffix()}`;
  let needed = false;
  const mount = (container: corev1.Container): corev1.Container => {
    const mounts = container.volumeMounts ?? [];
    if (mounts.some((mounted) => mounted.mountPath === mountPath)) return container;
    needed = true;
    return { ...container, volumeMounts: mounts.concat({ name, readOnly: true, mountPath }) };
  };
  const initContainers = spec.initContainers?.map(mount);
  const containers = spec.containers?.map(mount) ?? [];
  if (!needed) return;
  changeSpec(attributes, {
    volumes: prefixed ? existing : [...existing, { name, projected: volumeSource }],
    ...(initContainers ? { initContainers } : {}),
    containers,
  });
}

function limitSecrets(attributes: AdmissionAttributes, account: corev1.ServiceAccount): void {
  const allowed = new Set((account.secrets ?? []).map(({ name }) => name ?? ''));
  const { spec } = podOf(attributes);
  const tail = `is not allowed because service account ${account.metadata.name ?? ''} does not reference that secret`;
  for (const { secret } of spec?.volumes ?? []) {
    if (!secret || allowed.has(secret.secretName ?? '')) continue;
    throw admissionForbidden(attributes, `volume with secret.secretName="${secret.secretName ?? ''}" ${tail}`);
  }
  const groups = [
    ['init container', spec?.initContainers ?? []],
    ['container', spec?.containers ?? []],
  ] as const;
  for (const [what, containers] of groups) {
    for (const { name, env, envFrom } of containers) {
      for (const variable of env ?? []) {
        const ref = variable.valueFrom?.secretKeyRef;
        if (!ref || allowed.has(ref.name ?? '')) continue;
        throw admissionForbidden(
          attributes,
          `${what} ${name} with envVar ${variable.name} referencing secret.secretName="${ref.name ?? ''}" ${tail}`,
        );
      }
      for (const { secretRef } of envFrom ?? []) {
        if (!secretRef || allowed.has(secretRef.name ?? '')) continue;
        throw admissionForbidden(
          attributes,
          `${what} ${name} with envFrom referencing secret.secretName="${secretRef.name ?? ''}" ${tail}`,
        );
      }
    }
  }
  const pulls = new Set((account.imagePullSecrets ?? []).map(({ name }) => name ?? ''));
  for (const [i, secret] of (spec?.imagePullSecrets ?? []).entries()) {
    if (pulls.has(secret.name ?? '')) continue;
    const why = `imagePullSecrets[${i}].name="${secret.name ?? ''}" is not allowed because service account ${account.metadata.name ?? ''} does not reference that imagePullSecret`;
    throw admissionForbidden(attributes, why);
  }
}
