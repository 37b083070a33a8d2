import { expect, it } from 'vitest';
import type * as corev1 from '../../../src/api/core/v1.ts';
import { pods, secrets } from '../../../src/api/resources.ts';
import { createTestCluster, testPod } from './test-cluster.ts';

const registry: corev1.PodSpec = {
  hostNetwork: true,
  containers: [
    {
      name: 'registry',
      image: 'registry.k8s.io/e2e-test-images/agnhost:2.63.0',
      args: ['fake-registry-server', '--private'],
    },
  ],
};
const pulling = (names: readonly string[]): Partial<corev1.PodSpec> => ({
  containers: [{ name: 'app', image: 'localhost:5000/pause:testing', imagePullPolicy: 'Always' }],
  imagePullSecrets: names.map((name) => ({ name })),
});
const config = (auth: string) => JSON.stringify({ auths: { 'localhost:5000': { auth: btoa(auth) } } });

// Upstream: test/e2e/common/node/runtime.go "should be able to pull from private registry with secret" (v1.36)
it('a registry on the node gives images to who knows the password', () => {
  const test = createTestCluster();
  const create = (name: string, spec: Parameters<typeof testPod>[1]) =>
    test.run(test.client.resource(pods, 'default').create(testPod(name, spec)));
  const keep = (name: string, auth: string) =>
    test.run(
      test.client.resource(secrets, 'default').create({
        metadata: { name },
        type: 'kubernetes.io/dockerconfigjson',
        stringData: { '.dockerconfigjson': config(auth) },
      }),
    );
  create('early', pulling([]));
  test.cluster.advance(1000);
  create('registry', registry);
  keep('right', 'user:password');
  keep('wrong', 'user:guess');
  test.cluster.advance(1000);
  for (const [name, names] of [
    ['with', ['wrong', 'right']],
    ['wrong', ['wrong']],
    ['without', ['absent']],
  ] as const)
    create(name, pulling(names));
  test.cluster.advance(2000);
  const head =
    'failed to pull and unpack image "localhost:5000/pause:testing": failed to resolve reference "localhost:5000/pause:testing": ';
  const failureOf = (name: string) =>
    test
      .eventsOf(name)
      .find((event) => event.startsWith('Warning Failed: Failed to pull'))
      ?.split(head)[1];
  expect(test.pod('with')?.status?.phase).toBe('Running');
  expect(failureOf('early')).toBe(
    'failed to do request: Head "http://localhost:5000/v2/pause/manifests/testing": dial tcp 127.0.0.1:5000: connect: connection refused',
  );
  expect(failureOf('wrong')).toBe(
    'unexpected status from HEAD request to http://localhost:5000/v2/pause/manifests/testing: 401 Unauthorized',
  );
  expect(failureOf('without')).toBe(
    'pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials',
  );
  expect(test.eventsOf('without')).toContain(
    'Warning FailedToRetrieveImagePullSecret: Unable to retrieve some image pull secrets (absent); attempting to pull the image may not succeed. (x2)',
  );
  expect(test.problems).toEqual([]);
});
