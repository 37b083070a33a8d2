import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endpointSlices, nodes, pods, services } from '../../src/api/resources.ts';
import { type Cluster, createCluster } from '../../src/engine/cluster.ts';
import type { FlowEvent } from '../../src/protocol/control.ts';
import { createAll, exec, isReady, startShellPod, waitForDeployments, webServers } from './support.ts';

/** Three servers, and ways to them. */
const manifest = `${webServers(3)}---
apiVersion: v1
kind: Service
metadata: { name: sticky }
spec: { selector: { app: web }, sessionAffinity: ClientIP, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: headless }
spec: { clusterIP: None, selector: { app: web }, ports: [{ name: http, port: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: nodes }
spec: { type: NodePort, externalTrafficPolicy: Local, selector: { app: web }, ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: balanced }
spec: { type: LoadBalancer, externalTrafficPolicy: Local, selector: { app: web }, healthCheckNodePort: 31000, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: hinted, annotations: { service.kubernetes.io/topology-mode: Auto } }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: alias }
spec: { type: ExternalName, externalName: web.default.svc.cluster.local }
`;

/** Nobody may send to the client. */
const udpPolicies = `${['udp-server', 'udp-client']
  .map(
    (name) => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { udp: ${name} } }
spec:
  containers:
    - { name: c, image: 'registry.k8s.io/e2e-test-images/agnhost:2.63.0', args: [porter], env: [{ name: SERVE_UDP_PORT_5353, value: foo }] }
---`,
  )
  .join('')}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: no-ingress }
spec: { podSelector: { matchLabels: { udp: udp-client } }, policyTypes: [Ingress] }
`;

const hostShell = { hostNetwork: true, containers: [{ name: 'main', image: 'busybox', command: ['sleep', '3600'] }] };

describe('the cluster network', () => {
  let cluster: Cluster;
  const problems: string[] = [];
  const flows: FlowEvent[] = [];
  beforeAll(() => {
    cluster = createCluster({
      nodes: 3,
      systemPods: false,
      onProblem: (problem) => problems.push(`${problem.component}: ${problem.message}`),
      onFlow: (flow) => flows.push(flow),
    });
    cluster.runUntil(() => cluster.readAll(nodes).every(({ spec }) => !spec?.taints?.length), 120_000);
    createAll(cluster, manifest);
    startShellPod(cluster);
    expect(waitForDeployments(cluster)).toEqual([]);
    cluster.advance(5_000);
  });
  afterAll(() => {
    expect(problems).toEqual([]);
    cluster.stop();
  });
  const sh = (script: string) => exec(cluster, 'shell', ['sh', '-c', script], 300_000);
  const hostnames = (url: string, times: number) =>
    new Set(
      sh(`for i in $(seq ${times}); do wget -qO- ${url}/hostname; echo; done`)
        .stdout.split('\n')
        .filter((line) => line !== ''),
    );
  const webPods = () => cluster.readAll(pods, 'default').filter((pod) => pod.metadata.labels?.['app'] === 'web');

  it('spreads connections to a Service over its endpoints', () => {
    expect(hostnames('http://web', 30)).toEqual(new Set(webPods().map((pod) => pod.metadata.name)));
    const flow = flows.find(({ hops }) => hops.some((hop) => hop.kind === 'service' && hop.name === 'web'));
    expect(flow?.hops.map(({ kind }) => kind)).toEqual(['pod', 'service', 'pod']);
    expect(flow?.outcome).toBe('ok');
  });
  it('keeps a client at its endpoint with ClientIP affinity', () => {
    expect(hostnames('http://sticky', 10).size).toBe(1);
  });
  it.each(['web', 'web.default', 'web.default.svc', 'web.default.svc.cluster.local', 'alias'])(
    'finds %s by name',
    (name) => {
      expect(hostnames(`http://${name}`, 1).size).toBe(1);
    },
  );
  it('knows each pod of a headless Service', () => {
    const ips = webPods().map((pod) => pod.status?.podIP ?? '');
    const { stdout } = sh('nslookup headless.default.svc.cluster.local');
    expect(ips.every((ip) => stdout.includes(ip))).toBe(true);
  });
  it('refuses what nobody serves', () => {
    expect(sh('wget -qO- -T 5 http://nobody').stderr).toContain('Connection refused');
    const [pod] = webPods();
    expect(sh(`wget -qO- -T 5 http://${pod?.status?.podIP}:81`).stderr).toContain('Connection refused');
    expect(sh('wget -qO- -T 5 http://no-such-name').stderr).toContain("bad address 'no-such-name'");
  });
  it('answers on node ports, with policy Local only where an endpoint or the client is', () => {
    const shell = cluster.read(pods, 'default', 'shell');
    const withPod = new Set([...webPods(), shell].map((pod) => pod?.status?.hostIP));
    for (const node of cluster.readAll(nodes)) {
      const ip = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '';
      const { stdout, stderr } = sh(`wget -qO- -T 2 http://${ip}:30080/hostname`);
      if (withPod.has(ip)) expect(stdout).toMatch(/^web-/);
      else expect(stderr).toContain('timed out');
    }
  });

  it('answers on node ports of the very node', () => {
    const host = { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'host' }, spec: hostShell };
    createAll(cluster, JSON.stringify(host));
    cluster.runUntil(() => isReady(cluster.read(pods, 'default', 'host') ?? { metadata: {} }), 60_000);
    const ip = cluster.read(pods, 'default', 'host')?.status?.hostIP ?? '';
    for (const address of [ip, '127.0.0.1', 'localhost']) {
      const script = `wget -qO- -T 2 http://${address}:30080/hostname`;
      expect(exec(cluster, 'host', ['sh', '-c', script], 60_000).stdout).toMatch(/^web-/);
    }
  });

  it('has a kube-proxy on each node that tells its health, its mode, and load balancers whether the node has endpoints', () => {
    const onHost = (script: string) => exec(cluster, 'host', ['sh', '-c', script], 60_000);
    expect(JSON.parse(onHost('wget -qO- http://localhost:10256/healthz').stdout)).toMatchObject({
      healthy: true,
      nodeEligible: true,
      status: { IPv4: { healthy: true } },
    });
    expect(onHost('wget -qO- http://localhost:10249/proxyMode').stdout).toBe('iptables');
    const withPod = webPods().map((pod) => pod.status?.hostIP);
    for (const node of cluster.readAll(nodes)) {
      const ip = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '';
      const { stdout, stderr } = sh(`wget -qO- http://${ip}:31000/`);
      const localEndpoints = withPod.filter((one) => one === ip).length;
      if (localEndpoints === 0) expect(stderr).toContain('503 Service Unavailable');
      else {
        const service = { namespace: 'default', name: 'balanced' };
        expect(JSON.parse(stdout)).toEqual({ service, localEndpoints, serviceProxyHealthy: true });
      }
      expect(sh(`wget -qO- http://${ip}:10249/proxyMode`).stderr).toContain('Connection refused');
    }
  });
  it('gives endpoints to the zones of workers alone', () => {
    const hints = cluster
      .readAll(endpointSlices, 'default')
      .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === 'hinted')
      .flatMap(({ endpoints }) => endpoints ?? [])
      .map((endpoint) => endpoint.hints?.forZones?.map(({ name }) => name).join());
    expect(hints.sort()).toEqual(['zone-1', 'zone-2', 'zone-3']);
  });

  it('loses nothing when a cable comes out and goes in again', () => {
    const [pod] = webPods().filter(
      (one) => one.spec?.nodeName !== cluster.read(pods, 'default', 'shell')?.spec?.nodeName,
    );
    const node = pod?.spec?.nodeName ?? '';
    cluster.fault(node, 'network-cut');
    cluster.sim.setTimer(2_500, () => cluster.fault(node, 'network-heal'));
    const before = cluster.sim.elapsed;
    expect(sh(`wget -qO- -T 20 http://${pod?.status?.podIP}:8080/hostname`).stdout).toBe(pod?.metadata.name);
    expect(cluster.sim.elapsed - before).toBeGreaterThan(2_500);
  });

  it('lets a policy decide, and names it', () => {
    createAll(
      cluster,
      `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: friends-only }
spec:
  podSelector: { matchLabels: { app: web } }
  ingress: [{ from: [{ podSelector: { matchLabels: { friend: 'yes' } } }], ports: [{ port: 8080 }] }]
`,
    );
    cluster.advance(2_000);
    flows.length = 0;
    expect(sh('wget -qO- -T 3 http://web/hostname').stderr).toContain('timed out');
    expect(flows.at(-1)).toMatchObject({ outcome: 'denied' });
    expect(flows.at(-1)?.hops.at(-1)?.note).toBe('ingress denied by NetworkPolicy default/friends-only');
    const label = cluster
      .client()
      .resource(pods, 'default')
      .patch('shell', 'merge', { metadata: { labels: { friend: 'yes' } } });
    cluster.sim.spawn(label);
    cluster.advance(1_000);
    expect(sh('wget -qO- -T 3 http://web/hostname').stdout).toMatch(/^web-/);
  });

  it('lets answers to datagrams through where nobody may ask first', () => {
    createAll(cluster, udpPolicies);
    const ready = (name: string) =>
      cluster.runUntil(() => isReady(cluster.read(pods, 'default', name) ?? { metadata: {} }), 60_000);
    for (const name of ['udp-server', 'udp-client']) ready(name);
    cluster.advance(2_000);
    const ask = (from: string, to: string) => {
      const ip = cluster.read(pods, 'default', to)?.status?.podIP ?? '';
      const words = ['/agnhost', 'connect', `${ip}:5353`, '--protocol=udp', '--timeout=3s'];
      const { exit, stderr } = exec(cluster, from, words, 60_000);
      return `${exit} ${stderr}`.trim();
    };
    expect([ask('udp-client', 'udp-server'), ask('udp-server', 'udp-client')]).toEqual(['0', '1 TIMEOUT']);
  });

  it('stops sending to pods that go, and refuses when all are gone', () => {
    const scale = cluster
      .client()
      .resource(
        { group: 'apps', version: 'v1', resource: 'deployments', kind: 'Deployment', namespaced: true },
        'default',
      );
    cluster.sim.spawn(scale.patch('web', 'merge', { spec: { replicas: 0 } }));
    cluster.runUntil(() => webPods().length === 0, 120_000);
    cluster.advance(5_000);
    expect(sh('wget -qO- -T 3 http://web').stderr).toContain('Connection refused');
    expect(cluster.read(services, 'default', 'web')?.spec?.clusterIP).toMatch(/^10\.96\./);
    expect(isReady(cluster.read(pods, 'default', 'shell') ?? { metadata: {} })).toBe(true);
  });
});
