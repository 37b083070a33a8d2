/** Metrics in Prometheus' text form, as Kubernetes' components write them. */
/** One value of a family. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Without a time of its own where absent. */
  readonly atMs?: number;
}

/** A number as Prometheus' text format has it: with an exponent from a million on. */
function numberText(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || (size < 1e6 && size >= 1e-4)) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

export type MetricType = 'counter' | 'gauge';

/** A family of metrics with its samples; empty when there are none. `stability`: `STABLE`, `BETA` or `ALPHA`. */
export function family(
  name: string,
  stability: string,
  help: string,
  type: MetricType,
  samples: readonly Sample[],
): string {
  if (samples.length === 0) return '';
  const lines = samples.map(
    ({ labels, value, atMs }) =>
      `${name}${labelText(labels)} ${numberText(value)}${atMs === undefined ? '' : ` ${Math.trunc(atMs)}`}\n`,
  );
  return `# HELP ${name} [${stability}] ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}
