/** The environment of a container. Upstream: pkg/kubelet/kubelet_pods.go makeEnvironmentVariables (v1.36) */
import { decodeBase64 } from '../../../apimachinery/base64.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import type { Process } from '../../../process/process.ts';
import type { ConfigSource } from '../config-source.ts';
import { ConfigNotFoundError } from '../config-source.ts';
import { getContainerSpec } from '../kubelet-host.ts';
import { expand, mappingFunc } from './expansion.ts';
import { fieldValue, type PodAddresses } from './field-path.ts';
import { defaultLimits, resourceFieldValue } from './resource-field.ts';
import { serviceVariables } from './service-variables.ts';

export interface EnvironmentSource {
  readonly pod: corev1.Pod;
  readonly container: corev1.Container;
  readonly addresses: PodAddresses;
  readonly config: ConfigSource;
  readonly services: readonly corev1.Service[];
  /** The node's allocatable resources: limits of containers that set none. */
  readonly allocatable: Readonly<Record<string, string>>;
  /** A key of an env file in a volume. @throws Error when the volume or the file is missing */
  readonly fileKey: (selector: corev1.FileKeySelector) => string | undefined;
}

/**
 * All variables of a container, its own over those of sources and services.
 *
 * @throws Error whose message the API shows with CreateContainerConfigError
 */
export function* makeEnvironmentVariables(source: EnvironmentSource): Process<ReadonlyMap<string, string>> {
  const { pod, container } = source;
  const services = serviceVariables(source.services, {
    namespace: pod.metadata.namespace ?? '',
    enableServiceLinks: pod.spec?.enableServiceLinks ?? true,
  });
  const env = new Map<string, string>();
  for (const from of container.envFrom ?? []) yield* addFrom(env, from, source);
  const lookup = mappingFunc(env, services);
  for (const variable of container.env ?? []) {
    const value = variable.value ? expand(variable.value, lookup) : yield* sourceValue(variable, source);
    if (value !== undefined) env.set(variable.name, value);
  }
  for (const [name, value] of services) if (!env.has(name)) env.set(name, value);
  return env;
}

function* addFrom(env: Map<string, string>, from: corev1.EnvFromSource, source: EnvironmentSource): Process<void> {
  const ref = from.configMapRef ?? from.secretRef;
  if (!ref) return;
  const data = from.configMapRef
    ? (yield* optional(source.config.configMap(namespaceOf(source), ref.name ?? ''), ref.optional))?.data
    : decoded((yield* optional(source.config.secret(namespaceOf(source), ref.name ?? ''), ref.optional))?.data);
  for (const key of Object.keys(data ?? {}).sort()) env.set(`${from.prefix ?? ''}${key}`, data?.[key] ?? '');
}

const namespaceOf = ({ pod }: EnvironmentSource): string => pod.metadata.namespace ?? '';

/** A missing object is none, when that is allowed. */
function* optional<T>(read: Process<T>, isOptional: boolean | undefined): Process<T | undefined> {
  try {
    return yield* read;
  } catch (error) {
    if (isOptional && error instanceof ConfigNotFoundError) return undefined;
    throw error;
  }
}

/** A Secret's values as text. */
export function decoded(data: Readonly<Record<string, string>> | undefined): Readonly<Record<string, string>> {
  const decoder = new TextDecoder();
  return Object.fromEntries(Object.entries(data ?? {}).map(([key, text]) => [key, decoder.decode(decodeBase64(text))]));
}

/** The value of a variable that names a source; undefined leaves it out. */
function* sourceValue(variable: corev1.EnvVar, source: EnvironmentSource): Process<string | undefined> {
  const from = variable.valueFrom;
  if (!from) return variable.value ?? '';
  const { pod, container, addresses, allocatable } = source;
  if (from.fieldRef) return fieldValue(pod, from.fieldRef.fieldPath, addresses);
  if (from.resourceFieldRef) {
    const { containerName } = from.resourceFieldRef;
    const named = containerName ? getContainerSpec(pod, containerName) : container;
    if (!named) throw new Error(`container ${containerName ?? ''} not found`);
    return resourceFieldValue(from.resourceFieldRef, {
      container: named,
      allocatable: defaultLimits(pod, allocatable),
    });
  }
  if (from.configMapKeyRef) return yield* configMapKey(from.configMapKeyRef, source);
  if (from.secretKeyRef) return yield* secretKey(from.secretKeyRef, source);
  if (from.fileKeyRef) return source.fileKey(from.fileKeyRef);
  return '';
}

function* configMapKey(ref: corev1.ConfigMapKeySelector, source: EnvironmentSource): Process<string | undefined> {
  const name = ref.name ?? '';
  const found = yield* optional(source.config.configMap(namespaceOf(source), name), ref.optional);
  const value = found?.data?.[ref.key];
  if (value !== undefined || ref.optional) return value;
  throw new Error(`couldn't find key ${ref.key} in ConfigMap ${namespaceOf(source)}/${name}`);
}

function* secretKey(ref: corev1.SecretKeySelector, source: EnvironmentSource): Process<string | undefined> {
  const name = ref.name ?? '';
  const found = yield* optional(source.config.secret(namespaceOf(source), name), ref.optional);
  const value = found?.data?.[ref.key];
  if (value !== undefined) return new TextDecoder().decode(decodeBase64(value));
  if (ref.optional) return undefined;
  throw new Error(`couldn't find key ${ref.key} in Secret ${namespaceOf(source)}/${name}`);
}
