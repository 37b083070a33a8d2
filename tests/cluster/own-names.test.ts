import { expect, it } from 'vitest';
import type * as corev1 from '../../src/api/core/v1.ts';
import { pods } from '../../src/api/resources.ts';
import { createCluster } from '../../src/engine/cluster.ts';
import { createAll, exec } from './support.ts';

const agnhost = 'registry.k8s.io/e2e-test-images/agnhost:2.63.0';

it('a pod verifies its token with what the API server publishes, and knows its own names', () => {
  const cluster = createCluster({ nodes: [{}], latency: 'instant' });
  createAll(
    cluster,
    `
apiVersion: v1
kind: Pod
metadata: { name: validator }
spec:
  restartPolicy: Never
  volumes: [{ name: token, projected: { sources: [{ serviceAccountToken: { path: token, audience: a-test } }] } }]
  containers:
    - name: validator
      image: ${agnhost}
      args: [test-service-account-issuer-discovery, --token-path, /tokens/token, --audience, a-test]
      volumeMounts: [{ name: token, mountPath: /tokens }]
---
apiVersion: v1
kind: Pod
metadata: { name: named }
spec: { hostname: querier, subdomain: some, containers: [{ name: c, image: "${agnhost}" }] }
`,
  );
  cluster.advance(60_000);
  const phaseOf = (name: string) => (cluster.read(pods, 'default', name) as corev1.Pod | undefined)?.status?.phase;
  expect([phaseOf('validator'), phaseOf('named')]).toEqual(['Succeeded', 'Running']);
  const ip = cluster.read(pods, 'default', 'named')?.status?.podIP ?? '';
  const found = exec(cluster, 'named', ['getent', 'hosts', 'querier.some.default.svc.cluster.local']);
  expect(found.stdout.split(/\s+/)[0]).toBe(ip);
  cluster.stop();
});
