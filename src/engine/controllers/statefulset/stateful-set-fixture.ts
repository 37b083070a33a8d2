import type * as appsv1 from '../../../api/apps/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { newStatefulSetPod } from './stateful-pods.ts';

/** For tests: a set `foo` with a claim for each pod. */
export function statefulSet(replicas: number, spec: Partial<appsv1.StatefulSetSpec> = {}): appsv1.StatefulSet {
  return {
    metadata: { name: 'foo', namespace: 'default', uid: 'test' },
    spec: {
      replicas,
      serviceName: 'governingsvc',
      selector: { matchLabels: { foo: 'bar' } },
      template: {
        metadata: { labels: { foo: 'bar' } },
        spec: { containers: [{ name: 'nginx', image: 'nginx' }], volumes: [{ name: 'home', emptyDir: {} }] },
      },
      volumeClaimTemplates: [{ metadata: { name: 'datadir' }, spec: { accessModes: ['ReadWriteOnce'] } }],
      updateStrategy: { type: 'RollingUpdate' },
      ...spec,
    },
  };
}

/** For tests: a pod of a set, of a revision; running and ready since the epoch unless told otherwise. */
export function podOf(
  set: appsv1.StatefulSet,
  ordinal: number,
  revision: string,
  state: 'ready' | 'unready' | 'terminating' | 'missing' = 'ready',
): corev1.Pod {
  const pod = newStatefulSetPod(set, set.spec?.template ?? {}, revision, ordinal);
  if (state === 'missing') return pod;
  const ready = { type: 'Ready', status: state === 'unready' ? 'False' : 'True' } as const;
  const conditions = [{ ...ready, lastTransitionTime: '1970-01-01T00:00:00Z' }];
  const going = state === 'terminating' ? { deletionTimestamp: '1970-01-01T00:00:00Z' } : {};
  return { ...pod, metadata: { ...pod.metadata, ...going }, status: { phase: 'Running', conditions } };
}
