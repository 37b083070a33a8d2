import type * as autoscalingv2 from '../../../api/autoscaling/v2.ts';

const downscaleStabilisationMs = 300_000;
const maxInt32 = 2_147_483_647;

interface Timed {
  readonly atMs: number;
  readonly count: number;
}

/** What is remembered of an autoscaler between looks. */
export interface ScaleHistory {
  readonly recommendations: Timed[];
  readonly scaleUps: Timed[];
  readonly scaleDowns: Timed[];
}

export interface Normalized {
  readonly replicas: number;
  readonly able: { readonly reason: string; readonly message: string };
  readonly limited: { readonly status: 'True' | 'False'; readonly reason: string; readonly message: string };
}

export interface NormalizeInput {
  readonly history: ScaleHistory;
  readonly behavior: autoscalingv2.HorizontalPodAutoscalerBehavior | undefined;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly current: number;
  readonly desired: number;
  readonly nowMs: number;
}

const up = {
  reason: 'ScaleUpStabilized',
  message: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
};
const down = {
  reason: 'ScaleDownStabilized',
  message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
};
const ready = { reason: 'ReadyForNewScale', message: 'recommended size matches current size' };

/** What is really done with a proposal. Upstream: horizontal.go normalizeDesiredReplicas, …WithBehaviors (v1.36) */
export function normalizeDesiredReplicas(input: NormalizeInput): Normalized {
  const stabilized = input.behavior ? stabilizeWithBehaviors(input) : stabilize(input);
  const moved = stabilized !== input.desired;
  const able = !moved ? ready : input.behavior && input.desired >= input.current ? up : down;
  const { replicas, reason, message } = input.behavior
    ? limitByBehavior({ ...input, desired: stabilized })
    : limitByRules({ ...input, desired: stabilized });
  return { replicas, able, limited: { status: replicas === stabilized ? 'False' : 'True', reason, message } };
}

function remember(history: ScaleHistory, desired: number, nowMs: number, keepSinceMs: number): void {
  const kept = history.recommendations.filter(({ atMs }) => atMs >= keepSinceMs);
  history.recommendations.splice(0, history.recommendations.length, ...kept, { atMs: nowMs, count: desired });
}

function stabilize({ history, desired, nowMs }: NormalizeInput): number {
  const cutoff = nowMs - downscaleStabilisationMs;
  const recent = history.recommendations.filter(({ atMs }) => atMs >= cutoff).map(({ count }) => count);
  remember(history, desired, nowMs, cutoff);
  return Math.max(desired, ...recent);
}

function stabilizeWithBehaviors({ history, behavior, current, desired, nowMs }: NormalizeInput): number {
  const upCutoff = nowMs - (behavior?.scaleUp?.stabilizationWindowSeconds ?? 0) * 1000;
  const downWindow = behavior?.scaleDown?.stabilizationWindowSeconds ?? downscaleStabilisationMs / 1000;
  const downCutoff = nowMs - downWindow * 1000;
  let lowest = desired;
  let highest = desired;
  for (const { atMs, count } of history.recommendations) {
    if (atMs > upCutoff) lowest = Math.min(lowest, count);
    if (atMs > downCutoff) highest = Math.max(highest, count);
  }
  remember(history, desired, nowMs, Math.min(upCutoff, downCutoff));
  return Math.min(Math.max(current, lowest), highest);
}

interface Limited {
  readonly replicas: number;
  readonly reason: string;
  readonly message: string;
}

const tooFew = {
  reason: 'TooFewReplicas',
  message: 'the desired replica count is less than the minimum replica count',
};
const tooMany = {
  reason: 'TooManyReplicas',
  message: 'the desired replica count is more than the maximum replica count',
};
const tooFastUp = {
  reason: 'ScaleUpLimit',
  message: 'the desired replica count is increasing faster than the maximum scale rate',
};
const tooFastDown = {
  reason: 'ScaleDownLimit',
  message: 'the desired replica count is decreasing faster than the maximum scale rate',
};
const within = { reason: 'DesiredWithinRange', message: 'the desired count is within the acceptable range' };

function limitByRules({ current, desired, minReplicas, maxReplicas }: NormalizeInput): Limited {
  const limit = Math.max(2 * current, 4);
  const most = Math.min(maxReplicas, limit);
  if (desired < minReplicas) return { replicas: minReplicas, ...tooFew };
  if (desired > most) return { replicas: most, ...(maxReplicas > limit ? tooFastUp : tooMany) };
  return { replicas: desired, ...within };
}

function limitByBehavior(input: NormalizeInput): Limited {
  const { behavior, current, desired, minReplicas, maxReplicas } = input;
  if (desired > current) {
    const limit = Math.max(current, rateLimit(input, behavior?.scaleUp, 'up'));
    const most = Math.min(maxReplicas, limit);
    if (desired > most) return { replicas: most, ...(maxReplicas > limit ? tooFastUp : tooMany) };
  } else if (desired < current) {
    const limit = Math.min(current, rateLimit(input, behavior?.scaleDown, 'down'));
    const least = Math.max(minReplicas, limit);
    if (desired < least) return { replicas: least, ...(minReplicas < limit ? tooFastDown : tooFew) };
  }
  return { replicas: desired, ...within };
}

/** The furthest the policies let the count go now. Upstream: calculateScaleUpLimitWithScalingRules and its counterpart (v1.36) */
function rateLimit(
  { history, current, nowMs }: NormalizeInput,
  rules: autoscalingv2.HPAScalingRules | undefined,
  direction: 'up' | 'down',
): number {
  const select = rules?.selectPolicy ?? 'Max';
  if (select === 'Disabled') return current;
  const changed = (list: readonly Timed[], periodSeconds: number) =>
    list.filter(({ atMs }) => atMs > nowMs - periodSeconds * 1000).reduce((sum, { count }) => sum + count, 0);
  const proposals = (rules?.policies ?? []).map(({ type, value, periodSeconds }) => {
    const start = current - changed(history.scaleUps, periodSeconds) + changed(history.scaleDowns, periodSeconds);
    if (type === 'Pods') return direction === 'up' ? start + value : start - value;
    return direction === 'up' ? Math.ceil(start * (1 + value / 100)) : Math.trunc(start * (1 - value / 100));
  });
  const furthest = (select === 'Max') === (direction === 'up');
  if (proposals.length === 0) return furthest ? -maxInt32 : maxInt32;
  return furthest ? Math.max(...proposals) : Math.min(...proposals);
}
