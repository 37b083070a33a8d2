import { isDeepStrictEqual } from 'node:util';
import type { Case, Result } from './case.ts';
import { renumber } from './normalize.ts';

export interface Comparison {
  /** Answers compared. */
  readonly answers: number;
  readonly equal: number;
  /** `step 3: .answer.status: 200 ≠ 404`, for each answer that differs. */
  readonly differences: readonly string[];
}

const pick = ({ answer, events, stdout, stderr, exit, met }: Result): unknown =>
  JSON.parse(JSON.stringify({ answer, events, stdout, stderr, exit, met }));

/** Compares what a case recorded with what was answered. */
export function compare(test: Case, found: readonly Result[]): Comparison {
  const expected = renumber(test.steps.map((step) => pick(step as Result)));
  const answered = renumber(test.steps.map((_, i) => pick(found[i] ?? {})));
  let answers = 0;
  let equal = 0;
  const report: string[] = [];
  test.steps.forEach((step, i) => {
    if (!('answer' in step || 'events' in step || 'stdout' in step || 'met' in step)) return;
    answers++;
    if (isDeepStrictEqual(expected[i], answered[i])) return void equal++;
    const asked = 'call' in step ? `${step.call.method} ${step.call.path}` : 'run' in step ? step.run : 'watch' in step ? step.watch.path : 'until';
    report.push(`${test.name} step ${i} ${asked}\n${differences(expected[i], answered[i]).slice(0, 6).map((line) => `    ${line}`).join('\n')}`);
  });
  return { answers, equal, differences: report };
}

function differences(expected: unknown, found: unknown, path = ''): string[] {
  if (isDeepStrictEqual(expected, found)) return [];
  if (Array.isArray(expected) && Array.isArray(found))
    return Array.from({ length: Math.max(expected.length, found.length) }, (_, i) => differences(expected[i], found[i], `${path}[${i}]`)).flat();
  if (expected && found && typeof expected === 'object' && typeof found === 'object' && !Array.isArray(expected) && !Array.isArray(found)) {
    const [a, b] = [expected as Record<string, unknown>, found as Record<string, unknown>];
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) => differences(a[key], b[key], `${path}.${key}`));
  }
  return [`${path}: ${JSON.stringify(expected)?.slice(0, 300)} ≠ ${JSON.stringify(found)?.slice(0, 300)}`];
}
