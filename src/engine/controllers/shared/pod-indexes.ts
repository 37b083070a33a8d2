import type * as corev1 from '../../../api/core/v1.ts';

/** Pods by the node they are on: `byIndex('nodeName', name)`. */
export const podNodeNameIndex = {
  nodeName: (pod: corev1.Pod): readonly string[] => (pod.spec?.nodeName ? [pod.spec.nodeName] : []),
};

/** Pods by the claims they use: `byIndex('claim', 'namespace/name')`, ephemeral volumes' claims included. */
export const podClaimIndex = {
  claim: (pod: corev1.Pod): readonly string[] => {
    const { namespace = '', name = '' } = pod.metadata;
    return (pod.spec?.volumes ?? []).flatMap((volume) => {
      if (volume.persistentVolumeClaim) return [`${namespace}/${volume.persistentVolumeClaim.claimName}`];
      return volume.ephemeral ? [`${namespace}/${name}-${volume.name}`] : [];
    });
  },
};
