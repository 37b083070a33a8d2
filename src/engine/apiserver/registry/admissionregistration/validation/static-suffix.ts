/** Names that files of the API server's own use. Upstream: pkg/apis/admissionregistration/validation/static_suffix.go (v1.36) */
import type { KubernetesObject } from '../../../../../apimachinery/object-meta.ts';

const staticConfigSuffix = '.static.k8s.io';

/** Warns of a name that is kept for configuration from files. Upstream: WarningsForStaticSuffix */
export function staticSuffixWarnings({ metadata }: KubernetesObject): string[] {
  if (!metadata.name?.endsWith(staticConfigSuffix)) return [];
  return [
    `metadata.name: names ending with "${staticConfigSuffix}" are reserved for static manifest-based configurations and cannot be managed via the API`,
  ];
}
