import { expect, it } from 'vitest';
import { pods } from '../../src/api/resources.ts';
import { createCluster } from '../../src/engine/cluster.ts';
import { createAll, exec } from './support.ts';

it('a container has the kernel parameters of its pod, and gains rights only where it may', () => {
  const cluster = createCluster({ nodes: [{}], latency: 'instant' });
  createAll(
    cluster,
    `
apiVersion: v1
kind: Pod
metadata: { name: rights }
spec:
  restartPolicy: Never
  securityContext: { runAsUser: 1000 }
  containers:
    - { name: gains, image: registry.k8s.io/e2e-test-images/nonewprivs:1.4, command: [sh, -c, nnp > /dev/termination-log] }
    - name: may-not
      image: registry.k8s.io/e2e-test-images/nonewprivs:1.4
      command: [sh, -c, nnp > /dev/termination-log]
      securityContext: { allowPrivilegeEscalation: false }
---
apiVersion: v1
kind: Pod
metadata: { name: shell }
spec:
  securityContext: { sysctls: [{ name: kernel/shm_rmid_forced, value: "1" }] }
  containers: [{ name: shell, image: busybox, command: [sleep, infinity] }]
`,
  );
  cluster.advance(60_000);
  const told = new Map(
    cluster
      .read(pods, 'default', 'rights')
      ?.status?.containerStatuses?.map(({ name, state }) => [name, state?.terminated?.message]),
  );
  expect([told.get('gains'), told.get('may-not')]).toEqual(['Effective uid: 0\n', 'Effective uid: 1000\n']);
  expect(exec(cluster, 'shell', ['sysctl', '-n', 'kernel.shm_rmid_forced']).stdout).toBe('1\n');
  cluster.stop();
});
