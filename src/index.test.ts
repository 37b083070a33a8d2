import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createCluster } from './index.ts';

const deployments = '/apis/apps/v1/namespaces/default/deployments';
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
  },
};

/** The README's example of library use, without its imports: the test hands in what they name. */
function readmeExample(): string {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const code = /## As a library\n[\s\S]*?```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  return code.replace(/^import .*\n/gm, '');
}

describe('the library', () => {
  it('runs the example of the README', () => {
    const run = new Function('createCluster', 'assert', readmeExample());
    const seen: [unknown, unknown][] = [];
    run(createCluster, { equal: (actual: unknown, expected: unknown) => seen.push([actual, expected]) });
    expect(seen.length).toBeGreaterThan(2);
    for (const [actual, expected] of seen) expect(actual).toBe(expected);
  });

  it('leaves managed fields out for those who say so', () => {
    const cluster = createCluster({ nodes: 0, latency: 'instant' });
    const path = '/api/v1/namespaces/default/configmaps';
    cluster.request({ method: 'POST', path, body: { metadata: { name: 'a' }, data: { b: 'c' } } });
    const metadataOf = (accept: string) => {
      const list = cluster.request({ path, headers: { accept } }).body as { items: { metadata: object }[] };
      return Object.keys(list.items[0]?.metadata ?? {});
    };
    const omitted = metadataOf('application/json;managedfields=omit');
    expect(metadataOf('application/json')).toEqual([...omitted, 'managedFields']);
  });

  it('answers requests, and time makes the rest', () => {
    const cluster = createCluster({ nodes: 1, latency: 'instant' });
    expect(cluster.request({ method: 'POST', path: deployments, body: deployment }).status).toBe(201);
    cluster.advance(10_000);
    expect(cluster.request({ path: `${deployments}/web` })).toMatchObject({
      status: 200,
      body: { status: { readyReplicas: 3 } },
    });
    cluster.stop();
  });

  it('gives what is refused as a Status', () => {
    const cluster = createCluster({ hollow: true, latency: 'instant' });
    expect(cluster.request({ path: '/api/v1/namespaces/default/pods/none' })).toMatchObject({
      status: 404,
      body: { kind: 'Status', message: 'pods "none" not found' },
    });
    expect(cluster.request({ path: '/api/v1/nodes', headers: { authorization: 'Bearer nobody' } }).status).toBe(401);
    cluster.stop();
  });

  it('says why an object is as it is', () => {
    const cluster = createCluster({ hollow: true, latency: 'instant' });
    cluster.request({ method: 'POST', path: deployments, body: deployment });
    cluster.advance(10_000);
    expect(cluster.why('deployments.apps', 'default', 'web').at(-1)?.label).toBe(`POST ${deployments}`);
    cluster.stop();
  });

  it('ends a process that takes too long', () => {
    const cluster = createCluster({ hollow: true, latency: 'instant' });
    const endless = cluster.client().raw({ path: '/api/v1/pods?watch=true' });
    expect(() => cluster.run(endless, 60_000)).toThrow('the process did not end in time');
    cluster.stop();
  });
});
