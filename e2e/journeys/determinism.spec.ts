import { readdirSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import type * as Library from '../../src/index.ts';
import type { InputRecord } from '../../src/protocol/control.ts';

const settings = { seed: 'same everywhere', nodes: 3, hollow: false, latency: 'realistic', paused: true } as const;

const deployment = (name: string, image: string, replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name, image, ports: [{ containerPort: 80 }] }] },
    },
  },
});

const create = (atMs: number, body: object): InputRecord => ({
  atMs,
  kind: 'request',
  method: 'POST',
  path: '/apis/apps/v1/namespaces/default/deployments',
  headers: { 'content-type': 'application/json', 'user-agent': 'journey' },
  body: JSON.stringify(body),
});

const inputs: readonly InputRecord[] = [
  create(5_000, deployment('web', 'nginx:1.29', 3)),
  create(12_000, deployment('broken', 'nginx:doesnotexist', 1)),
  { atMs: 30_000, kind: 'control', command: { op: 'fault', node: 'node-2', fault: 'power-off' } },
  create(120_000, deployment('late', 'redis:8', 2)),
];

/** The same inputs in Node, through the library. */
async function hashInNode(): Promise<string> {
  const library = '../../dist/lib/index.js';
  const { createCluster } = (await import(library)) as Pick<typeof Library, 'createCluster'>;
  const cluster = createCluster({ ...settings, onProblem: () => {} });
  const ignored = { head: () => {}, frame: () => {}, end: () => {}, onAbort: () => {}, onData: () => {}, backlog: 0 };
  for (const record of inputs) {
    cluster.advance(record.atMs - cluster.sim.elapsed);
    if (record.kind === 'control') cluster.control(record.command);
    else cluster.handleAsAdministrator(record, ignored);
  }
  const hash = cluster.historyHash();
  cluster.stop();
  return hash;
}

test('the same seed and inputs give the same history in Node and in the browser', async ({ page }) => {
  const workerFile = readdirSync('dist/web/assets').find((name) => /^worker-.*\.js$/.test(name));
  await page.goto('/icon.svg');
  const inBrowser = await page.evaluate(
    async ({ file, given, records }) => {
      const worker = new Worker(`/assets/${file}`, { type: 'module' });
      const [rest, control] = [new MessageChannel(), new MessageChannel()];
      worker.postMessage({ rest: rest.port2, control: control.port2 }, [rest.port2, control.port2]);
      const ask = (id: number, command: object) =>
        new Promise<unknown>((resolve, reject) => {
          control.port1.addEventListener(
            'message',
            ({ data }: MessageEvent<{ id?: number; result?: unknown; error?: string }>) => {
              if (data.id !== id) return;
              if (data.error === undefined) resolve(data.result);
              else reject(new Error(data.error));
            },
          );
          control.port1.start();
          control.port1.postMessage({ id, command });
        });
      await ask(1, { op: 'start', settings: given, restore: records });
      return ask(2, { op: 'historyHash' });
    },
    { file: workerFile, given: settings, records: inputs },
  );
  expect(inBrowser).toBe(await hashInNode());
});
