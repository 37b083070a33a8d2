import { humanDuration } from '../../../apimachinery/duration.ts';

/** The age of a moment as a table shows it. Upstream: printers.translateTimestampSince (v1.36) */
export function translateTimestampSince(time: string | undefined, nowMs: number): string {
  return time === undefined || time === null ? '<unknown>' : humanDuration(nowMs - Date.parse(time));
}
