import type { Process } from '../../process/process.ts';
import { compareStrings } from '../../apimachinery/go-format.ts';
import { createMergePatch } from '../../apimachinery/merge-patch.ts';
import type { Invocation } from '../command.ts';
import { KubectlError } from '../errors.ts';
import { type FlagSpec, deprecatedFlags, flagSpecs } from '../flags/flag-spec.ts';
import { kindOf, type Unstructured, withMeta } from '../object.ts';
import { type DryRun, dryRunFlags, fieldManagerFlag } from '../options.ts';
import { printFlags } from '../printers/object-printer.ts';
import { filenameFlags, filenameOptions, isFilenameSliceEmpty } from '../resource/filenames.ts';
import type { Info } from '../resource/info.ts';
import type { Result } from '../resource/result.ts';

export const recordFlags = deprecatedFlags('record=false', '--record will be removed in the future');

/** The flags that `label` and `annotate` share. */
export const metadataFlags = (manager: string): readonly FlagSpec[] => [
  ...flagSpecs(`
    all=false A/all-namespaces=false field-selector='' list=false local=false overwrite=false resource-version='' l/selector=''
  `),
  ...filenameFlags,
  ...printFlags,
  ...dryRunFlags,
  ...recordFlags,
  ...fieldManagerFlag(manager),
];

/** Checks what `label` and `annotate` check alike. @throws KubectlError */
export function validateMetadataCommand(
  { flags }: Invocation,
  what: {
    readonly dryRun: DryRun;
    readonly resources: readonly string[];
    readonly changes: number;
    readonly noun: string;
    readonly fileHint: string;
  },
): void {
  const files = filenameOptions(flags);
  if (flags.bool('all') && flags.string('selector') !== '') {
    throw new KubectlError('cannot set --all and --selector at the same time');
  }
  if (flags.bool('all') && flags.string('field-selector') !== '') {
    throw new KubectlError('cannot set --all and --field-selector at the same time');
  }
  if (flags.bool('local')) {
    if (what.dryRun === 'server') {
      throw new KubectlError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
    }
    const hint = `-f ${what.fileHint}.yaml or --filename=${what.fileHint}.json`;
    if (what.resources.length > 0)
      throw new KubectlError(`can only use local files by ${hint} when --local=true is set`);
    if (isFilenameSliceEmpty(files)) throw new KubectlError(`one or more files must be specified as ${hint}`);
  } else if (what.resources.length === 0 && isFilenameSliceEmpty(files)) {
    throw new KubectlError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
  }
  if (what.changes === 0 && !flags.bool('list')) throw new KubectlError(`at least one ${what.noun} update is required`);
}

/** Finds the objects whose metadata shall change. @throws KubectlError */
export function* metadataTargets({ factory, flags }: Invocation, resources: readonly string[]): Process<Result> {
  const local = flags.bool('local');
  const builder = factory
    .builder()
    .local(local)
    .continueOnError()
    .namespaceParam(factory.namespace)
    .defaultNamespace()
    .filenameParam(factory.namespaceIsExplicit, filenameOptions(flags))
    .flatten();
  if (!local) {
    builder
      .labelSelectorParam(flags.string('selector'))
      .fieldSelectorParam(flags.string('field-selector'))
      .allNamespaces(flags.bool('all-namespaces'))
      .resourceTypeOrNameArgs(flags.bool('all'), ...resources)
      .latest();
  }
  const result = yield* builder.do();
  result.check();
  if (!result.singleItemImplied && flags.string('resource-version') !== '') {
    throw new KubectlError('--resource-version may only be used with a single resource');
  }
  return result;
}

/** Sends the difference as a merge patch. */
export function* patchDifference(
  invocation: Invocation,
  info: Info,
  changed: Unstructured,
  dryRun: DryRun,
): Process<Unstructured> {
  const resourceVersion = invocation.flags.string('resource-version');
  const before = resourceVersion === '' ? info.object : withMeta(info.object, { resourceVersion: undefined as never });
  const after = resourceVersion === '' ? changed : withMeta(changed, { resourceVersion });
  const helper = info.helper({
    dryRun: dryRun === 'server',
    fieldManager: invocation.flags.string('field-manager'),
  });
  return yield* helper.patch(info.namespace, info.name, 'merge', createMergePatch(before, after));
}

/** What `--list` prints. */
export function listingText(
  info: Info,
  noun: string,
  pairs: Readonly<Record<string, string>> | undefined,
  single: boolean,
): string {
  const { group, kind } = kindOf(info.object);
  const indent = single ? '' : ' ';
  const heading = single ? '' : `Listing ${noun} for ${kind}.${group}/${info.name}:\n`;
  const keys = Object.keys(pairs ?? {}).sort(compareStrings);
  return heading + keys.map((key) => `${indent}${key}=${pairs?.[key] ?? ''}\n`).join('');
}
