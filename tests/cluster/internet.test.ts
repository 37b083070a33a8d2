import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, createCluster } from '../../src/engine/cluster.ts';
import { createAll, exec, startShellPod } from './support.ts';

const lockedIn = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: no-way-out }
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress: [{ to: [{ namespaceSelector: {} }] }]
`;

describe('the world outside', () => {
  let cluster: Cluster;
  beforeAll(() => {
    cluster = createCluster({ nodes: 1, latency: 'instant' });
    cluster.advance(30_000);
    startShellPod(cluster);
  });
  afterAll(() => cluster.stop());
  const run = (command: string) => exec(cluster, 'shell', ['sh', '-c', command], 60_000).stdout;

  it('has pages at public names', () => {
    expect(run('wget -qO- http://info.cern.ch | grep "<title>"')).toBe('<title>http://info.cern.ch</title>\n');
  });
  it('has public name servers', () => {
    expect(run('nslookup -type=a kubernetes.io 8.8.8.8 | tail -n +4 | grep -c Address')).toBe('1\n');
    expect(run('nslookup nowhere.invalid | grep -c NXDOMAIN')).not.toBe('0\n');
  });
  it('is behind policies', () => {
    createAll(cluster, lockedIn);
    cluster.advance(5000);
    expect(run('wget -qO- -T 2 http://info.cern.ch 2>&1')).toBe('wget: download timed out\n');
  });
});
