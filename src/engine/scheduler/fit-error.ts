import { compareStrings } from '../../apimachinery/go-format.ts';
import type { NodeInfo } from './node-info.ts';
import { type Code, Status } from './status.ts';

/** The verdict on each node that was looked at and refused, and the one that holds for all others. Upstream: NodeToStatus (v1.36) */
export class NodeToStatus {
  readonly explicit = new Map<string, Status>();
  absent = new Status('UnschedulableAndUnresolvable');

  get(nodeName: string): Status {
    return this.explicit.get(nodeName) ?? this.absent;
  }
  set(nodeName: string, status: Status): void {
    this.explicit.set(nodeName, status);
  }
  get size(): number {
    return this.explicit.size;
  }
  /** Those of `all` whose verdict has this code, in the order of `all`. */
  nodesForStatusCode(all: readonly NodeInfo[], code: Code): NodeInfo[] {
    return all.filter((info) => this.get(info.name).code === code);
  }
}

/** Why a pod fits nowhere. Upstream: pkg/scheduler/framework/types.go Diagnosis (v1.36) */
export class Diagnosis {
  readonly nodeToStatus = new NodeToStatus();
  readonly unschedulablePlugins = new Set<string>();
  readonly pendingPlugins = new Set<string>();
  preFilterMessage = '';
  postFilterMessage = '';

  addPluginStatus(status: Status): void {
    if (status.plugin === '') return;
    if (status.isRejected) this.unschedulablePlugins.add(status.plugin);
    if (status.code === 'Pending') this.pendingPlugins.add(status.plugin);
  }
}

/** `3 Insufficient cpu, 1 node(s) had untolerated taint(s)`: sorted as text. */
function reasonsHistogram(nodeToStatus: NodeToStatus, numAllNodes: number): string {
  const counts = new Map<string, number>();
  const count = (status: Status, by: number) => {
    for (const reason of status.reasons) counts.set(reason, (counts.get(reason) ?? 0) + by);
  };
  for (const status of nodeToStatus.explicit.values()) count(status, 1);
  if (nodeToStatus.size < numAllNodes) count(nodeToStatus.absent, numAllNodes - nodeToStatus.size);
  return [...counts]
    .map(([reason, times]) => `${times} ${reason}`)
    .sort(compareStrings)
    .join(', ');
}

/**
 * The text of event and condition.
 *
 * Upstream: pkg/scheduler/framework/types.go FitError.Error (v1.36)
 */
export function fitErrorMessage(diagnosis: Diagnosis, numAllNodes: number): string {
  let message = `0/${numAllNodes} nodes are available:`;
  if (diagnosis.preFilterMessage !== '') message += ` ${diagnosis.preFilterMessage}.`;
  else {
    const reasons = reasonsHistogram(diagnosis.nodeToStatus, numAllNodes);
    if (reasons !== '') message += ` ${reasons}.`;
  }
  if (diagnosis.postFilterMessage !== '') message += ` ${diagnosis.postFilterMessage}`;
  return message;
}

/** A pod fits on no node. */
export class FitError {
  readonly diagnosis: Diagnosis;
  readonly numAllNodes: number;
  constructor(diagnosis: Diagnosis, numAllNodes: number) {
    this.diagnosis = diagnosis;
    this.numAllNodes = numAllNodes;
  }
  get message(): string {
    return fitErrorMessage(this.diagnosis, this.numAllNodes);
  }
}

/** A step after the choice of a node refuses the pod there. Upstream: schedule_one.go, where Reserve, Permit and PreBind reject */
export function rejectedOn(nodeName: string, status: Status): FitError {
  const diagnosis = new Diagnosis();
  diagnosis.nodeToStatus.set(nodeName, status);
  diagnosis.addPluginStatus(status);
  return new FitError(diagnosis, 1);
}

/** There is no node at all. Upstream: pkg/scheduler/scheduler.go ErrNoNodesAvailable */
export const noNodesAvailable = 'no nodes available to schedule pods';
