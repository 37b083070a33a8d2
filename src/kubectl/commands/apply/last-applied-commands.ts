import type { Process } from '../../../process/process.ts';
import type { Command, Invocation } from '../../command.ts';
import { KubectlError } from '../../errors.ts';
import { flagSpecs } from '../../flags/flag-spec.ts';
import { lastAppliedAnnotation, lastAppliedOf, lastAppliedText } from '../../last-applied.ts';
import { encodeGoJson } from '../../../apimachinery/go-json.ts';
import { dryRunFlags, dryRunStrategy, fieldManagerFlag, printerOf, validateFlags, withDryRun } from '../../options.ts';
import { printFlags } from '../../printers/object-printer.ts';
import { filenameFlags, filenameOptions } from '../../resource/filenames.ts';
import { writeYaml } from '../../../apimachinery/yaml-writer.ts';
import { usageError } from '../../usage.ts';
import { runEdit } from '../edit.ts';

export const viewLastApplied: Command = {
  use: 'view-last-applied (TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)',
  short: 'View what was last applied to an object',
  example: 'kubectl apply view-last-applied deployment/web',
  flags: [...flagSpecs("all=false o/output='yaml' l/selector=''"), ...filenameFlags],
  plainUseLine: true,
  completion: 'resource-type-and-name',
  run: runView,
};

function* runView(invocation: Invocation): Process<void> {
  const { flags, factory, args, out, path } = invocation;
  const files = filenameOptions(flags);
  const result = yield* factory
    .builder()
    .namespaceParam(factory.namespace)
    .defaultNamespace()
    .filenameParam(factory.namespaceIsExplicit, files)
    .resourceTypeOrNameArgs(factory.namespaceIsExplicit, ...args)
    .selectAllParam(flags.bool('all'))
    .labelSelectorParam(flags.string('selector'))
    .latest()
    .flatten()
    .do();
  result.check();
  const texts: string[] = [];
  yield* result.visit(function* (info) {
    const text = lastAppliedOf(info.object);
    if (text !== undefined) texts.push(text);
  });
  const format = flags.string('output');
  for (const text of texts) {
    const value: unknown = JSON.parse(text);
    if (format === 'json') yield* out.print(`${encodeGoJson(value, { indent: 2 })}\n`);
    else if (format === 'yaml') yield* out.print(writeYaml(value));
    else {
      throw usageError(path, `Unexpected -o output mode: ${format}, the flag 'output' must be one of yaml|json`);
    }
  }
}

export const setLastApplied: Command = {
  use: 'set-last-applied -f FILENAME',
  short: 'Make a file what was last applied, without changing anything else',
  example: 'kubectl apply set-last-applied -f deploy.yaml',
  flags: [...flagSpecs('create-annotation=false f/filename=[]'), ...printFlags, ...dryRunFlags],
  plainUseLine: true,
  completion: 'none',
  run: runSet,
};

function* runSet(invocation: Invocation): Process<void> {
  const { flags, factory } = invocation;
  const dryRun = yield* dryRunStrategy(invocation);
  const print = printerOf(invocation, withDryRun('configured', dryRun));
  const result = yield* factory
    .builder()
    .namespaceParam(factory.namespace)
    .defaultNamespace()
    .filenameParam(factory.namespaceIsExplicit, {
      filenames: flags.strings('filename'),
      kustomize: '',
      recursive: false,
    })
    .flatten()
    .do();
  result.check();
  yield* result.visit(function* (info) {
    const wanted = lastAppliedText(info.object);
    yield* info.get();
    const before = lastAppliedOf(info.object);
    if (before === undefined && !flags.bool('create-annotation')) {
      const why = `no last-applied-configuration annotation found on resource: ${info.name}, to create the annotation, run the command with --create-annotation`;
      throw new KubectlError(why);
    }
    if (before === wanted) return yield* print(info.object);
    if (dryRun !== 'client') {
      const helper = info.helper({ dryRun: dryRun === 'server' });
      const patch = { metadata: { annotations: { [lastAppliedAnnotation]: wanted } } };
      info.refresh(yield* helper.patch(info.namespace, info.name, 'merge', patch));
    }
    yield* print(info.object);
  });
}

export const editLastApplied: Command = {
  use: 'edit-last-applied (RESOURCE/NAME | -f FILENAME)',
  short: 'Edit what was last applied to an object in the editor, and apply it',
  example: 'kubectl apply edit-last-applied deployment/web',
  flags: [
    ...flagSpecs('windows-line-endings=false'),
    ...filenameFlags,
    ...printFlags,
    ...validateFlags,
    ...fieldManagerFlag('kubectl-client-side-apply'),
  ],
  plainUseLine: true,
  completion: 'resource-type-and-name',
  run: (invocation) => runEdit(invocation, 'last-applied'),
};
