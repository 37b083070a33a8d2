import { formatTime } from '../../apimachinery/time.ts';
import { writeYaml } from '../../apimachinery/yaml-writer.ts';
import type { NodePool } from '../../protocol/control.ts';

/** What is told of one pool, or of all. */
export interface PoolStatus {
  readonly ready: number;
  readonly registered: number;
  readonly target: number;
  readonly scaleUp: 'InProgress' | 'NoActivity';
  readonly candidates: number;
}

interface Kept {
  readonly status: string;
  readonly sinceMs: number;
}

/** The text of the ConfigMap `cluster-autoscaler-status`. Upstream: cluster-autoscaler/clusterstate/api/types.go (v1.34) */
export class StatusText {
  readonly #kept = new Map<string, Kept>();

  text(nowMs: number, pools: ReadonlyMap<NodePool, PoolStatus>): string {
    const all = [...pools.values()];
    const sum = (pick: (one: PoolStatus) => number) => all.reduce((total, one) => total + pick(one), 0);
    const whole: PoolStatus = {
      ready: sum(({ ready }) => ready),
      registered: sum(({ registered }) => registered),
      target: sum(({ target }) => target),
      scaleUp: all.some(({ scaleUp }) => scaleUp === 'InProgress') ? 'InProgress' : 'NoActivity',
      candidates: sum(({ candidates }) => candidates),
    };
    return writeYaml({
      time: `${formatTime(nowMs).replace('T', ' ').replace('Z', '')} +0000 UTC`,
      autoscalerStatus: 'Running',
      clusterWide: this.#part('', nowMs, whole, {}),
      nodeGroups: [...pools].map(([pool, status]) => ({
        name: pool.name,
        ...this.#part(pool.name, nowMs, status, {
          cloudProviderTarget: status.target,
          minSize: pool.min,
          maxSize: pool.max,
        }),
      })),
    });
  }

  #part(name: string, nowMs: number, { ready, registered, target, scaleUp, candidates }: PoolStatus, sizes: object) {
    const probed = (aspect: string, status: string) => {
      const key = `${name}/${aspect}`;
      const kept = this.#kept.get(key);
      if (kept?.status !== status) this.#kept.set(key, { status, sinceMs: nowMs });
      return {
        status,
        lastProbeTime: formatTime(nowMs),
        lastTransitionTime: formatTime(this.#kept.get(key)?.sinceMs ?? nowMs),
      };
    };
    const nodeCounts = {
      registered: { total: registered, ready, notStarted: registered - ready },
      longUnregistered: 0,
      unregistered: Math.max(0, target - registered),
    };
    return {
      health: { ...probed('health', 'Healthy'), nodeCounts, ...sizes },
      scaleUp: probed('scaleUp', scaleUp),
      scaleDown: {
        ...probed('scaleDown', candidates > 0 ? 'CandidatesPresent' : 'NoCandidates'),
        ...(candidates > 0 ? { candidates } : {}),
      },
    };
  }
}
