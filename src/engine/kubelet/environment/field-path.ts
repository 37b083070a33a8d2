import type * as corev1 from '../../../api/core/v1.ts';
import { quote } from '../../../apimachinery/go-format.ts';

/** What of a pod only its kubelet knows. */
export interface PodAddresses {
  readonly hostIPs: readonly string[];
  readonly podIPs: readonly string[];
}

/**
 * The value of a field of a pod, for a variable or a downward API file.
 *
 * @throws Error for a path that is not supported
 *
 * Upstream: pkg/fieldpath/fieldpath.go ExtractFieldPathAsString, kubelet_pods.go podFieldSelectorRuntimeValue (v1.36)
 */
export function fieldValue(pod: corev1.Pod, fieldPath: string, addresses: PodAddresses): string {
  const subscript = /^(metadata\.(?:annotations|labels))\['(.*)'\]$/.exec(fieldPath);
  if (subscript) return mapOf(pod, subscript[1] ?? '')[subscript[2] ?? ''] ?? '';
  const { metadata, spec } = pod;
  const values: Readonly<Record<string, () => string>> = {
    'metadata.annotations': () => formatMap(metadata.annotations ?? {}),
    'metadata.labels': () => formatMap(metadata.labels ?? {}),
    'metadata.name': () => metadata.name ?? '',
    'metadata.namespace': () => metadata.namespace ?? '',
    'metadata.uid': () => metadata.uid ?? '',
    'spec.nodeName': () => spec?.nodeName ?? '',
    'spec.serviceAccountName': () => spec?.serviceAccountName ?? '',
    'status.hostIP': () => addresses.hostIPs[0] ?? '',
    'status.hostIPs': () => addresses.hostIPs.join(','),
    'status.podIP': () => addresses.podIPs[0] ?? '',
    'status.podIPs': () => addresses.podIPs.join(','),
  };
  const read = Object.hasOwn(values, fieldPath) ? values[fieldPath] : undefined;
  if (!read) throw new Error(`unsupported fieldPath: ${fieldPath}`);
  return read();
}

const mapOf = (pod: corev1.Pod, path: string): Readonly<Record<string, string>> =>
  (path === 'metadata.labels' ? pod.metadata.labels : pod.metadata.annotations) ?? {};

/** `key="value"` lines, sorted by key. */
function formatMap(map: Readonly<Record<string, string>>): string {
  return Object.keys(map)
    .sort()
    .map((key) => `${key}=${quote(map[key] ?? '')}`)
    .join('\n');
}
