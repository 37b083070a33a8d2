import { expect, it } from 'vitest';
import { endpointSlices, nodes, pods } from '../../src/api/resources.ts';
import { createCluster } from '../../src/engine/cluster.ts';
import { createAll, exec, isReady, startShellPod, waitForDeployments } from './support.ts';

/** Four servers over the nodes, and a client of theirs that notes how each of its requests ended. */
const manifest = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 4
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      topologySpreadConstraints:
        - { maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, labelSelector: { matchLabels: { app: web } }, nodeTaintsPolicy: Honor }
      containers:
        - name: web
          image: nginx:1.27
          readinessProbe: { httpGet: { path: /, port: 80 } }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`;
const client = `while true; do
  if wget -T 1 -q -O /dev/null http://web; then echo "$(date +%s) ok"; else echo "$(date +%s) lost"; fi >> /tmp/log
  sleep 1
done`;

it('a node dies: requests are lost only until the endpoints are updated, and none while it heals', {
  timeout: 120_000,
}, () => {
  const cluster = createCluster({ nodes: 4, latency: 'realistic', systemPods: true });
  cluster.advance(30_000);
  createAll(cluster, manifest);
  expect(waitForDeployments(cluster)).toEqual([]);
  startShellPod(cluster);
  const home = cluster.read(pods, 'default', 'shell')?.spec?.nodeName;
  exec(cluster, 'shell', ['sh', '-c', `(${client}) > /dev/null 2>&1 &`]);
  cluster.advance(20_000);

  const servers = () => cluster.readAll(pods, 'default').filter(({ metadata }) => metadata.labels?.['app'] === 'web');
  // One that neither the client nor the cluster's name servers run on.
  const kept = new Set([
    home,
    ...cluster
      .readAll(pods, 'kube-system')
      .map(({ metadata, spec }) => (metadata.labels?.['k8s-app'] === 'kube-dns' ? spec?.nodeName : undefined)),
  ]);
  const victim =
    servers()
      .map(({ spec }) => spec?.nodeName ?? '')
      .find((node) => !kept.has(node)) ?? '';
  expect(victim).not.toBe('');
  const seconds = () => Math.floor(cluster.sim.now() / 1000);
  const diedAt = seconds();
  cluster.fault(victim, 'power-off');

  const servingOnVictim = () =>
    cluster
      .readAll(endpointSlices, 'default')
      .flatMap(({ endpoints }) => endpoints ?? [])
      .some(({ nodeName, conditions }) => nodeName === victim && conditions?.ready === true);
  expect(servingOnVictim()).toBe(true);
  expect(cluster.sim.runUntil(() => !servingOnVictim(), { limitMs: 120_000 })).toBe(true);
  // Every kube-proxy has a moment to follow.
  cluster.advance(3_000);
  const updatedAt = seconds();
  const ready = () => cluster.read(nodes, '', victim)?.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  expect(ready()).toBe('Unknown');

  const healed = () => {
    const alive = servers().filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    return alive.length === 4 && alive.every((pod) => pod.spec?.nodeName !== victim && isReady(pod));
  };
  expect(cluster.sim.runUntil(healed, { limitMs: 600_000 })).toBe(true);
  cluster.advance(60_000);

  const outcomes = exec(cluster, 'shell', ['cat', '/tmp/log'])
    .stdout.trim()
    .split('\n')
    .map((line) => ({ at: Number(line.split(' ')[0]), ok: line.endsWith('ok') }));
  const lost = outcomes.filter(({ ok }) => !ok).map(({ at }) => at);
  expect(lost.filter((at) => at < diedAt || at > updatedAt)).toEqual([]);
  // It would prove nothing if none had been on its way to the dead node, or if the client had stood still.
  expect(lost.length).toBeGreaterThan(0);
  expect(outcomes.filter(({ at, ok }) => ok && at > updatedAt).length).toBeGreaterThan(200);
  cluster.stop();
});
