import { encodeGoJson } from '../../../apimachinery/go-json.ts';
import { isNotFound } from '../../../apimachinery/status-error.ts';
import { writeYaml } from '../../../apimachinery/yaml-writer.ts';
import type { Process } from '../../../process/process.ts';
import type { SchedulingExplanation } from '../../../protocol/scheduling.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import type { Command, Invocation } from '../../command.ts';
import { KubectlError } from '../../errors.ts';
import { flagSpecs } from '../../flags/flag-spec.ts';
import { usageError } from '../../usage.ts';
import { schedulingText } from './scheduling-text.ts';

/** Why a pod has the node it has, or none. */
export const whyNot: Command = {
  use: 'why-not POD',
  aliases: ['why'],
  short: 'Show why the scheduler put a pod where it is, or nowhere',
  long: 'Shows what each node was refused for, what each score was made of, and what preemption came to, in the last attempts to schedule a pod.',
  example: `kubectl tabernetes why-not web-1

# Every plugin's word on every node
kubectl tabernetes why-not web-1 --filters

# All attempts that are kept
kubectl tabernetes why-not web-1 --all-attempts`,
  flags: flagSpecs(`all-attempts=false filters=false o/output=''`),
  completion: 'pod',
  run: runWhyNot,
};

function* runWhyNot({ flags, args, factory, out, path }: Invocation): Process<void> {
  const name = args[0]?.replace(/^pods?\//, '');
  if (!name || args.length > 1) throw usageError(path, 'one pod is needed');
  const { namespace, rest } = factory;
  const pod = yield* rest.json<corev1.Pod>({
    path: `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(name)}`,
  });
  const found = yield* explanationOf(rest, namespace, name);
  const shown = flags.bool('all-attempts') ? found : { ...found, attempts: found.attempts.slice(0, 1) };
  const output = flags.string('output');
  if (output === 'json') return yield* out.print(`${encodeGoJson(shown, { indent: 4 })}\n`);
  if (output === 'yaml') return yield* out.print(writeYaml(shown));
  if (output !== '')
    throw new KubectlError(
      `unable to match a printer suitable for the output format "${output}", allowed formats are: json,yaml`,
    );
  if (shown.attempts.length === 0 && !shown.pending) return yield* out.print(unknownText(pod));
  yield* out.print(schedulingText(shown, flags.bool('filters')));
}

function* explanationOf(
  rest: Invocation['factory']['rest'],
  namespace: string,
  name: string,
): Process<SchedulingExplanation> {
  try {
    return yield* rest.json<SchedulingExplanation>({ path: `/tabernetes/v1/scheduling/${namespace}/${name}` });
  } catch (error) {
    if (isNotFound(error))
      throw new KubectlError('this cluster does not keep why pods were scheduled: only Tabernetes does');
    throw error;
  }
}

/** Nothing is kept of a pod that the scheduler never saw, or saw too long ago. */
function unknownText({ metadata, spec }: corev1.Pod): string {
  const name = `${metadata.namespace ?? ''}/${metadata.name ?? ''}`;
  return spec?.nodeName
    ? `Pod ${name} is on ${spec.nodeName}; the scheduler keeps no attempt of it.\n`
    : `The scheduler has not tried pod ${name}.\n`;
}
