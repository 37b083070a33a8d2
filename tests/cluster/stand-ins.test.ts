import { expect, it } from 'vitest';
import type * as batchv1 from '../../src/api/batch/v1.ts';
import type * as corev1 from '../../src/api/core/v1.ts';
import { createCluster } from '../../src/engine/cluster.ts';
import { createAll } from './support.ts';

const manifest = `
apiVersion: v1
kind: Pod
metadata: { name: server }
spec:
  initContainers: [{ name: prepare, image: team/prepare, command: [/bin/bash, -ec, exit 1] }]
  containers:
  - { name: server, image: team/server, ports: [{ containerPort: 80 }], readinessProbe: { exec: { command: [check] } } }
---
apiVersion: batch/v1
kind: Job
metadata: { name: task }
spec:
  template:
    spec: { restartPolicy: Never, containers: [{ name: task, image: team/task }] }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
---
apiVersion: v1
kind: Pod
metadata: { name: writer }
spec:
  restartPolicy: Never
  securityContext: { runAsUser: 1001, runAsGroup: 1001 }
  volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]
  containers:
  - { name: c, image: busybox, command: [sh, -c, mkdir /data/own && ls /data], volumeMounts: [{ name: data, mountPath: /data }] }
`;

it('what stands for images that nobody wrote serves where servers are wanted and ends where ends are waited for', () => {
  const cluster = createCluster({ latency: 'instant' });
  cluster.advance(5000);
  createAll(cluster, manifest);
  cluster.advance(60_000);
  const phase = (name: string) =>
    (cluster.request({ method: 'GET', path: `/api/v1/namespaces/default/pods/${name}` }).body as corev1.Pod).status
      ?.phase;
  const job = cluster.request({ method: 'GET', path: '/apis/batch/v1/namespaces/default/jobs/task' })
    .body as batchv1.Job;
  expect([phase('server'), job.status?.succeeded, phase('writer')]).toEqual(['Running', 1, 'Succeeded']);
  cluster.stop();
});
