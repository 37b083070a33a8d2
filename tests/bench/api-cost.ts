/** What the API server's reads and watches cost, over HTTP and inside the engine. */
import { fork } from 'node:child_process';
import type * as corev1 from '../../src/api/core/v1.ts';
import { configMaps } from '../../src/api/resources.ts';
import type { Cluster } from '../../src/engine/cluster.ts';
import type { Process } from '../../src/process/process.ts';
import { startHttpServer } from '../../src/server/http-server.ts';
import { cpuMs, type Figures, instantCluster, runIn } from './figures.ts';

const host = '127.0.0.1';
const token = 'bench';

/** Has the client do something; gives the figure it answers with. */
type Ask = (message: object) => Promise<number>;

const configMap = (i: number): corev1.ConfigMap => ({
  metadata: { name: `c${i}`, namespace: 'default', labels: { number: String(i) } },
  data: { key: `value ${i}`, text: 'x'.repeat(200) },
});

function* createMaps(cluster: Cluster, count: number): Process<void> {
  const resource = cluster.client().resource(configMaps, 'default');
  for (let i = 0; i < count; i++) yield* resource.create(configMap(i));
}

const emptyCluster = () => instantCluster({ controllers: false, scheduler: false });

/** A server of an empty cluster, and a client in a process of its own, whose CPU time does not count. */
async function served<T>(use: (cluster: Cluster, ask: Ask) => Promise<T>): Promise<T> {
  const tokens = new Map([[token, { username: 'bench', groups: ['system:masters'] }]]);
  const cluster = instantCluster({ controllers: false, scheduler: false, tokens });
  const server = await startHttpServer({
    handler: cluster,
    port: 0,
    host,
    afterRequest: () => cluster.sim.settle(),
    onProblem: (error) => {
      throw error;
    },
  });
  const client = fork('tests/bench/http-client.mjs', [String(server.port), token], { execArgv: [] });
  const ask: Ask = (message) =>
    new Promise((resolve, reject) => {
      client.once('message', (answer: { readonly error?: string; readonly value?: number }) =>
        answer.value === undefined ? reject(new Error(answer.error)) : resolve(answer.value),
      );
      client.send(message);
    });
  try {
    return await use(cluster, ask);
  } finally {
    client.kill();
    await server.close();
    cluster.stop();
  }
}

/** `MB/s`: of one core of the server's process. The first list works out managed fields and writes each object's text, the second finds both. */
export const listOverHttp = (count: number): Promise<Figures> =>
  served(async (cluster, ask) => {
    runIn(cluster, createMaps(cluster, count));
    const figures: Record<string, number> = {};
    for (const which of ['first', 'second']) {
      const start = cpuMs();
      const bytes = await ask({ download: '/api/v1/namespaces/default/configmaps' });
      figures[`MB/s, ${which} list`] = bytes / 1e6 / ((cpuMs() - start) / 1000);
      figures['MB'] = bytes / 1e6;
    }
    return figures;
  });

/** `ms an event`: of the server's process, from the write to the last of all watchers having been sent it. */
export const fanOutOverHttp = (watchers: number): Promise<Figures> =>
  served(async (cluster, ask) => {
    runIn(cluster, createMaps(cluster, 2));
    await ask({ watch: '/api/v1/namespaces/default/configmaps?watch=1&resourceVersion=0', watchers, until: 2 });
    const events = 100;
    const start = cpuMs();
    const heard = ask({ until: 2 + events });
    const resource = cluster.client().resource(configMaps, 'default');
    for (let i = 0; i < events; i++) {
      runIn(
        cluster,
        (function* (): Process<void> {
          yield* resource.patch('c1', 'merge', { data: { key: `changed ${i}` } });
        })(),
      );
      cluster.sim.settle();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await heard;
    return { 'ms an event': (cpuMs() - start) / events };
  });

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
