/** Rules of files made from other objects: ConfigMaps, Secrets, the downward API, tokens, trust bundles, certificates. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import { goValueOf } from '../../../../../api/go-value.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { type Complaints, complain, oneOf, require } from './complaints.ts';
import { validateContainerResourceFieldSelector, validateObjectFieldSelector } from './env.ts';
import { validateLabelSelector } from './labels.ts';
import { validateLocalNonReservedPath } from './paths.ts';
import { clusterTrustBundleNameComplaints, isKubernetesSignerName, validateSignerName } from './signer-names.ts';

const volumeFieldPaths = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];
const keyTypes = ['RSA3072', 'RSA4096', 'ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519'];
const maxTokenSeconds = 2 ** 32;
const maxCertificateSeconds = 91 * 86400;
const maxKubernetesCertificateSeconds = 86400;

/** Upstream: the mode checks of volumes (v1.36) */
export function validateFileMode(errors: Complaints, path: Path, name: string, mode: number | undefined): void {
  if (mode === undefined || (mode >= 0 && mode <= 0o777)) return;
  complain(errors, path, name, mode, ['must be a number between 0 and 0777 (octal), both inclusive']);
}

function validateKeyToPath(errors: Complaints, path: Path, { key, path: file = '', mode }: corev1.KeyToPath): void {
  require(errors, path, 'key', key);
  require(errors, path, 'path', file);
  validateLocalNonReservedPath(errors, path, 'path', file);
  validateFileMode(errors, path, 'mode', mode);
}

/** Complains about the keys that are shown as files. */
export function validateItems(errors: Complaints, path: Path, items: readonly corev1.KeyToPath[] | undefined): void {
  for (const [i, item] of (items ?? []).entries()) validateKeyToPath(errors, path.child('items').index(i), item);
}

/** Upstream: validateDownwardAPIVolumeFile (v1.36) */
function validateDownwardAPIFile(errors: Complaints, path: Path, file: corev1.DownwardAPIVolumeFile): void {
  require(errors, path, 'path', file.path);
  validateLocalNonReservedPath(errors, path, 'path', file.path ?? '');
  if (file.fieldRef) {
    validateObjectFieldSelector(errors, path.child('fieldRef'), file.fieldRef, volumeFieldPaths);
    if (file.resourceFieldRef) {
      const why = 'fieldRef and resourceFieldRef can not be specified simultaneously';
      errors.push(field.invalid(path, 'resource', why));
    }
  } else if (file.resourceFieldRef) {
    validateContainerResourceFieldSelector(errors, path.child('resourceFieldRef'), file.resourceFieldRef, true);
  } else errors.push(field.required(path, 'one of fieldRef and resourceFieldRef is required'));
  validateFileMode(errors, path, 'mode', file.mode);
}

/** Upstream: validateDownwardAPIVolumeSource (v1.36) */
export function validateDownwardAPI(errors: Complaints, path: Path, source: corev1.DownwardAPIVolumeSource): void {
  validateFileMode(errors, path, 'defaultMode', source.defaultMode);
  for (const file of source.items ?? []) validateDownwardAPIFile(errors, path, file);
}

/** What has been put where, in all sources of one volume. */
class TakenPaths {
  readonly #taken = new Set<string>();
  readonly #errors: Complaints;
  readonly #path: Path;

  constructor(errors: Complaints, path: Path) {
    this.#errors = errors;
    this.#path = path;
  }

  take(file: string, blamed: string): void {
    if (this.#taken.has(file)) this.#errors.push(field.invalid(this.#path, blamed, 'conflicting duplicate paths'));
    this.#taken.add(file);
  }
}

function validateKeys(errors: Complaints, path: Path, source: corev1.ConfigMapProjection, taken: TakenPaths): void {
  require(errors, path, 'name', source.name);
  for (const [i, item] of (source.items ?? []).entries()) {
    validateKeyToPath(errors, path.child('items').index(i), item);
    if (item.path) taken.take(item.path, source.name ?? '');
  }
}

function validateToken(
  errors: Complaints,
  path: Path,
  volume: Path,
  token: corev1.ServiceAccountTokenProjection,
  allowNonLocal: boolean,
): void {
  const seconds = token.expirationSeconds ?? 0;
  if (seconds < 600) {
    complain(errors, path, 'expirationSeconds', seconds, ['may not specify a duration less than 10 minutes']);
  }
  if (seconds > maxTokenSeconds) {
    complain(errors, path, 'expirationSeconds', seconds, ['may not specify a duration larger than 2^32 seconds']);
  }
  if (require(errors, volume, 'path', token.path) && !allowNonLocal) {
    validateLocalNonReservedPath(errors, volume, 'path', token.path);
  }
}

function validateTrustBundle(
  errors: Complaints,
  path: Path,
  bundle: corev1.ClusterTrustBundleProjection,
  taken: TakenPaths,
): void {
  const { name, signerName, labelSelector, path: file = '' } = bundle;
  if (name !== undefined && signerName !== undefined) {
    const value = goValueOf('core/v1.ClusterTrustBundleProjection', bundle);
    errors.push(field.invalid(path, value, 'only one of name and signerName may be used'));
  } else if (name !== undefined) {
    require(errors, path, 'name', name, 'must be a valid object name');
    const messages = clusterTrustBundleNameComplaints(name);
    complain(
      errors,
      path,
      'name',
      name,
      messages.map((why) => `not a valid clustertrustbundlename: ${why}`),
    );
    if (labelSelector) {
      complain(errors, path, 'labelSelector', labelSelector, ['labelSelector must be unset if name is specified']);
    }
  } else if (signerName !== undefined) {
    require(errors, path, 'signerName', signerName, 'must be a valid signer name');
    validateSignerName(errors, path.child('signerName'), signerName);
    validateLabelSelector(errors, path.child('labelSelector'), labelSelector);
  } else errors.push(field.required(path, 'either name or signerName must be specified'));
  require(errors, path, 'path', file);
  validateLocalNonReservedPath(errors, path, 'path', file);
  taken.take(file, file);
}

function validatePodCertificate(
  errors: Complaints,
  path: Path,
  certificate: corev1.PodCertificateProjection,
  taken: TakenPaths,
): void {
  const { signerName = '', keyType, maxExpirationSeconds: seconds } = certificate;
  validateSignerName(errors, path.child('signerName'), signerName);
  oneOf(errors, path, 'keyType', keyType, keyTypes);
  if (seconds !== undefined) {
    const max = isKubernetesSignerName(signerName) ? maxKubernetesCertificateSeconds : maxCertificateSeconds;
    const bound =
      seconds < 3600
        ? 'if provided, maxExpirationSeconds must be >= 3600'
        : seconds > max
          ? `if provided, maxExpirationSeconds must be <= ${max}`
          : undefined;
    if (bound !== undefined) complain(errors, path, 'maxExpirationSeconds', seconds, [bound]);
  }
  let files = 0;
  for (const name of ['credentialBundlePath', 'keyPath', 'certificateChainPath'] as const) {
    const file = certificate[name];
    if (!file) continue;
    files++;
    validateLocalNonReservedPath(errors, path, name, file);
    taken.take(file, file);
  }
  if (files === 0) {
    const why = 'specify at least one of credentialBundlePath, keyPath, and certificateChainPath';
    errors.push(field.required(path, why));
  }
}

/** Complains about a volume of several sources; `path` is its own. Upstream: validateProjectedVolumeSource (v1.36) */
export function validateProjected(
  errors: Complaints,
  path: Path,
  volume: corev1.ProjectedVolumeSource,
  allowNonLocalTokenPath: boolean,
): void {
  validateFileMode(errors, path, 'defaultMode', volume.defaultMode);
  const taken = new TakenPaths(errors, path);
  for (const [i, source] of (volume.sources ?? []).entries()) {
    const at = path.child('sources').index(i);
    const { secret, configMap, downwardAPI, serviceAccountToken, clusterTrustBundle, podCertificate } = source;
    if (secret) validateKeys(errors, at.child('secret'), secret, taken);
    if (configMap) validateKeys(errors, at.child('configMap'), configMap, taken);
    for (const file of downwardAPI?.items ?? []) {
      validateDownwardAPIFile(errors, at.child('downwardAPI'), file);
      if (file.path) taken.take(file.path, file.path);
    }
    if (serviceAccountToken) {
      validateToken(errors, at.child('serviceAccountToken'), path, serviceAccountToken, allowNonLocalTokenPath);
    }
    if (clusterTrustBundle) validateTrustBundle(errors, at.child('clusterTrustBundle'), clusterTrustBundle, taken);
    if (podCertificate) validatePodCertificate(errors, at.child('podCertificate'), podCertificate, taken);
    const all = [secret, configMap, downwardAPI, serviceAccountToken, clusterTrustBundle, podCertificate];
    if (all.filter(Boolean).length > 1) {
      errors.push(field.forbidden(at, 'may not specify more than 1 volume type per source'));
    }
  }
}
