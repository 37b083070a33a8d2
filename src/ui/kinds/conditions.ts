import type { StatusView } from './kind-look.ts';

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** The conditions of any object that has them, custom resources too. */
export function conditionsOf(object: object): readonly Condition[] {
  const status = (object as { readonly status?: { readonly conditions?: unknown } }).status;
  const conditions = status?.conditions;
  return Array.isArray(conditions) ? (conditions as Condition[]) : [];
}

/** Status from a `Ready`, `Available`, `Established` or `Healthy` condition; neutral when there is none. */
export function statusFromConditions(object: object): StatusView {
  const told = ['Ready', 'Available', 'Established', 'Healthy', 'Programmed', 'Accepted'];
  const condition = conditionsOf(object).find((c) => told.includes(c.type));
  if (!condition) return { level: 'neutral', text: 'Present' };
  const detail = condition.message ? { detail: condition.message } : {};
  if (condition.status === 'True') return { level: 'ok', text: condition.type, ...detail };
  return { level: 'progress', text: condition.reason ?? `Not ${condition.type.toLowerCase()}`, ...detail };
}

/** `2/3` and what it means: all there, on the way, or none. */
export function statusFromCount(ready: number, desired: number, failure?: Condition): StatusView {
  const text = `${ready}/${desired} ready`;
  if (failure)
    return { level: 'error', text: failure.reason ?? text, ...(failure.message ? { detail: failure.message } : {}) };
  if (desired === 0) return { level: 'neutral', text: 'Scaled to 0' };
  return { level: ready >= desired ? 'ok' : 'progress', text };
}
