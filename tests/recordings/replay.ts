import { extractDescriptions } from '../../scripts/extract-descriptions.mjs';
import type { FieldDescriptions } from '../../src/api/field-descriptions.ts';
import { loopbackTransport } from '../../src/client/transport/loopback.ts';
import { Client } from '../../src/client/client.ts';
import { type Cluster, createCluster } from '../../src/engine/cluster.ts';
import type { Case, Needs } from './case.ts';
import { type Comparison, compare } from './compare.ts';
import { perform } from './perform.ts';
import { shellBench } from './shell-bench.ts';

const tokens = new Map([
  ['admin-token', { username: 'kubernetes-admin', uid: 'admin', groups: ['system:masters'] }],
  ['alice-token', { username: 'alice', uid: 'alice', groups: ['developers'] }],
  ['bob-token', { username: 'bob', uid: 'bob', groups: [] }],
]);

const planes: Readonly<Record<Needs, object>> = {
  api: { controllers: false, scheduler: false, nodes: 0 },
  controllers: { scheduler: false, nodes: 0 },
  full: { hollow: true, nodes: 3 },
};

const limitMs = 30 * 60_000;
/** About when the cases were recorded: some show how long ago a fixed moment was. */
const recordedAt = Date.UTC(2026, 10, 23, 12);

/** What the published client says of fields, read once. */
const descriptionsOnce = (): (() => FieldDescriptions) => {
  let read: FieldDescriptions | undefined;
  return () => (read ??= extractDescriptions());
};

/** Replays the cases that need one kind of control plane, one after the other, in virtual time, on a fresh one. */
export function replay(cases: readonly Case[], needs: Needs): Map<string, Comparison> {
  const results = new Map<string, Comparison>();
  const problems: string[] = [];
  const cluster = createCluster({ ...planes[needs], tokens, latency: 'instant', systemPods: false, fieldDescriptions: descriptionsOnce(), publicAddress: () => '127.0.0.1:16443', epochMs: recordedAt, onProblem: (problem) => problems.push(problem.message) });
  for (const test of cases.filter((one) => (one.needs ?? 'full') === needs)) results.set(test.name, replayCase(cluster, test));
  cluster.stop();
  return results;
}

function replayCase(cluster: Cluster, test: Case): Comparison {
  const client = new Client(loopbackTransport(cluster, cluster.sim));
  const task = cluster.sim.spawn(perform(test, shellBench(cluster, client)), test.name);
  let failure: unknown;
  task.onSettled((outcome) => {
    if (outcome.kind === 'threw') failure = outcome.error;
  });
  cluster.sim.runUntil(() => task.settled, { limitMs });
  const found = task.outcome?.kind === 'returned' ? task.outcome.value : [];
  task.kill();
  const result = compare(test, found);
  return failure ? { ...result, differences: [`${test.name}: ${failure instanceof Error ? failure.stack : String(failure)}`, ...result.differences] } : result;
}
