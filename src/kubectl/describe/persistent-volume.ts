import type * as corev1 from '../../api/core/v1.ts';
import { goList, printLabelsAndAnnotations, since } from './describe-parts.ts';
import type { PrefixWriter } from './describe-writer.ts';
import { accessModesText, volumeClass } from './persistent-volume-claim.ts';
import { plain } from './session.ts';
import { describePersistentSource } from './volumes.ts';

/** Upstream: kubectl/pkg/describe/describe.go describePersistentVolume (v1.36) */
export const describePersistentVolume = plain<corev1.PersistentVolume>((w, volume, now) => {
  const { metadata, spec, status } = volume;
  w.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  printLabelsAndAnnotations(w, metadata);
  w.write(0, `Finalizers:\t${goList(metadata?.finalizers)}\n`);
  w.write(0, `StorageClass:\t${volumeClass(volume)}\n`);
  const deleted = metadata?.deletionTimestamp;
  w.write(0, `Status:\t${deleted ? `Terminating (lasts ${since(now, deleted)})` : (status?.phase ?? '')}\n`);
  const claim = spec?.claimRef;
  w.write(0, `Claim:\t${claim ? `${claim.namespace ?? ''}/${claim.name ?? ''}` : ''}\n`);
  w.write(0, `Reclaim Policy:\t${spec?.persistentVolumeReclaimPolicy ?? ''}\n`);
  w.write(0, `Access Modes:\t${accessModesText(spec?.accessModes)}\n`);
  if (spec?.volumeMode !== undefined) w.write(0, `VolumeMode:\t${spec.volumeMode}\n`);
  w.write(0, `Capacity:\t${spec?.capacity?.['storage'] ?? '0'}\n`);
  printNodeAffinity(w, spec?.nodeAffinity);
  w.write(0, `Message:\t${status?.message ?? ''}\n`);
  w.write(0, 'Source:\n');
  if (spec !== undefined) describePersistentSource(w, spec);
});

function printNodeAffinity(w: PrefixWriter, affinity: corev1.VolumeNodeAffinity | undefined): void {
  w.write(0, 'Node Affinity:\t');
  if (!affinity?.required) return w.line('<none>');
  w.line();
  w.write(1, 'Required Terms:\t');
  const terms = affinity.required.nodeSelectorTerms;
  if (terms.length === 0) return w.line('<none>');
  w.line();
  terms.forEach((term, index) => {
    w.write(2, `Term ${index}:\t`);
    const requirements = term.matchExpressions ?? [];
    if (requirements.length === 0) return w.line('<none>');
    requirements.forEach(({ key, operator, values }, at) => {
      if (at > 0) w.write(2, '\t');
      w.write(0, `${key} ${operator.toLowerCase()}${values?.length ? ` [${values.join(', ')}]` : ''}\n`);
    });
  });
}
