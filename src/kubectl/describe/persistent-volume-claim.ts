import type * as corev1 from '../../api/core/v1.ts';
import { compareStrings } from '../../apimachinery/go-format.ts';
import type { Process } from '../../process/process.ts';
import { goList, printLabelsAndAnnotations, printMultiline, printNames, rfc1123z, since } from './describe-parts.ts';
import type { PrefixWriter } from './describe-writer.ts';
import { type Describe, listAll, type Session } from './session.ts';

const betaStorageClass = 'volume.beta.kubernetes.io/storage-class';
const shortModes: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

/** `RWO,ROX`, always in the same order. */
export const accessModesText = (modes: readonly string[] | undefined): string =>
  Object.keys(shortModes)
    .filter((mode) => modes?.includes(mode))
    .map((mode) => shortModes[mode])
    .join(',');

/** The storage class: an old annotation counts before the field. Upstream: storage/v1/helpers GetPersistentVolumeClaimClass */
export const claimClass = (claim: Pick<corev1.PersistentVolumeClaim, 'metadata' | 'spec'>): string =>
  claim.metadata?.annotations?.[betaStorageClass] ?? claim.spec?.storageClassName ?? '';

/** As `claimClass`, of a volume. Upstream: GetPersistentVolumeClass */
export const volumeClass = (volume: corev1.PersistentVolume): string =>
  volume.metadata?.annotations?.[betaStorageClass] ?? volume.spec?.storageClassName ?? '';

/** Upstream: kubectl/pkg/describe/describe.go printPersistentVolumeClaim (v1.36) */
export function printPersistentVolumeClaim(
  w: PrefixWriter,
  claim: Pick<corev1.PersistentVolumeClaim, 'metadata' | 'spec' | 'status'>,
  { full, now }: { readonly full: boolean; readonly now: number },
): void {
  const { metadata, spec, status } = claim;
  if (full) printNames(w, metadata);
  w.write(0, `StorageClass:\t${claimClass(claim)}\n`);
  if (full && metadata?.deletionTimestamp) {
    w.write(0, `Status:\tTerminating (lasts ${since(now, metadata.deletionTimestamp)})\n`);
  } else if (full) w.write(0, `Status:\t${status?.phase ?? ''}\n`);
  w.write(0, `Volume:\t${spec?.volumeName ?? ''}\n`);
  printLabelsAndAnnotations(w, metadata);
  if (full) w.write(0, `Finalizers:\t${goList(metadata?.finalizers)}\n`);
  const bound = (spec?.volumeName ?? '') !== '';
  w.write(0, `Capacity:\t${bound ? (status?.capacity?.['storage'] ?? '0') : ''}\n`);
  w.write(0, `Access Modes:\t${bound ? accessModesText(status?.accessModes) : ''}\n`);
  if (spec?.volumeMode !== undefined) w.write(0, `VolumeMode:\t${spec.volumeMode}\n`);
  const source = spec?.dataSource;
  if (!source) return;
  w.write(0, 'DataSource:\n');
  if (source.apiGroup !== undefined) w.write(1, `APIGroup:\t${source.apiGroup}\n`);
  w.write(1, `Kind:\t${source.kind}\n`);
  w.write(1, `Name:\t${source.name}\n`);
}

export const describePersistentVolumeClaim: Describe = function* (object, session) {
  const claim = object as unknown as corev1.PersistentVolumeClaim;
  const { w, now } = session;
  const pods = yield* podsUsing(session, claim);
  printPersistentVolumeClaim(w, claim, { full: true, now });
  printMultiline(w, 'Used By', pods.map((pod) => pod.metadata?.name ?? '').sort(compareStrings));
  const conditions = claim.status?.conditions ?? [];
  if (conditions.length === 0) return;
  w.write(0, 'Conditions:\n');
  w.write(1, 'Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage\n');
  w.write(1, '----\t------\t-----------------\t------------------\t------\t-------\n');
  for (const { type, status, lastProbeTime, lastTransitionTime, reason = '', message = '' } of conditions) {
    const times = `${rfc1123z(lastProbeTime)} \t${rfc1123z(lastTransitionTime)}`;
    w.write(1, `${type} \t${status} \t${times} \t${reason} \t${message}\n`);
  }
};

/** Pods that name the claim, and those it was made for. Upstream: describe.go getPodsForPVC (v1.36) */
function* podsUsing(session: Session, claim: corev1.PersistentVolumeClaim): Process<corev1.Pod[]> {
  const namespace = claim.metadata?.namespace ?? '';
  const pods = yield* listAll<corev1.Pod>(session, `/api/v1/namespaces/${namespace}/pods`);
  const owners = new Set(
    (claim.metadata?.ownerReferences ?? []).filter(({ kind }) => kind === 'Pod').map(({ uid }) => uid),
  );
  const uses = (pod: corev1.Pod): boolean =>
    pod.spec?.volumes?.some((volume) => volume.persistentVolumeClaim?.claimName === claim.metadata?.name) ?? false;
  return pods.filter((pod) => uses(pod) || owners.has(pod.metadata?.uid ?? ''));
}
