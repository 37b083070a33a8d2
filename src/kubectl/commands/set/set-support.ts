import { errorText } from '../../../apimachinery/error-text.ts';
import { createTwoWayMergePatch } from '../../../apimachinery/strategic-merge-diff.ts';
import { schemaFor } from '../../../api/schema.ts';
import type { Process } from '../../../process/process.ts';
import type { Invocation } from '../../command.ts';
import { KubectlError, throwAll } from '../../errors.ts';
import { type FlagSpec, flagSpecs } from '../../flags/flag-spec.ts';
import { kindOf, type Unstructured } from '../../object.ts';
import { type DryRun, dryRunFlags, fieldManagerFlag, type PrintObject } from '../../options.ts';
import { printFlags } from '../../printers/object-printer.ts';
import { filenameFlags, filenameOptions } from '../../resource/filenames.ts';
import type { Info } from '../../resource/info.ts';
import { typedObject } from '../../typed-object.ts';
import { recordFlags } from '../metadata-command.ts';

/** What the `set` commands share. */
export const setFlags: readonly FlagSpec[] = [
  ...flagSpecs('all=false local=false'),
  ...filenameFlags,
  ...printFlags,
  ...dryRunFlags,
  ...recordFlags,
  ...fieldManagerFlag('kubectl-set'),
];

const localResourceError = `error: you must specify resources by --filename when --local is set.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'`;

/** The objects a `set` command works on. @throws KubectlError */
export function* setTargets(
  { factory, flags }: Invocation,
  resources: readonly string[],
  stdinInUse = false,
): Process<readonly Info[]> {
  const local = flags.bool('local');
  const builder = factory
    .builder()
    .local(local)
    .continueOnError()
    .namespaceParam(factory.namespace)
    .defaultNamespace()
    .filenameParam(factory.namespaceIsExplicit, filenameOptions(flags))
    .flatten();
  if (stdinInUse) builder.stdinInUse();
  if (local) {
    if (resources.length > 0) throw new KubectlError(localResourceError);
  } else {
    if (flags.has('selector')) builder.labelSelectorParam(flags.string('selector'));
    builder.resourceTypeOrNameArgs(flags.bool('all'), ...resources).latest();
  }
  return yield* (yield* builder.do()).infos();
}

/** @throws KubectlError for `--local` with `--dry-run=server` */
export function checkLocal({ flags }: Invocation, dryRun: DryRun): void {
  if (flags.bool('local') && dryRun === 'server') {
    throw new KubectlError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
  }
}

export interface PatchRun {
  readonly infos: readonly Info[];
  readonly dryRun: DryRun;
  readonly print: PrintObject;
  /** The changed object; undefined leaves it alone. */
  readonly change: (object: Unstructured) => Unstructured | undefined;
  /** Put before the server's error. */
  readonly failure: string;
  /** Errors met before, thrown with the others at the end. */
  readonly errors: unknown[];
  /** An empty difference is sent nevertheless. */
  readonly sendEmpty?: boolean;
}

/** Changes each object and sends the difference. Upstream: kubectl/pkg/cmd/set/helper.go CalculatePatches (v1.36) */
export function* runPatches(invocation: Invocation, run: PatchRun): Process<void> {
  const { flags } = invocation;
  const { errors, dryRun, print } = run;
  for (const info of run.infos) {
    let changed: Unstructured | undefined;
    try {
      changed = run.change(info.object);
    } catch (error) {
      errors.push(new KubectlError(`error: ${info.objectName} ${errorText(error)}\n`));
      continue;
    }
    if (changed === undefined) continue;
    const schema = schemaFor(kindOf(info.object));
    const patch = schema === undefined ? {} : createTwoWayMergePatch(info.object, changed, schema);
    if (Object.keys(patch).length === 0 && !run.sendEmpty) continue;
    if (flags.bool('local') || dryRun === 'client') {
      yield* print(typedObject(changed), { typed: true });
      continue;
    }
    const helper = info.helper({ dryRun: dryRun === 'server', fieldManager: flags.string('field-manager') });
    try {
      yield* print(yield* helper.patch(info.namespace, info.name, 'strategic', patch));
    } catch (error) {
      errors.push(new KubectlError(`${run.failure} ${errorText(error)}`));
    }
  }
  throwAll(errors);
}
