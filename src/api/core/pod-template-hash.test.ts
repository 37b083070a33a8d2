import { expect, it } from 'vitest';
import { computeHash, dumpPodTemplate } from './pod-template-hash.ts';
import type * as corev1 from './v1.ts';

/** What upstream's ComputeHash (v1.36.3, compiled from its source) gave for each, and with a collision counted. */
const cases: readonly { name: string; template: corev1.PodTemplateSpec; hash: string; collided: string }[] = [
  {
    name: 'one container',
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'app', image: 'nginx', resources: { requests: { cpu: '100m', memory: '1Gi' } } }] },
    },
    hash: '77749bcf88',
    collided: '7746cdbfc',
  },
  {
    name: 'much of everything',
    template: {
      metadata: { labels: { b: '2', a: '1' }, annotations: { x: 'y ü' } },
      spec: {
        restartPolicy: 'Always',
        terminationGracePeriodSeconds: 30,
        dnsPolicy: 'ClusterFirst',
        securityContext: {},
        schedulerName: 'default-scheduler',
        hostNetwork: true,
        volumes: [
          { name: 'e', emptyDir: { medium: 'Memory', sizeLimit: '512Mi' } },
          { name: 'c', configMap: { name: 'cm', defaultMode: 420, items: [{ key: 'k', path: 'p' }] } },
          { name: 't', projected: { sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }] } },
        ],
        initContainers: [
          { name: 'i', image: 'busybox', restartPolicy: 'Always', command: ['sh', '-c', 'echo hi'], resources: {} },
        ],
        containers: [
          {
            name: 'app',
            image: 'nginx:1.27',
            imagePullPolicy: 'IfNotPresent',
            ports: [{ name: 'http', containerPort: 80, protocol: 'TCP' }],
            env: [
              { name: 'A', value: '1' },
              { name: 'B', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
            ],
            resources: { limits: { cpu: '2', memory: '8Gi' } },
            volumeMounts: [{ name: 'e', mountPath: '/e' }],
            livenessProbe: { httpGet: { path: '/', port: 80, scheme: 'HTTP' }, periodSeconds: 10 },
            readinessProbe: { tcpSocket: { port: 'http' } },
            securityContext: { runAsUser: 0, capabilities: { drop: ['ALL'] } },
          },
        ],
        affinity: {
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 100, podAffinityTerm: { labelSelector: { matchLabels: { a: 'b' } }, topologyKey: 'zone' } },
            ],
          },
        },
        tolerations: [{ operator: 'Exists' }],
        topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }],
        enableServiceLinks: false,
      },
    },
    hash: '579647f5df',
    collided: '9b8989f84',
  },
  {
    name: 'quantities',
    template: {
      metadata: {},
      spec: {
        containers: [
          {
            name: 'q',
            resources: {
              requests: {
                a: '0',
                b: '100',
                c: '1k',
                e: '500m',
                f: '1536Mi',
                g: '1500',
                h: '-1',
                i: '1e3',
                j: '12e6',
                k: '2Ki',
                m: '10n',
                o: '123456789',
              },
            },
          },
        ],
      },
    },
    hash: '64c4b78894',
    collided: '74cb54b479',
  },
  { name: 'nothing', template: {}, hash: '85748b7f68', collided: 'b54bc767c' },
];

it.each(cases)('computeHash: $name', ({ template, hash, collided }) => {
  expect([computeHash(template), computeHash(template, 1)]).toEqual([hash, collided]);
});

it('shows each member with its type, and nothing for what is empty', () => {
  const text = dumpPodTemplate({
    metadata: { labels: {} },
    spec: { containers: [], nodeSelector: { a: 'b' }, priority: 7 },
  });
  expect(text).toContain('Labels:(map[string]string)<nil> ');
  expect(text).toContain('Containers:([]v1.Container)<nil> ');
  expect(text).toContain('NodeSelector:(map[string]string)map[a:b] ');
  expect(text).toContain('Priority:(*int32)7 ');
});
