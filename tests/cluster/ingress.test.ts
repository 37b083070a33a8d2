import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingresses, nodes } from '../../src/api/resources.ts';
import { type Cluster, createCluster } from '../../src/engine/cluster.ts';
import { createAll, exec, startShellPod, waitForDeployments, webServers } from './support.ts';

const manifest = `${webServers(2)}---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec:
  ingressClassName: nginx
  rules:
    - host: web.example.com
      http:
        paths:
          - { path: /, pathType: Prefix, backend: { service: { name: web, port: { name: http } } } }
          - { path: /nobody, pathType: Prefix, backend: { service: { name: nobody, port: { number: 80 } } } }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: other }
spec:
  ingressClassName: another
  defaultBackend: { service: { name: web, port: { number: 80 } } }
`;

describe('the ingress controller', () => {
  let cluster: Cluster;
  const problems: string[] = [];
  beforeAll(() => {
    cluster = createCluster({
      nodes: 2,
      onProblem: (problem) => problems.push(`${problem.component}: ${problem.message}`),
    });
    cluster.runUntil(() => cluster.readAll(nodes).every(({ spec }) => !spec?.taints?.length), 120_000);
    createAll(cluster, manifest);
    startShellPod(cluster);
    expect(waitForDeployments(cluster)).toEqual([]);
    cluster.advance(10_000);
  });
  afterAll(() => {
    expect(problems).toEqual([]);
    cluster.stop();
  });
  const get = (host: string, path: string) =>
    exec(cluster, 'shell', ['wget', '-qO-', '--header', `Host: ${host}`, `http://172.18.255.199${path}`]);

  it('writes its address to the Ingresses of its class only', () => {
    const address = (name: string) => cluster.read(ingresses, 'default', name)?.status?.loadBalancer?.ingress;
    expect(address('web')).toEqual([{ ip: '172.18.255.199' }]);
    expect(address('other')).toBeUndefined();
  });
  it('answers with what the Service of the path says', () => {
    expect(get('web.example.com', '/hostname').stdout).toMatch(/^web-/);
    expect(get('web.example.com', '/echo?msg=a%20b').stdout).toBe('a b');
  });
  it('answers 503 for a Service without endpoints and 404 for a host of no Ingress', () => {
    expect(get('web.example.com', '/nobody').stderr).toContain('HTTP/1.1 503 Service');
    expect(get('elsewhere.example.com', '/').stderr).toContain('404 Not Found');
  });
});
