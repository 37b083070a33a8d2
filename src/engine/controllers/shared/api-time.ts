/** Milliseconds since the Unix epoch of a time of the API; undefined for an absent one. */
export function timeOf(time: string | null | undefined): number | undefined {
  if (!time) return undefined;
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? undefined : ms;
}
