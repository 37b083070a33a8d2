import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../src/apimachinery/object-meta.ts';
import type { ResourceRef } from '../../src/apimachinery/resource-ref.ts';
import { parseYamlDocuments } from '../../src/apimachinery/yaml.ts';
import { clusterRoles, customResourceDefinitions, deployments, services } from '../../src/api/resources.ts';
import { type Cluster, type ClusterOptions, createCluster } from '../../src/engine/cluster.ts';
import { evaluateController as evaluateGuarded } from '../../src/worker/evaluate-controller.ts';
import { guardLoops } from '../../src/worker/guard-loops.ts';
import { complete } from './support.ts';

const example = (file: string) => readFileSync(new URL(`../../src/lessons/examples/${file}`, import.meta.url), 'utf8');
const operator = example('website-operator.js');
const [crd, website] = parseYamlDocuments(
  `${example('website-kind.yaml')}---\n${example('website.yaml')}`,
) as readonly KubernetesObject[];
const websites: ResourceRef<KubernetesObject & { readonly status?: object }> = {
  group: 'example.tabernetes.dev',
  version: 'v1',
  resource: 'websites',
  kind: 'Website',
  namespaced: true,
};

/** As the page's worker evaluates a source. */
const evaluateController: NonNullable<ClusterOptions['evaluateController']> = (source, host) =>
  evaluateGuarded(source, host, guardLoops);

let cluster: Cluster;
beforeEach(() => {
  cluster = createCluster({ hollow: true, latency: 'instant', nodes: 1, evaluateController });
  cluster.advance(2_000);
});
afterEach(() => cluster.stop());

const run = (source: string, file = 'website-operator.js') => cluster.control({ op: 'runController', file, source });
const state = (name = 'website-operator') => cluster.controllers().find((one) => one.name === name);
function applyExample(): void {
  complete(
    cluster,
    cluster
      .client()
      .resource(customResourceDefinitions)
      .create(crd as never),
  );
  cluster.advance(2_000);
  complete(
    cluster,
    cluster
      .client()
      .resource(websites, 'default')
      .create(website as KubernetesObject),
  );
}

describe('a controller of one’s own', () => {
  it('waits for its kind, makes what it owns, and reports', () => {
    run(operator);
    cluster.advance(3_000);
    expect(state()?.phase).toBe('waiting');
    applyExample();
    cluster.advance(30_000);
    expect(state()).toMatchObject({ phase: 'running', errors: 0 });
    expect(cluster.read(deployments, 'default', 'hello')?.metadata.ownerReferences).toMatchObject([
      { kind: 'Website', name: 'hello', controller: true },
    ]);
    expect(cluster.read(services, 'default', 'hello')?.spec?.ports?.[0]?.port).toBe(80);
    expect(cluster.read(websites, 'default', 'hello')?.status).toEqual({ phase: 'Ready', readyReplicas: 2 });
    complete(cluster, cluster.client().resource(websites, 'default').delete('hello'));
    cluster.advance(30_000);
    expect(cluster.read(deployments, 'default', 'hello')).toBeUndefined();
  });

  it('may do what its rules say and no more', () => {
    run(
      operator.replace(
        "name: 'website-operator',",
        "name: 'website-operator', rbac: [{ apiGroups: ['*'], resources: ['websites', 'deployments', 'services'], verbs: ['get', 'list', 'watch'] }],",
      ),
    );
    applyExample();
    cluster.advance(5_000);
    expect(cluster.read(clusterRoles, '', 'controllers:website-operator')?.rules).toHaveLength(2);
    expect(state()?.lastError).toBe(
      'StatusError: deployments.apps "hello" is forbidden: User "system:serviceaccount:controllers:website-operator" cannot patch resource "deployments" in API group "apps" in the namespace "default"',
    );
  });

  it('is shown when it throws, tried again with back-off, and replaced in place', () => {
    applyExample();
    run(operator.replace('const { image', 'undefined.crash; const { image'));
    cluster.advance(10_000);
    const { errors = 0, reconciles } = state() ?? {};
    expect(errors).toBeGreaterThan(5);
    expect(errors).toBeLessThan(20);
    expect(reconciles).toBe(0);
    expect(state()?.lastError).toMatch(/^TypeError: Cannot read properties of undefined/);
    run(operator);
    cluster.advance(10_000);
    expect(cluster.read(deployments, 'default', 'hello')?.status?.readyReplicas).toBe(2);
    expect(state()?.errors).toBe(errors);
  });

  it('that cannot be loaded leaves the one before at work', () => {
    applyExample();
    run(operator);
    cluster.advance(10_000);
    run('defineController({');
    expect(state()).toMatchObject({ phase: 'running', lastError: expect.stringMatching(/^SyntaxError/) });
  });

  it.each([
    ['nothing', '', 'the file defines no controller: call defineController({ … })'],
    ['no name', 'defineController({})', 'a controller needs a name: small letters, digits and dashes'],
    [
      'a bad resource',
      "defineController({ name: 'a', for: 'pods' })",
      '"pods" is no resource: write plural.version.group, such as deployments.v1.apps',
    ],
    ['the network', 'fetch("https://example.com")', 'fetch is not a function'],
  ])('is refused: %s', (_, source, why) => {
    run(source, 'a.js');
    expect(state('a.js')?.lastError).toContain(why);
  });

  it('sees virtual time and seeded chance', () => {
    const seen = () => {
      const other = createCluster({
        seed: 'x',
        hollow: true,
        latency: 'instant',
        nodes: 0,
        epochMs: 1e12,
        evaluateController,
      });
      other.advance(1_000);
      const source =
        "defineController({ name: 'a', for: 'namespaces.v1', *reconcile({ log, name }) { if (name === 'default') log(Date.now(), new Date().getTime(), Math.random()); } })";
      other.control({ op: 'runController', file: 'a.js', source });
      other.advance(5_000);
      const log = other.controllers()[0]?.log.map(({ text }) => text) ?? [];
      other.stop();
      return log;
    };
    expect(seen()).toEqual(seen());
    expect(seen().some((line) => /^10000000\d{5} 10000000\d{5} 0\.\d+$/.test(line))).toBe(true);
  });

  it('is part of the input log: the same inputs give the same history', () => {
    const history = () => {
      const one = createCluster({ seed: 'log', epochMs: 1e12, nodes: 1, evaluateController });
      one.advance(5_000);
      one.control({ op: 'runController', file: 'a.js', source: operator });
      const post = (path: string, body: object) =>
        one.handleAsAdministrator(
          { method: 'POST', path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
          { head: () => {}, frame: () => {}, end: () => {}, onAbort: () => {}, onData: () => {}, backlog: 0 },
        );
      post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', crd as object);
      one.advance(5_000);
      post('/apis/example.tabernetes.dev/v1/namespaces/default/websites', website as object);
      one.advance(30_000);
      const ready = one.read(deployments, 'default', 'hello')?.status?.readyReplicas;
      const hash = one.historyHash();
      one.stop();
      return { ready, hash };
    };
    const first = history();
    expect(first.ready).toBe(2);
    expect(history()).toEqual(first);
  });
});
