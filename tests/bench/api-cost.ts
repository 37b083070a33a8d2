/** What the API server's reads and watches cost, over HTTP and inside the engine. */
import { request } from 'node:http';
import type * as corev1 from '../../src/api/core/v1.ts';
import { configMaps } from '../../src/api/resources.ts';
import type { Cluster } from '../../src/engine/cluster.ts';
import type { Process } from '../../src/process/process.ts';
import { startHttpServer } from '../../src/server/http-server.ts';
import { cpuMs, type Figures, instantCluster, runIn } from './figures.ts';

const host = '127.0.0.1';

const configMap = (i: number): corev1.ConfigMap => ({
  metadata: { name: `c${i}`, namespace: 'default', labels: { number: String(i) } },
  data: { key: `value ${i}`, text: 'x'.repeat(200) },
});

function* createMaps(cluster: Cluster, count: number): Process<void> {
  const resource = cluster.client().resource(configMaps, 'default');
  for (let i = 0; i < count; i++) yield* resource.create(configMap(i));
}

const emptyCluster = () => instantCluster({ controllers: false, scheduler: false });

/** Gives the bytes that came. */
function download(port: number, path: string, token: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    request({ host, port, path, headers }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('end', () =>
        response.statusCode === 200 ? resolve(bytes) : reject(new Error(`status ${response.statusCode}`)),
      );
    })
      .on('error', reject)
      .end();
  });
}

/** `MB/s`: of one CPU core, that of the client that throws the bytes away included. The first list encodes each object, the second finds it encoded. */
export async function listOverHttp(count: number): Promise<Figures> {
  const token = 'bench';
  const tokens = new Map([[token, { username: 'bench', groups: ['system:masters'] }]]);
  const cluster = instantCluster({ controllers: false, scheduler: false, tokens });
  runIn(cluster, createMaps(cluster, count));
  const server = await startHttpServer({
    handler: cluster,
    port: 0,
    host,
    afterRequest: () => cluster.sim.settle(),
    onProblem: (error) => {
      throw error;
    },
  });
  const figures: Record<string, number> = {};
  for (const which of ['first', 'second']) {
    const start = cpuMs();
    const bytes = await download(server.port, '/api/v1/namespaces/default/configmaps', token);
    figures[`MB/s, ${which} list`] = bytes / 1e6 / ((cpuMs() - start) / 1000);
    figures['MB'] = bytes / 1e6;
  }
  await server.close();
  cluster.stop();
  return figures;
}

/** `ms an event`: from the write to the last of all watchers having heard of it. */
export function fanOut(watchers: number): Figures {
  const cluster = emptyCluster();
  let heard = 0;
  for (let i = 0; i < watchers; i++) {
    cluster
      .client()
      .resource(configMaps, 'default')
      .watch({}, { event: () => heard++, end: () => {} });
  }
  cluster.sim.settle();
  runIn(cluster, createMaps(cluster, 20));
  cluster.sim.settle();
  const events = 100;
  const before = heard;
  const start = cpuMs();
  const resource = cluster.client().resource(configMaps, 'default');
  runIn(
    cluster,
    (function* (): Process<void> {
      for (let i = 0; i < events; i++) yield* resource.patch('c1', 'merge', { data: { key: `changed ${i}` } });
    })(),
  );
  cluster.sim.settle();
  const spent = cpuMs() - start;
  if (heard - before !== events * watchers) throw new Error(`${heard - before} events of ${events * watchers} heard`);
  return { 'ms an event': spent / events };
}
