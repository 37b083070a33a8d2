import { podRequests } from '../../api/core/pod-resources.ts';
import type * as corev1 from '../../api/core/v1.ts';
import { parseQuantity } from '../../apimachinery/quantity.ts';

/** `250m` → 250; what cannot be read counts as nothing. */
export function milliOf(quantity: string | undefined): number {
  if (quantity === undefined) return 0;
  try {
    return parseQuantity(quantity).milliValue();
  } catch {
    return 0;
  }
}

/** `64Mi` → 67108864; what cannot be read counts as nothing. */
export function bytesOf(quantity: string | undefined): number {
  if (quantity === undefined) return 0;
  try {
    return parseQuantity(quantity).value();
  } catch {
    return 0;
  }
}

/** What a pod asks for in all, as the scheduler counts it. */
export function requestsOf(pod: corev1.Pod): { readonly cpuMilli: number; readonly memoryBytes: number } {
  const requests = podRequests(pod);
  return { cpuMilli: requests.get('cpu')?.milliValue() ?? 0, memoryBytes: requests.get('memory')?.value() ?? 0 };
}

/** 1536 MiB → `1.5Gi`: short, for bars and rows. */
export function shortBytes(bytes: number): string {
  const units = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value >= 10 || Number.isInteger(value) ? Math.round(value) : value.toFixed(1)}${units[unit]}`;
}

/** 1500 → `1.5`; 250 → `250m`. */
export function shortCpu(milli: number): string {
  return milli >= 1000 || milli === 0 ? String(Math.round(milli / 100) / 10) : `${Math.round(milli)}m`;
}
