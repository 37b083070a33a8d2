import type { Cluster } from '../engine/cluster.ts';
import type { InputRecord } from '../protocol/control.ts';
import type { Exchange } from '../protocol/rest.ts';
import { pacerHost } from './pacer-host.ts';

const sliceMs = 30;

/**
 * Brings a fresh cluster to where an input log leaves it: the same inputs at the same virtual times give the same history.
 * Then time moves on to `untilMs`. `onProgress` hears now and then how far it has come.
 */
export async function replayInputs(
  cluster: Cluster,
  records: readonly InputRecord[],
  untilMs: number,
  onProgress: () => void,
): Promise<void> {
  for (const record of records) {
    await advanceTo(cluster, record.atMs, onProgress);
    if (record.kind === 'control') cluster.control(record.command);
    else cluster.handleAsAdministrator(record, ignoredExchange);
  }
  await advanceTo(cluster, untilMs, onProgress);
}

async function advanceTo(cluster: Cluster, atMs: number, onProgress: () => void): Promise<void> {
  const { sim } = cluster;
  for (let until = pacerHost.now() + sliceMs; (sim.nextAt() ?? Number.POSITIVE_INFINITY) <= atMs; ) {
    if (!sim.step()) break;
    if (pacerHost.now() < until) continue;
    onProgress();
    await new Promise<void>((resolve) => pacerHost.setImmediate(resolve));
    until = pacerHost.now() + sliceMs;
  }
  if (atMs > sim.elapsed) sim.advance(atMs - sim.elapsed);
}

const ignoredExchange: Exchange = {
  head: () => {},
  frame: () => {},
  end: () => {},
  onAbort: () => {},
  onData: () => {},
  backlog: 0,
};
