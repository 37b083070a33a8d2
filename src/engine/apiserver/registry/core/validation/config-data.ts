/** Rules of ConfigMaps and Secrets. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import { deepEqual } from '../../../../../apimachinery/deep-equal.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import { byteLength, isConfigMapKey } from '../../../../../apimachinery/validation.ts';
import { fromBase64 } from '../../../codec/base64.ts';
import { GoJsonError, parseGoJson } from '../../../codec/go-json-reader.ts';
import { type Complaints, complainAt, fieldImmutable, sortedKeys } from './complaints.ts';

type Data = Readonly<Record<string, string>> | undefined;

const maxSize = 1024 * 1024;
const dataPath = field.newPath('data');
const whenImmutable = 'field is immutable when `immutable` is set';

/** How many bytes stand behind base64. */
function decodedLength(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return Math.floor((text.length / 4) * 3) - padding;
}

function checkImmutable(
  errors: Complaints,
  old: { readonly immutable?: boolean },
  object: { readonly immutable?: boolean },
  data: readonly (readonly [name: string, before: Data, now: Data])[],
): void {
  if (!old.immutable) return;
  if (!object.immutable) errors.push(field.forbidden(field.newPath('immutable'), whenImmutable));
  for (const [name, before, now] of data) {
    if (!deepEqual(before ?? {}, now ?? {})) errors.push(field.forbidden(field.newPath(name), whenImmutable));
  }
}

/** Complaints about a ConfigMap. Upstream: ValidateConfigMap (v1.36) */
export function validateConfigMap({ data, binaryData }: corev1.ConfigMap): FieldError[] {
  const errors: Complaints = [];
  let size = 0;
  for (const key of sortedKeys(data)) {
    complainAt(errors, dataPath.key(key), key, isConfigMapKey(key));
    if (binaryData && Object.hasOwn(binaryData, key)) {
      errors.push(field.invalid(dataPath.key(key), key, 'duplicate of key present in binaryData'));
    }
    size += byteLength(data?.[key] ?? '');
  }
  const binaryPath = field.newPath('binaryData');
  for (const key of sortedKeys(binaryData)) {
    complainAt(errors, binaryPath.key(key), key, isConfigMapKey(key));
    size += decodedLength(binaryData?.[key] ?? '');
  }
  if (size > maxSize) errors.push(field.tooLong(field.newPath(''), maxSize));
  return errors;
}

/** Complaints about a change. Upstream: ValidateConfigMapUpdate (v1.36) */
export function validateConfigMapUpdate(object: corev1.ConfigMap, old: corev1.ConfigMap): FieldError[] {
  const errors: Complaints = [];
  checkImmutable(errors, old, object, [
    ['data', old.data, object.data],
    ['binaryData', old.binaryData, object.binaryData],
  ]);
  return errors;
}

function requireKey(errors: Complaints, data: Data, key: string): boolean {
  if (data && Object.hasOwn(data, key)) return true;
  errors.push(field.required(dataPath.key(key)));
  return false;
}

/** Complains about what is no JSON object. */
function requireJson(errors: Complaints, path: Path, base64: string): void {
  const refuse = (why: string): void => {
    errors.push(field.invalid(path, '<secret contents redacted>', why));
  };
  try {
    const bytes = fromBase64(base64);
    const { value } = parseGoJson(typeof bytes === 'number' ? '' : bytes);
    if (value === null) return;
    const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    if (kind !== 'object') refuse(`json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`);
  } catch (error) {
    if (!(error instanceof GoJsonError)) throw error;
    refuse(error.message);
  }
}

function validateSecretType(errors: Complaints, { type, data, metadata }: corev1.Secret): void {
  switch (type) {
    case 'kubernetes.io/service-account-token':
      if (!metadata.annotations?.['kubernetes.io/service-account.name']) {
        const path = field.newPath('metadata', 'annotations').key('kubernetes.io/service-account.name');
        errors.push(field.required(path));
      }
      break;
    case 'kubernetes.io/dockercfg':
    case 'kubernetes.io/dockerconfigjson': {
      const key = type === 'kubernetes.io/dockercfg' ? '.dockercfg' : '.dockerconfigjson';
      if (requireKey(errors, data, key)) requireJson(errors, dataPath.key(key), data?.[key] ?? '');
      break;
    }
    case 'kubernetes.io/basic-auth':
      if (data && (Object.hasOwn(data, 'username') || Object.hasOwn(data, 'password'))) break;
      errors.push(field.required(dataPath.key('username')), field.required(dataPath.key('password')));
      break;
    case 'kubernetes.io/ssh-auth':
      if (!data?.['ssh-privatekey']) errors.push(field.required(dataPath.key('ssh-privatekey')));
      break;
    case 'kubernetes.io/tls':
      requireKey(errors, data, 'tls.crt');
      requireKey(errors, data, 'tls.key');
      break;
    default:
  }
}

/** Complaints about a Secret. Upstream: ValidateSecret (v1.36) */
export function validateSecret(secret: corev1.Secret): FieldError[] {
  const errors: Complaints = [];
  let size = 0;
  for (const key of sortedKeys(secret.data)) {
    complainAt(errors, dataPath.key(key), key, isConfigMapKey(key));
    size += decodedLength(secret.data?.[key] ?? '');
  }
  if (size > maxSize) errors.push(field.tooLong(dataPath, maxSize));
  validateSecretType(errors, secret);
  return errors;
}

/** Complaints about a change. Upstream: ValidateSecretUpdate (v1.36) */
export function validateSecretUpdate(secret: corev1.Secret, old: corev1.Secret): FieldError[] {
  const errors: Complaints = [];
  if (secret.type !== old.type) errors.push(field.invalid(field.newPath('type'), secret.type ?? '', fieldImmutable));
  checkImmutable(errors, old, secret, [['data', old.data, secret.data]]);
  return errors;
}
