import { decodeBase64 } from '../../../apimachinery/base64.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { parseQuantity } from '../../../apimachinery/quantity.ts';
import { compareStrings, quote } from '../../../apimachinery/go-format.ts';
import type { Process } from '../../../process/process.ts';
import { KubectlError } from '../../errors.ts';
import type { Factory } from '../../factory.ts';
import { metaOf, stringAt, type Unstructured, valueAt } from '../../object.ts';

/** Where a variable's value comes from, in words. Upstream: kubectl/pkg/cmd/set/env/env_resolve.go GetEnvVarRefString (v1.36) */
export function envVarRefString(from: corev1.EnvVarSource): string {
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = from;
  if (configMapKeyRef !== undefined) return `configmap ${configMapKeyRef.name ?? ''}, key ${configMapKeyRef.key}`;
  if (secretKeyRef !== undefined) return `secret ${secretKeyRef.name ?? ''}, key ${secretKeyRef.key}`;
  if (fieldRef !== undefined) return `field path ${fieldRef.fieldPath}`;
  if (resourceFieldRef !== undefined) {
    const container = resourceFieldRef.containerName ? `${resourceFieldRef.containerName}/` : '';
    return `resource field ${container}${resourceFieldRef.resource}`;
  }
  return 'invalid valueFrom';
}

/** Looks up what variables refer to, each object once. */
export class EnvResolver {
  readonly #factory: Factory;
  readonly #data = new Map<string, Readonly<Record<string, string>>>();

  constructor(factory: Factory) {
    this.#factory = factory;
  }

  /** @throws KubectlError, StatusError */
  *resolve(from: corev1.EnvVarSource, object: Unstructured, container: corev1.Container): Process<string> {
    const { secretKeyRef, configMapKeyRef, fieldRef, resourceFieldRef } = from;
    if (secretKeyRef !== undefined) return yield* this.#key('secrets', secretKeyRef.name ?? '', secretKeyRef.key);
    if (configMapKeyRef !== undefined)
      return yield* this.#key('configmaps', configMapKeyRef.name ?? '', configMapKeyRef.key);
    if (fieldRef !== undefined) return fieldValue(object, fieldRef.fieldPath);
    if (resourceFieldRef !== undefined) return resourceValue(resourceFieldRef, container);
    throw new KubectlError('invalid valueFrom');
  }

  *#key(resource: 'secrets' | 'configmaps', name: string, key: string): Process<string> {
    const id = `${resource}/${name}`;
    let data = this.#data.get(id);
    if (data === undefined) {
      const path = `/api/v1/namespaces/${this.#factory.namespace}/${resource}/${encodeURIComponent(name)}`;
      const object = yield* this.#factory.rest.json<Unstructured>({ path });
      data = (valueAt(object, 'data') ?? {}) as Readonly<Record<string, string>>;
      this.#data.set(id, data);
    }
    const value = data[key];
    const word = resource === 'secrets' ? 'secret' : 'config map';
    if (value === undefined) throw new KubectlError(`key ${key} not found in ${word} ${name}`);
    return resource === 'secrets' ? new TextDecoder().decode(decodeBase64(value)) : value;
  }
}

const formatMap = (map: Readonly<Record<string, string>> | undefined): string =>
  Object.keys(map ?? {})
    .sort(compareStrings)
    .map((key) => `${key}=${quote(map?.[key] ?? '')}`)
    .join('\n');

function fieldValue(object: Unstructured, path: string): string {
  const meta = metaOf(object);
  const subscript = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (subscript) {
    return meta[subscript[1] as 'labels' | 'annotations']?.[subscript[2] ?? ''] ?? '';
  }
  switch (path) {
    case 'metadata.annotations':
      return formatMap(meta.annotations);
    case 'metadata.labels':
      return formatMap(meta.labels);
    case 'metadata.name':
      return meta.name ?? '';
    case 'metadata.namespace':
      return meta.namespace ?? '';
    case 'metadata.uid':
      return meta.uid ?? '';
    default:
      if (/^(?:spec\.(?:nodeName|serviceAccountName)|status\.(?:hostIP|podIP|phase))$/.test(path)) {
        return stringAt(object, ...path.split('.'));
      }
      throw new KubectlError(`unsupported fieldPath: ${path}`);
  }
}

function resourceValue(ref: corev1.ResourceFieldSelector, container: corev1.Container): string {
  const [kind, name = ''] = ref.resource.split('.');
  const list = kind === 'limits' ? container.resources?.limits : container.resources?.requests;
  const divisor = parseQuantity(String(ref.divisor ?? '1') === '0' ? '1' : String(ref.divisor ?? '1'));
  const value = parseQuantity(String(list?.[name] ?? '0'));
  const milli = name === 'cpu';
  const ratio = milli
    ? Number(value.milliValue()) / Number(divisor.milliValue())
    : Number(value.value()) / Number(divisor.value());
  return String(Math.ceil(ratio));
}
