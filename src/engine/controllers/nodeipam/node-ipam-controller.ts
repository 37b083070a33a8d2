/**
 * Gives each node its part of the pods' addresses.
 *
 * Reads nodes through an informer; writes `spec.podCIDR` and `spec.podCIDRs`. Upstream: pkg/controller/nodeipam/ipam/range_allocator.go
 * (v1.36)
 */
import type * as corev1 from '../../../api/core/v1.ts';
import { nodes } from '../../../api/resources.ts';
import { isNotFound } from '../../../apimachinery/status-error.ts';
import { defineController } from '../define-controller.ts';

/** The first 256 nodes have their addresses where small clusters usually do; thousands more have room in the second range. */
const defaultRanges = ['10.244.0.0/16', '10.128.0.0/9'];

export const nodeIpamController = defineController({
  name: 'node-ipam-controller',
  serviceAccount: 'node-controller',
  start(run) {
    const informer = run.informer(nodes);
    const queue = run.queue();
    const recorder = run.recorder('cidrAllocator');
    const { clusterCIDR, nodeCIDRMaskSize = 24 } = run.settings;
    const ranges = clusterCIDR === undefined ? defaultRanges : [clusterCIDR];
    const set = new CidrSets(ranges.map((range) => new CidrSet(range, nodeCIDRMaskSize)));
    const occupy = (node: corev1.Node) => {
      for (const cidr of node.spec?.podCIDRs ?? []) set.occupy(cidr);
    };
    run.watch(informer, {
      add: (node) => {
        occupy(node);
        queue.add(node.metadata.name ?? '');
      },
      update: (_, node) => {
        if ((node.spec?.podCIDRs ?? []).length === 0) queue.add(node.metadata.name ?? '');
      },
      delete: (node) => {
        for (const cidr of node.spec?.podCIDRs ?? []) set.release(cidr);
      },
    });
    run.work({
      queue,
      informers: [informer],
      workers: 1,
      *reconcile(name) {
        const node = informer.store.get(name);
        if (!node || (node.spec?.podCIDRs ?? []).length > 0) return;
        const cidr = set.allocate();
        if (cidr === undefined) {
          const about = { apiVersion: 'v1', kind: 'Node', name, uid: node.metadata.uid ?? '' };
          recorder.event(about, 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`);
          throw new Error(
            'failed to allocate cidr: CIDR allocation failed; there are no remaining CIDRs left to allocate',
          );
        }
        try {
          const spec = { podCIDR: cidr, podCIDRs: [cidr] };
          yield* run.client.resource(nodes).patch(name, 'strategic', { spec });
        } catch (error) {
          set.release(cidr);
          if (!isNotFound(error)) throw error;
        }
      },
    });
  },
});

/** Several ranges, the next when one is used up; they may overlap. */
class CidrSets {
  readonly #sets: readonly CidrSet[];
  constructor(sets: readonly CidrSet[]) {
    this.#sets = sets;
  }
  allocate(): string | undefined {
    for (const set of this.#sets) {
      const cidr = set.allocate();
      if (cidr === undefined) continue;
      this.occupy(cidr);
      return cidr;
    }
    return undefined;
  }
  occupy(cidr: string): void {
    for (const set of this.#sets) set.occupy(cidr);
  }
  release(cidr: string): void {
    for (const set of this.#sets) set.release(cidr);
  }
}

/** Equal parts of an IPv4 range, given out in turn. Upstream: nodeipam/ipam/cidrset (v1.36) */
export class CidrSet {
  readonly #base: number;
  readonly #step: number;
  readonly #count: number;
  readonly #maskSize: number;
  readonly #used = new Set<number>();
  #next = 0;

  /** `cidr`: `10.244.0.0/16`; `maskSize`: the prefix length of a part. */
  constructor(cidr: string, maskSize: number) {
    const [address = '', length = '0'] = cidr.split('/');
    const whole = 2 ** (32 - Number(length));
    this.#base = Math.floor(numberOf(address) / whole) * whole;
    this.#step = 2 ** (32 - maskSize);
    this.#count = 2 ** (maskSize - Number(length));
    this.#maskSize = maskSize;
  }
  allocate(): string | undefined {
    if (this.#used.size >= this.#count) return undefined;
    for (let i = 0; i < this.#count; i++) {
      const index = (this.#next + i) % this.#count;
      if (this.#used.has(index)) continue;
      this.#used.add(index);
      this.#next = (index + 1) % this.#count;
      return this.#format(index);
    }
    return undefined;
  }
  occupy(cidr: string): void {
    const index = this.#indexOf(cidr);
    if (index !== undefined) this.#used.add(index);
  }
  release(cidr: string): void {
    const index = this.#indexOf(cidr);
    if (index !== undefined) this.#used.delete(index);
  }
  #format(index: number): string {
    const value = this.#base + index * this.#step;
    const parts = [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256);
    return `${parts.join('.')}/${this.#maskSize}`;
  }
  #indexOf(cidr: string): number | undefined {
    const [address = ''] = cidr.split('/');
    const index = Math.floor((numberOf(address) - this.#base) / this.#step);
    return index >= 0 && index < this.#count ? index : undefined;
  }
}

/** An IPv4 address as a number. */
const numberOf = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
