import { errorText } from '../../apimachinery/error-text.ts';
import { createTwoWayMergePatch } from '../../apimachinery/strategic-merge-diff.ts';
import { schemaFor } from '../../api/schema.ts';
import type { Process } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { KubectlError } from '../errors.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { kindOf, valueAt, withValueAt } from '../object.ts';
import { type DryRun, dryRunFlags, dryRunStrategy, withDryRun } from '../options.ts';
import type { Info } from '../resource/info.ts';
import { usageError } from '../usage.ts';

const cordonFlags = [...flagSpecs(`l/selector=''`), ...dryRunFlags];

export const cordon: Command = {
  use: 'cordon NODE',
  group: 'cluster',
  short: 'Mark node as unschedulable',
  long: 'Keeps new pods away from a node.',
  example: 'kubectl cordon node-1',
  flags: cordonFlags,
  plainUseLine: true,
  completion: 'node',
  run: (invocation) => runCordon(invocation, true),
};

export const uncordon: Command = {
  use: 'uncordon NODE',
  group: 'cluster',
  short: 'Mark node as schedulable',
  long: 'Lets new pods come to a node again.',
  example: 'kubectl uncordon node-1',
  flags: cordonFlags,
  plainUseLine: true,
  completion: 'node',
  run: (invocation) => runCordon(invocation, false),
};

function* runCordon(invocation: Invocation, desired: boolean): Process<void> {
  const dryRun = yield* dryRunStrategy(invocation);
  const nodes = yield* selectNodes(invocation, 0);
  yield* setSchedulable(invocation, nodes, { desired, dryRun });
}

/** The nodes named or selected. Upstream: kubectl/pkg/cmd/drain/drain.go Complete (v1.36). @throws KubectlError */
export function* selectNodes(invocation: Invocation, chunkSize: number): Process<readonly Info[]> {
  const { flags, args, factory, path, command } = invocation;
  const selector = flags.string('selector');
  if (args.length === 0 && !flags.changed('selector')) throw usageError(path, `USAGE: ${command.use} [flags]`);
  if (args.length > 0 && selector !== '') {
    throw usageError(path, 'error: cannot specify both a node name and a --selector option');
  }
  const builder = factory
    .builder()
    .namespaceParam(factory.namespace)
    .defaultNamespace()
    .requestChunksOf(chunkSize)
    .resourceNames('nodes', ...args)
    .singleResourceType()
    .flatten();
  if (selector !== '') builder.labelSelectorParam(selector).resourceTypes('nodes');
  const nodes: Info[] = [];
  yield* (yield* builder.do()).visit(function* (info) {
    const { group, version, resource } = info.served;
    if (group !== '' || resource !== 'nodes') {
      const shown = `${group}/${version}, Resource=${resource}`;
      throw new KubectlError(`error: expected resource of type node, got ${JSON.stringify(shown)}`);
    }
    nodes.push(info);
  });
  return nodes;
}

/** Upstream: kubectl/pkg/cmd/drain/drain.go RunCordonOrUncordon (v1.36) */
export function* setSchedulable(
  invocation: Invocation,
  nodes: readonly Info[],
  { desired, dryRun }: { readonly desired: boolean; readonly dryRun: DryRun },
): Process<void> {
  const word = desired ? 'cordoned' : 'uncordoned';
  for (const info of nodes) {
    const before = valueAt(info.object, 'spec', 'unschedulable') === true;
    const operation = before === desired ? `already ${word}` : word;
    if (before !== desired && dryRun !== 'client') {
      const changed = withValueAt(info.object, ['spec', 'unschedulable'], desired ? true : undefined);
      const schema = schemaFor(kindOf(info.object));
      const patch = schema === undefined ? {} : createTwoWayMergePatch(info.object, changed, schema);
      try {
        yield* info.helper({ dryRun: dryRun === 'server' }).patch('', info.name, 'strategic', patch);
      } catch (error) {
        const verb = desired ? 'cordon' : 'uncordon';
        yield* invocation.err.line(`error: unable to ${verb} node ${JSON.stringify(info.name)}: ${errorText(error)}`);
        continue;
      }
    }
    yield* printOperation(invocation, info, withDryRun(operation, dryRun));
  }
}

/** `node/x drained`; the commands for nodes have no output flags. */
export function* printOperation({ out }: Invocation, info: Info, operation: string): Process<void> {
  yield* out.line(`node/${info.name} ${operation}`);
}
