import type * as appsv1 from '../../src/api/apps/v1.ts';
import type * as corev1 from '../../src/api/core/v1.ts';

/** An object created at a virtual time: the inputs of the determinism tests, in Node and in the browser. */
export interface TimedInput {
  readonly atMs: number;
  readonly object: appsv1.Deployment | corev1.Service;
}

const deployment = (name: string, image: string, replicas: number, port: number): appsv1.Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'default', labels: { app: name } },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [
          { name, image, ports: [{ containerPort: port }], resources: { requests: { cpu: '100m', memory: '64Mi' } } },
        ],
      },
    },
  },
});

const service = (name: string, port: number): corev1.Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: { selector: { app: name }, ports: [{ port }] },
});

export const guestbook: readonly TimedInput[] = [
  { atMs: 1_000, object: deployment('redis-leader', 'redis:7', 1, 6379) },
  { atMs: 1_200, object: service('redis-leader', 6379) },
  { atMs: 2_500, object: deployment('frontend', 'nginx:1.27', 3, 80) },
  { atMs: 2_500, object: service('frontend', 80) },
  { atMs: 20_000, object: deployment('broken', 'nginx:doesnotexist', 2, 80) },
];
