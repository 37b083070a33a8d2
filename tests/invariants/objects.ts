import type * as appsv1 from '../../src/api/apps/v1.ts';
import type * as batchv1 from '../../src/api/batch/v1.ts';
import type * as corev1 from '../../src/api/core/v1.ts';
import type * as policyv1 from '../../src/api/policy/v1.ts';
import type * as schedulingv1 from '../../src/api/scheduling/v1.ts';

export const namespace = 'default';
export const guardedReplicas = 4;
export const guardedMinimum = 3;

/** Bounds of a rolling update, as people write them. */
export const strategies = [
  { maxSurge: 1, maxUnavailable: 0 },
  { maxSurge: 0, maxUnavailable: 1 },
  { maxSurge: 2, maxUnavailable: 2 },
  { maxSurge: '25%', maxUnavailable: '25%' },
  { maxSurge: '50%', maxUnavailable: 0 },
  { maxSurge: 0, maxUnavailable: '34%' },
] as const;
export type Strategy = (typeof strategies)[number];

function template(app: string, image: string, cpu: string, priorityClassName: string): corev1.PodTemplateSpec {
  return {
    metadata: { labels: { app } },
    spec: {
      priorityClassName,
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'app', image, resources: { requests: { cpu } } }],
    },
  };
}

export const priorityClass = (name: string, value: number): schedulingv1.PriorityClass => ({
  metadata: { name },
  value,
});

export const deployment = (
  name: string,
  replicas: number,
  strategy: Strategy,
  kind: 'calm' | 'wild' = 'calm',
): appsv1.Deployment => ({
  metadata: { name, namespace },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    strategy: { type: 'RollingUpdate', rollingUpdate: strategy },
    template: template(name, 'app:1', kind === 'calm' ? '200m' : '1500m', kind),
  },
});

export const statefulSet = (
  name: string,
  replicas: number,
  podManagementPolicy: 'OrderedReady' | 'Parallel',
): appsv1.StatefulSet => ({
  metadata: { name, namespace },
  spec: {
    replicas,
    serviceName: name,
    podManagementPolicy,
    selector: { matchLabels: { app: name } },
    template: template(name, 'app:1', '200m', 'calm'),
  },
});

export const daemonSet = (name: string, rollingUpdate: appsv1.RollingUpdateDaemonSet): appsv1.DaemonSet => ({
  metadata: { name, namespace },
  spec: {
    selector: { matchLabels: { app: name } },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate },
    template: template(name, 'app:1', '100m', 'calm'),
  },
});

export const guarded = (name: string): appsv1.ReplicaSet => ({
  metadata: { name, namespace },
  spec: {
    replicas: guardedReplicas,
    selector: { matchLabels: { app: name } },
    template: template(name, 'app:1', '200m', 'calm'),
  },
});

export const budget = (name: string): policyv1.PodDisruptionBudget => ({
  metadata: { name, namespace },
  spec: { minAvailable: guardedMinimum, selector: { matchLabels: { app: name } } },
});

export function job(name: string, value: number): batchv1.Job {
  const { metadata, spec } = template(name, 'app:1', '200m', 'calm');
  return {
    metadata: { name, namespace },
    spec: {
      completions: 1 + (value % 5),
      parallelism: 1 + (value % 3),
      completionMode: value % 2 === 0 ? 'Indexed' : 'NonIndexed',
      template: {
        metadata: metadata ?? {},
        spec: { ...spec, containers: spec?.containers ?? [], restartPolicy: 'Never' },
      },
    },
  };
}

/** A pod that only fits when wild ones make room. */
export const urgentPod = (name: string): corev1.Pod => ({
  metadata: { name, namespace, labels: { app: 'urgent' } },
  spec: {
    priorityClassName: 'urgent',
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'app', image: 'app:1', resources: { requests: { cpu: '1900m' } } }],
  },
});
