import type * as corev1 from '../../../api/core/v1.ts';
import type { Process } from '../../../process/process.ts';
import type { Command, Invocation } from '../../command.ts';
import { PlainWriter } from '../../describe/describe-writer.ts';
import { describePodTemplate } from '../../describe/pod-template.ts';
import { KubectlError } from '../../errors.ts';
import { flagSpecs } from '../../flags/flag-spec.ts';
import { printerOf } from '../../options.ts';
import { printFlags } from '../../printers/object-printer.ts';
import { describeLayout, TabWriter } from '../../printers/tab-writer.ts';
import { readHistory, type Revision } from './revisions.ts';
import { rolloutFlags, rolloutTargets } from './rollout-support.ts';

export const rolloutHistory: Command = {
  use: 'history (TYPE NAME | TYPE/NAME) [flags]',
  short: 'View rollout history',
  long: 'Lists the revisions that are kept, or shows the pod template of one.',
  example: `kubectl rollout history deployment/web

# One revision in full
kubectl rollout history daemonset/agent --revision=3`,
  flags: [...rolloutFlags, ...printFlags, ...flagSpecs('revision=0')],
  plainUseLine: true,
  completion: 'resource-type-and-name',
  run: runHistory,
};

/** Upstream: kubectl/pkg/cmd/rollout/rollout_history.go Run (v1.36) */
function* runHistory(invocation: Invocation): Process<void> {
  const { flags } = invocation;
  const wanted = flags.int('revision');
  const result = yield* rolloutTargets(invocation);
  const asObjects = flags.string('output') !== '' || flags.string('template') !== '';
  yield* result.visit(function* (info) {
    const { revisions } = yield* readHistory(info, 'history');
    const byNumber = new Map(revisions.map((revision) => [revision.revision, revision]));
    const sorted = [...byNumber.values()].sort((a, b) => a.revision - b.revision);
    const chosen = byNumber.get(wanted);
    if (wanted > 0 && chosen === undefined && (asObjects || sorted.length > 0)) {
      throw new KubectlError('unable to find the specified revision');
    }
    if (asObjects) {
      const print = printerOf(invocation, '');
      for (const { object } of chosen === undefined ? sorted : [chosen]) yield* print(object, { typed: true });
      return;
    }
    const heading = wanted > 0 ? `with revision #${wanted}` : '';
    yield* printerOf(invocation, `${heading}\n${historyText(sorted, chosen)}`)(info.object);
  });
}

function historyText(sorted: readonly Revision[], chosen: Revision | undefined): string {
  if (sorted.length === 0) return 'No rollout history found.';
  if (chosen !== undefined) return templateText(chosen.template);
  const table = new TabWriter(describeLayout);
  table.line('REVISION', 'CHANGE-CAUSE');
  for (const { revision, cause } of sorted) table.line(String(revision), cause === '' ? '<none>' : cause);
  return table.flush();
}

/** A pod template as describe shows it, its tabs left in. */
export function templateText(template: corev1.PodTemplateSpec): string {
  const writer = new PlainWriter();
  describePodTemplate(writer, template);
  return writer.text;
}
