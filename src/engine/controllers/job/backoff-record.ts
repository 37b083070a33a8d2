import type * as corev1 from '../../../api/core/v1.ts';
import { getFinishedTime } from './pod-failure.ts';

const initialMs = 10_000;
const maxMs = 600_000;

/** The failures of a Job's pods since one of them succeeded. */
export interface BackoffRecord {
  readonly failures: number;
  readonly lastFailureMs?: number;
}

/** The record after further pods ended. Upstream: pkg/controller/job/backoff_utils.go newBackoffRecord (v1.36) */
export function newBackoffRecord(
  old: BackoffRecord | undefined,
  succeeded: readonly corev1.Pod[],
  failed: readonly corev1.Pod[],
): BackoffRecord {
  const failures = failed.map(getFinishedTime).sort((a, b) => a - b);
  if (succeeded.length === 0) {
    const last = failures.at(-1);
    if (last === undefined) return old ?? { failures: 0 };
    return { failures: (old?.failures ?? 0) + failures.length, lastFailureMs: last };
  }
  const lastSuccess = Math.max(...succeeded.map(getFinishedTime));
  const since = failures.filter((ms) => ms > lastSuccess);
  const last = since.at(-1);
  return { failures: since.length, ...(last === undefined ? {} : { lastFailureMs: last }) };
}

/** Milliseconds until the next pod may be created. Upstream: getRemainingTimeForFailuresCount (v1.36) */
export function getRemainingTime({ failures, lastFailureMs }: BackoffRecord, nowMs: number): number {
  if (failures === 0 || lastFailureMs === undefined) return 0;
  const backoff = Math.min(initialMs * 2 ** (failures - 1), maxMs);
  return Math.max(0, backoff - (nowMs - lastFailureMs));
}
