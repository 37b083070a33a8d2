import { parseToLabelSelector, type LabelSelector } from '../../../apimachinery/labels.ts';
import { createTwoWayMergePatch } from '../../../apimachinery/strategic-merge-diff.ts';
import { schemaFor } from '../../../api/schema.ts';
import type { Process } from '../../../process/process.ts';
import type { Command, Invocation } from '../../command.ts';
import { KubectlError } from '../../errors.ts';
import { flagSpecs } from '../../flags/flag-spec.ts';
import { kindOf, type Unstructured, withMeta, withValueAt } from '../../object.ts';
import { dryRunFlags, dryRunStrategy, fieldManagerFlag, printerOf, withDryRun } from '../../options.ts';
import { printFlags } from '../../printers/object-printer.ts';
import { recordFlags } from '../metadata-command.ts';

export const setSelector: Command = {
  use: 'selector (-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]',
  short: 'Set the selector of a service',
  example: "kubectl set selector service web 'app=web,tier=front'",
  flags: [
    ...flagSpecs("all=false f/filename=[] local=false R/recursive=true resource-version=''"),
    ...printFlags,
    ...dryRunFlags,
    ...recordFlags,
    ...fieldManagerFlag('kubectl-set'),
  ],
  plainUseLine: true,
  completion: 'none',
  run: runSetSelector,
};

function* runSetSelector(invocation: Invocation): Process<void> {
  const { flags, args, factory } = invocation;
  const dryRun = yield* dryRunStrategy(invocation);
  const text = args.at(-1);
  const selector = text === undefined ? undefined : parseToLabelSelector(text);
  const print = printerOf(invocation, withDryRun('selector updated', dryRun));
  if (selector === undefined) throw new KubectlError('one selector is required');
  const local = flags.bool('local');
  const builder = factory
    .builder()
    .local(local)
    .namespaceParam(factory.namespace)
    .defaultNamespace()
    .filenameParam(factory.namespaceIsExplicit, {
      filenames: flags.strings('filename'),
      kustomize: '',
      recursive: flags.bool('recursive'),
    })
    .continueOnError()
    .flatten();
  if (!local)
    builder
      .selectAllParam(flags.bool('all'))
      .resourceTypeOrNameArgs(flags.bool('all'), ...args.slice(0, -1))
      .latest();
  const result = yield* builder.do();
  const version = flags.string('resource-version');
  yield* result.visit(function* (info) {
    const before = version === '' ? info.object : withMeta(info.object, { resourceVersion: undefined as never });
    let changed = withSelector(before, selector);
    if (version !== '') changed = withMeta(changed, { resourceVersion: version });
    if (local || dryRun === 'client') return yield* print(changed, { typed: true });
    const schema = schemaFor(kindOf(info.object));
    const patch = schema === undefined ? {} : createTwoWayMergePatch(before, changed, schema);
    const helper = info.helper({ dryRun: dryRun === 'server', fieldManager: flags.string('field-manager') });
    yield* print(yield* helper.patch(info.namespace, info.name, 'strategic', patch));
  });
}

function withSelector(object: Unstructured, selector: LabelSelector): Unstructured {
  const { kind, group } = kindOf(object);
  if (kind !== 'Service' || group !== '') throw new KubectlError('setting a selector is only supported for Services');
  const expressions = selector.matchExpressions ?? [];
  if (expressions.length > 0) {
    const shown = expressions.map((one) => `{${one.key} ${one.operator} [${(one.values ?? []).join(' ')}]}`).join(' ');
    throw new KubectlError(`match expression [${shown}] not supported on this object`);
  }
  return withValueAt(object, ['spec', 'selector'], { ...selector.matchLabels });
}
