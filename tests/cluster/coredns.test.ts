import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMaps, deployments, pods } from '../../src/api/resources.ts';
import { type Cluster, createCluster } from '../../src/engine/cluster.ts';
import { createAll, exec, isReady, startShellPod } from './support.ts';

/** A name server of one's own, and a pod that asks it alone. */
const ownServer = `
apiVersion: v1
kind: ConfigMap
metadata: { name: corefile }
data:
  Corefile: |
    . {
      hosts {
        1.1.1.1 notexistname.resolv.conf.local
        192.0.2.123 my.test
      }
      log
    }
---
apiVersion: v1
kind: Pod
metadata: { name: dns }
spec:
  containers: [{ name: dns, image: registry.k8s.io/e2e-test-images/agnhost:2.63.0, command: [/coredns], args: [-conf, /etc/coredns/Corefile], volumeMounts: [{ name: c, mountPath: /etc/coredns }] }]
  volumes: [{ name: c, configMap: { name: corefile } }]
`;
const asking = (server: string) => `
apiVersion: v1
kind: Pod
metadata: { name: asking }
spec:
  dnsPolicy: None
  dnsConfig: { nameservers: ["${server}"], searches: [resolv.conf.local], options: [{ name: ndots, value: "2" }] }
  containers: [{ name: c, image: registry.k8s.io/e2e-test-images/agnhost:2.63.0 }]
`;

describe('name servers', () => {
  let cluster: Cluster;
  const ready = (name: string) =>
    cluster.runUntil(() => isReady(cluster.read(pods, 'default', name) ?? { metadata: {} }), 120_000);
  beforeAll(() => {
    cluster = createCluster({ nodes: 2 });
    const isUp = () => cluster.read(deployments, 'kube-system', 'coredns')?.status?.readyReplicas === 2;
    cluster.runUntil(isUp, 300_000);
    startShellPod(cluster);
  });
  afterAll(() => cluster.stop());
  const address = () =>
    exec(cluster, 'shell', ['sh', '-c', 'nslookup db.example.com | tail -n +3'], 60_000).stdout.match(
      /Address.*: (\S+)/,
    )?.[1];

  it('answer from their own Corefile', () => {
    createAll(cluster, ownServer);
    ready('dns');
    createAll(cluster, asking(cluster.read(pods, 'default', 'dns')?.status?.podIP ?? ''));
    ready('asking');
    expect(exec(cluster, 'asking', ['dig', '+short', '+search', 'notexistname']).stdout).toBe('1.1.1.1\n');
    expect(exec(cluster, 'asking', ['dig', '+short', 'kubernetes.default.svc.cluster.local']).stdout).toBe('');
  });

  it('are asked by the cluster for the zones it leaves to them, and for what aliases lead to', () => {
    const corefile = cluster.read(configMaps, 'kube-system', 'coredns')?.data?.['Corefile'] ?? '';
    const ip = cluster.read(pods, 'default', 'dns')?.status?.podIP ?? '';
    const stub = `${corefile}\nmy.test:53 {\n    forward . ${ip}\n}\n`;
    cluster.run(
      cluster
        .client()
        .resource(configMaps, 'kube-system')
        .patch('coredns', 'merge', { data: { Corefile: stub } }),
    );
    const alias = { type: 'ExternalName', externalName: 'my.test' };
    createAll(cluster, JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'out' }, spec: alias }));
    cluster.advance(180_000);
    const ask = (...words: string[]) => exec(cluster, 'asking', ['dig', '@10.96.0.10', '+short', ...words]).stdout;
    expect(ask('my.test')).toBe('192.0.2.123\n');
    expect(ask('out.default.svc.cluster.local')).toBe('my.test.\n192.0.2.123\n');
    expect(exec(cluster, 'asking', ['dig', '+short', '-x', '192.0.2.123']).stdout).toBe('my.test.\n');
  });

  it('take up a changed ConfigMap', () => {
    expect(address()).toBeUndefined();
    const corefile = cluster.read(configMaps, 'kube-system', 'coredns')?.data?.['Corefile'] ?? '';
    const rewritten = corefile.replace(
      'errors',
      'errors\n    rewrite name db.example.com kubernetes.default.svc.cluster.local',
    );
    cluster.run(
      cluster
        .client()
        .resource(configMaps, 'kube-system')
        .patch('coredns', 'merge', { data: { Corefile: rewritten } }),
    );
    cluster.advance(180_000);
    expect(address()).toBe('10.96.0.1');
  });
});
