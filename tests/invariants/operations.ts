import fc from 'fast-check';

/** What somebody does to the cluster, and how long nothing is done afterwards. */
export interface Operation {
  readonly op: OperationName;
  /** Which of the things of that kind. */
  readonly target: number;
  readonly value: number;
  readonly waitMs: number;
}

/** `calm` things are changed only through their specs; `wild` ones lose pods at any time; the guarded one loses pods by eviction. */
const operationNames = [
  'scaleDeployment',
  'rollDeployment',
  'rollBackDeployment',
  'pauseDeployment',
  'resumeDeployment',
  'setStrategy',
  'replaceDeployment',
  'scaleStatefulSet',
  'rollStatefulSet',
  'rollDaemonSet',
  'createJob',
  'deleteJob',
  'evictGuarded',
  'scaleWild',
  'deleteWildPod',
  'createUrgentPod',
  'deleteUrgentPods',
  'cordon',
  'uncordon',
] as const;
export type OperationName = (typeof operationNames)[number];

/** One history: how the cluster is set up, and what happens to it. */
export interface Scenario {
  readonly seed: string;
  readonly latency: 'realistic' | 'instant';
  readonly operations: readonly Operation[];
}

const operation: fc.Arbitrary<Operation> = fc.record({
  op: fc.constantFrom(...operationNames),
  target: fc.nat(3),
  value: fc.nat(7),
  waitMs: fc.constantFrom(0, 0, 5, 40, 300, 1500, 6000, 40_000),
});

export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  seed: fc.string({ minLength: 1, maxLength: 6 }),
  latency: fc.constantFrom('realistic' as const, 'instant' as const),
  operations: fc.array(operation, { minLength: 5, maxLength: 40, size: 'max' }),
});
