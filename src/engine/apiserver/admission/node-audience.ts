/** Whom tokens that a kubelet asks for may be for: whom the pod names. Upstream: noderestriction/admission.go podReferencesAudience (v1.36) */
import type * as corev1 from '../../../api/core/v1.ts';
import type * as storagev1 from '../../../api/storage/v1.ts';
import { quote } from '../../../apimachinery/go-format.ts';
import type { Authorizer } from '../authorization/attributes.ts';
import type { ObjectReader } from '../registry/strategy-context.ts';
import type { AdmissionAttributes } from './admission.ts';

interface Server {
  readonly objects: ObjectReader;
  readonly authorizer: Authorizer;
}

/** A complaint about the audiences of a token request; undefined when the node may ask for them. Upstream: validateNodeServiceAccountAudience */
export function audienceRule(
  attributes: AdmissionAttributes,
  audiences: readonly string[],
  pod: corev1.Pod,
  { objects, authorizer }: Server,
): string | undefined {
  const [audience = '', ...others] = audiences;
  if (others.length > 0) return 'node may only request 0 or 1 audiences';
  const errors: string[] = [];
  if ((pod.spec?.volumes ?? []).some((volume) => names(volume, audience, pod, objects, errors))) return undefined;
  if (errors.length > 0) {
    const texts = [...new Set(errors)];
    const why = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
    return `error validating audience ${quote(audience)}: ${why ?? ''}`;
  }
  const { user } = attributes.operation;
  const { allowed } = authorizer.authorize({
    user,
    verb: 'request-serviceaccounts-token-audience',
    isResourceRequest: true,
    group: '',
    version: 'v1',
    resource: audience,
    subresource: '',
    namespace: attributes.namespace,
    name: attributes.name,
    path: '',
  });
  if (allowed) return undefined;
  return `audience ${quote(audience)} not found in pod spec volume, ${user.username} is not authorized to request tokens for this audience`;
}

/** Whether a volume is given tokens for the audience, itself or through its driver. */
function names(
  volume: corev1.Volume,
  audience: string,
  pod: corev1.Pod,
  objects: ObjectReader,
  errors: string[],
): boolean {
  const sources = volume.projected?.sources ?? [];
  if (
    sources.some(({ serviceAccountToken }) => (serviceAccountToken?.audience ?? '') === audience && serviceAccountToken)
  )
    return true;
  const name = driverOf(volume, pod, objects, errors);
  if (name === undefined || name === '') return false;
  const driver = objects.get<storagev1.CSIDriver>('storage.k8s.io', 'csidrivers', '', name);
  if (!driver) errors.push(`csidriver.storage.k8s.io ${quote(name)} not found`);
  return (driver?.spec.tokenRequests ?? []).some((request) => request.audience === audience);
}

function driverOf(
  volume: corev1.Volume,
  { metadata }: corev1.Pod,
  objects: ObjectReader,
  errors: string[],
): string | undefined {
  if (volume.csi) return volume.csi.driver;
  const template = volume.ephemeral?.volumeClaimTemplate ? `${metadata.name ?? ''}-${volume.name}` : undefined;
  const claimName = template ?? volume.persistentVolumeClaim?.claimName;
  if (claimName === undefined) return undefined;
  const { namespace = '' } = metadata;
  const claim = objects.get<corev1.PersistentVolumeClaim>('', 'persistentvolumeclaims', namespace, claimName);
  if (!claim) {
    errors.push(`persistentvolumeclaim ${quote(claimName)} not found`);
    return undefined;
  }
  const volumeName = claim.spec?.volumeName ?? '';
  const bound = objects.get<corev1.PersistentVolume>('', 'persistentvolumes', '', volumeName);
  if (!bound) errors.push(`persistentvolume ${quote(volumeName)} not found`);
  return bound?.spec?.csi?.driver;
}
