/** Rules of environment variables and of what their values come from. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { canonicalQuantity, parseQuantity } from '../../../../../apimachinery/quantity.ts';
import {
  isConfigMapKey,
  isDNS1123Label,
  isDNS1123Subdomain,
  isQualifiedName,
  isRelaxedEnvVarName,
  nameIsDNSSubdomain,
} from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, complainAt, require } from './complaints.ts';
import { validatePathNoBacksteps } from './paths.ts';

/** Fields of a pod that a variable may show, sorted. */
const envFieldPaths = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
/** Fields of a pod that the downward API knows at all. */
const downwardFields: ReadonlySet<string> = new Set([
  ...envFieldPaths,
  'metadata.annotations',
  'metadata.labels',
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
]);
/** Resources of a container that may be shown, sorted. */
const containerResourceFields = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];
const binaryAndDecimal = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

/** `metadata.labels['app']` → path and subscript. Upstream: fieldpath.SplitMaybeSubscriptedPath (v1.36) */
function splitMaybeSubscriptedPath(text: string): readonly [path: string, subscript: string] | undefined {
  if (!text.endsWith("']")) return undefined;
  const start = text.indexOf("['");
  if (start <= 0) return undefined;
  return [text.slice(0, start), text.slice(start + 2, -2)];
}

/** Complains about a field of the pod. Upstream: validateObjectFieldSelector (v1.36) */
export function validateObjectFieldSelector(
  errors: Complaints,
  path: Path,
  selector: corev1.ObjectFieldSelector,
  allowed: readonly string[],
): void {
  const { apiVersion, fieldPath } = selector;
  if (!require(errors, path, 'apiVersion', apiVersion) || !require(errors, path, 'fieldPath', fieldPath)) return;
  const refuse = (why: string): void =>
    complain(errors, path, 'fieldPath', fieldPath, [`error converting fieldPath: ${why}`]);
  if (apiVersion !== 'v1') return refuse(`unsupported pod version: ${apiVersion}`);
  const parts = splitMaybeSubscriptedPath(fieldPath);
  if (parts) {
    const [base, subscript] = parts;
    if (base === 'metadata.annotations') {
      complainAt(errors, path, subscript.toLowerCase(), isQualifiedName(subscript.toLowerCase()));
    } else if (base === 'metadata.labels') complainAt(errors, path, subscript, isQualifiedName(subscript));
    else refuse(`field label does not support subscript: ${fieldPath}`);
    return;
  }
  const internal = fieldPath === 'spec.host' ? 'spec.nodeName' : fieldPath;
  if (!downwardFields.has(internal)) return refuse(`field label not supported: ${fieldPath}`);
  if (!allowed.includes(internal)) errors.push(field.notSupported(path.child('fieldPath'), internal, allowed));
}

/** Complains about a resource of a container. Upstream: validateContainerResourceFieldSelector (v1.36) */
export function validateContainerResourceFieldSelector(
  errors: Complaints,
  path: Path,
  selector: corev1.ResourceFieldSelector,
  inVolume: boolean,
): void {
  const { containerName, resource = '', divisor } = selector;
  const hugePages = resource.startsWith('requests.hugepages-') || resource.startsWith('limits.hugepages-');
  if (inVolume && !containerName) errors.push(field.required(path.child('containerName')));
  else if (resource === '') errors.push(field.required(path.child('resource')));
  else if (!containerResourceFields.includes(resource) && !hugePages) {
    errors.push(field.notSupported(path.child('resource'), resource, containerResourceFields));
  }
  if (divisor === undefined || parseQuantity(divisor).isZero) return;
  const refuse = (what: string, kind: string): void =>
    complain(errors, path, 'divisor', resource, [
      `only divisor's values ${what} are supported with the ${kind} resource`,
    ]);
  const text = canonicalQuantity(divisor);
  const name = resource.slice(resource.indexOf('.') + 1);
  if (!containerResourceFields.includes(resource) && !hugePages) return;
  if (name === 'cpu') {
    if (text !== '1m' && text !== '1') refuse('1m and 1', 'cpu');
  } else if (!binaryAndDecimal.includes(text)) {
    const kinds: Readonly<Record<string, string>> = {
      memory: 'memory',
      'ephemeral-storage': 'local ephemeral storage',
    };
    const kind = hugePages ? 'hugepages' : Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind !== undefined) refuse(binaryAndDecimal.join(', '), kind);
  }
}

function validateKeySelector(errors: Complaints, path: Path, { name = '', key }: corev1.ConfigMapKeySelector): void {
  complain(errors, path, 'name', name, isDNS1123Subdomain(name));
  if (require(errors, path, 'key', key)) complain(errors, path, 'key', key, isConfigMapKey(key));
}

function validateFileKeySelector(errors: Complaints, path: Path, selector: corev1.FileKeySelector): void {
  const { key, volumeName, path: file } = selector;
  if (require(errors, path, 'key', key)) complain(errors, path, 'key', key, isRelaxedEnvVarName(key));
  if (require(errors, path, 'volumeName', volumeName)) {
    complain(errors, path, 'volumeName', volumeName, isDNS1123Label(volumeName));
  }
  if (require(errors, path, 'path', file)) validatePathNoBacksteps(errors, path, 'path', file);
}

function validateEnvVarValueFrom(errors: Complaints, path: Path, value: string, source: corev1.EnvVarSource): void {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = source;
  if (fieldRef) validateObjectFieldSelector(errors, path.child('fieldRef'), fieldRef, envFieldPaths);
  if (resourceFieldRef) {
    validateContainerResourceFieldSelector(errors, path.child('resourceFieldRef'), resourceFieldRef, false);
  }
  if (configMapKeyRef) validateKeySelector(errors, path.child('configMapKeyRef'), configMapKeyRef);
  if (secretKeyRef) validateKeySelector(errors, path.child('secretKeyRef'), secretKeyRef);
  if (fileKeyRef) validateFileKeySelector(errors, path.child('fileKeyRef'), fileKeyRef);
  const sources = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter(Boolean).length;
  if (sources === 0) {
    const why =
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';
    errors.push(field.invalid(path, '', why));
  } else if (value !== '') errors.push(field.invalid(path, '', 'may not be specified when `value` is not empty'));
  else if (sources > 1) errors.push(field.invalid(path, '', 'may not have more than one field specified at a time'));
}

/** Complains about variables; `path` is the container's. Upstream: ValidateEnv (v1.36) */
export function validateEnv(errors: Complaints, path: Path, vars: readonly corev1.EnvVar[] | undefined): void {
  for (const [i, { name, value, valueFrom }] of (vars ?? []).entries()) {
    const messages = name ? isRelaxedEnvVarName(name) : [];
    if (name && messages.length === 0 && !valueFrom) continue;
    const at = path.child('env').index(i);
    if (!name) errors.push(field.required(at.child('name')));
    complain(errors, at, 'name', name, messages);
    if (valueFrom) validateEnvVarValueFrom(errors, at.child('valueFrom'), value ?? '', valueFrom);
  }
}

function validateSource(errors: Complaints, path: Path, { name }: corev1.ConfigMapEnvSource): void {
  if (require(errors, path, 'name', name)) complain(errors, path, 'name', name, nameIsDNSSubdomain(name ?? '', true));
}

/** Complains about sources of variables; `path` is the container's. Upstream: ValidateEnvFrom (v1.36) */
export function validateEnvFrom(
  errors: Complaints,
  path: Path,
  sources: readonly corev1.EnvFromSource[] | undefined,
): void {
  for (const [i, { prefix, configMapRef, secretRef }] of (sources ?? []).entries()) {
    const list = path.child('envFrom');
    const at = list.index(i);
    if (prefix) complain(errors, at, 'prefix', prefix, isRelaxedEnvVarName(prefix));
    if (configMapRef) validateSource(errors, at.child('configMapRef'), configMapRef);
    if (secretRef) validateSource(errors, at.child('secretRef'), secretRef);
    if (!configMapRef && !secretRef) {
      errors.push(field.invalid(list, '', 'must specify one of: `configMapRef` or `secretRef`'));
    } else if (configMapRef && secretRef) {
      errors.push(field.invalid(list, '', 'may not have more than one field specified at a time'));
    }
  }
}
