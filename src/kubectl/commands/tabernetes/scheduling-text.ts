import { formatTime } from '../../../apimachinery/time.ts';
import type {
  AttemptExplanation,
  NodeExplanation,
  PreemptionExplanation,
  SchedulingExplanation,
} from '../../../protocol/scheduling.ts';
import { describeLayout, TabWriter } from '../../printers/tab-writer.ts';

const marks = { passed: '+', refused: 'X', skipped: '-', 'not reached': '.' } as const;

function tableText(rows: readonly (readonly string[])[]): string {
  const table = new TabWriter(describeLayout);
  for (const row of rows) table.line(...row);
  return table.flush();
}

/** An explanation in words and tables. `filters` adds what each Filter plugin said of each node. */
export function schedulingText(explanation: SchedulingExplanation, filters: boolean): string {
  const { pending, attempts } = explanation;
  const parts = attempts.map((attempt) => attemptText(attempt, filters));
  if (pending) {
    const plugins = pending.plugins.length > 0 ? `; last refused by ${pending.plugins.join(', ')}` : '';
    parts.unshift(
      `Pod ${explanation.pod} waits in the ${pending.queue} queue after ${pending.attempts} attempts${plugins}.\n`,
    );
  }
  return parts.join('\n');
}

function attemptText(attempt: AttemptExplanation, filters: boolean): string {
  const sections = [headline(attempt)];
  if (attempt.preFilter) {
    const { plugin, reasons } = attempt.preFilter;
    sections.push(`${plugin} refused it before any node was looked at: ${reasons.join(', ')}\n`);
  }
  if (attempt.nodes.length > 0) sections.push(verdictTable(attempt));
  if (attempt.notExamined > 0 && !attempt.preFilter)
    sections.push(`${attempt.notExamined} nodes were not looked at.\n`);
  if (filters && attempt.nodes.length > 0) sections.push(filterTable(attempt));
  if (attempt.nodes.some((node) => node.scores)) sections.push(scoreTable(attempt));
  if (attempt.preemption) sections.push(preemptionText(attempt.preemption));
  return sections.join('\n');
}

function headline({ pod, atMs, attempt, profile, outcome, nodeName, message }: AttemptExplanation): string {
  const when = `attempt ${attempt}, ${formatTime(atMs)}, by ${profile}`;
  if (outcome === 'scheduled') return `Pod ${pod} goes to ${nodeName}: ${when}.\n`;
  const what = outcome === 'error' ? 'could not be scheduled' : 'fits nowhere';
  return `Pod ${pod} ${what}: ${when}.\n${message}\n`;
}

function verdictTable({ nodes, nodeName, outcome }: AttemptExplanation): string {
  const rows = nodes.map(({ node, refusedBy, reasons = [], resolvable, total }: NodeExplanation) =>
    refusedBy === undefined
      ? [
          node,
          outcome === 'scheduled' && node === nodeName ? 'chosen' : 'fits',
          '',
          '',
          total === undefined ? '' : String(total),
        ]
      : [node, 'refused', refusedBy, `${reasons.join(', ')}${resolvable ? '' : ' (preemption cannot help)'}`, ''],
  );
  return tableText([['NODE', 'VERDICT', 'REFUSED BY', 'REASON', 'SCORE'], ...rows]);
}

function filterTable({ nodes, filters }: AttemptExplanation): string {
  const used = filters
    .map((filter, at) => ({ filter, at }))
    .filter(({ at }) => nodes.some(({ verdicts }) => verdicts[at] !== 'skipped'));
  const rows = nodes.map(({ node, verdicts }) => [node, ...used.map(({ at }) => marks[verdicts[at] ?? 'skipped'])]);
  const skipped = filters.filter((_, at) => !used.some((one) => one.at === at));
  const rest = skipped.length > 0 ? `Nothing to say of this pod: ${skipped.join(', ')}\n` : '';
  return `${tableText([['FILTER', ...used.map(({ filter }) => filter)], ...rows])}+ passed  X refused  . not reached\n${rest}`;
}

function scoreTable({ nodes }: AttemptExplanation): string {
  const scored = nodes.filter((node) => node.scores);
  const plugins = scored[0]?.scores?.map(({ plugin, weight }) => `${plugin} (x${weight})`) ?? [];
  const rows = scored.map(({ node, scores = [], total = 0 }) => [
    node,
    ...scores.map(({ raw, normalized, weighted }) => `${raw}/${normalized}/${weighted}`),
    String(total),
  ]);
  return `${tableText([['SCORE', ...plugins, 'TOTAL'], ...rows])}raw/normalized/weighted\n`;
}

function preemptionText({ node, candidates, why }: PreemptionExplanation): string {
  if (node === undefined) return `Preemption: ${why.replace(/^preemption: /, '')}\n`;
  const rows = candidates.map((candidate) => [
    candidate.node,
    candidate.node === node ? 'chosen' : '',
    candidate.victims.map(({ pod, priority }) => `${pod} (priority ${priority})`).join(', '),
    String(candidate.numPdbViolations),
  ]);
  const table = tableText([['PREEMPTION', '', 'VICTIMS', 'VIOLATED BUDGETS'], ...rows]);
  return `${table}Preemption makes room on ${node}: ${why}.\n`;
}
