import type { Client } from '../../src/client/client.ts';
import type { Cluster } from '../../src/engine/cluster.ts';
import type { Bench } from './perform.ts';

/** A case's API client and its shell with kubectl, both in the cluster's virtual time. */
export function shellBench(_cluster: Cluster, client: Client): Bench {
  return {
    client,
    *run() {
      return { stdout: '', stderr: '', exit: -1 };
    },
    writeFile() {},
  };
}
