import { schemaFor } from '../../../api/schema.ts';
import { errorText } from '../../../apimachinery/error-text.ts';
import { createTwoWayMergePatch } from '../../../apimachinery/strategic-merge-diff.ts';
import type { Process } from '../../../process/process.ts';
import type { Invocation } from '../../command.ts';
import { KubectlError, throwAll } from '../../errors.ts';
import { type FlagSpec, flagSpecs } from '../../flags/flag-spec.ts';
import { kindOf, type Unstructured } from '../../object.ts';
import { fieldManagerFlag, printerOf } from '../../options.ts';
import { printFlags } from '../../printers/object-printer.ts';
import { filenameFlags, filenameOptions, isFilenameSliceEmpty } from '../../resource/filenames.ts';
import type { Result } from '../../resource/result.ts';

export const rolloutFlags: readonly FlagSpec[] = [...flagSpecs(`l/selector=''`), ...filenameFlags];

export const changeFlags: readonly FlagSpec[] = [
  ...rolloutFlags,
  ...printFlags,
  ...fieldManagerFlag('kubectl-rollout'),
];

/** The things a rollout command is about. @throws KubectlError when none are named */
export function* rolloutTargets(invocation: Invocation): Process<Result> {
  const { flags, args, factory } = invocation;
  const files = filenameOptions(flags);
  if (args.length === 0 && isFilenameSliceEmpty(files)) throw new KubectlError('required resource not specified');
  if (flags.has('revision') && flags.int('revision') < 0) {
    throw new KubectlError(`revision must be a positive integer: ${flags.int('revision')}`);
  }
  const result = yield* factory
    .builder()
    .namespaceParam(factory.namespace)
    .defaultNamespace()
    .labelSelectorParam(flags.string('selector'))
    .filenameParam(factory.namespaceIsExplicit, files)
    .resourceTypeOrNameArgs(true, ...args)
    .continueOnError()
    .latest()
    .flatten()
    .do();
  result.check();
  return result;
}

/** Changes each thing and sends the difference: pause, resume, restart. Upstream: kubectl/pkg/cmd/rollout (v1.36) */
export function* changeRollouts(
  invocation: Invocation,
  how: {
    readonly operation: string;
    readonly change: (object: Unstructured) => Unstructured;
    /** What it means that nothing changes. */
    readonly unchanged: (name: string) => KubectlError;
  },
): Process<void> {
  const { flags, factory, err } = invocation;
  const result = yield* rolloutTargets(invocation);
  const { infos, error } = yield* result.infosAndError();
  const errors: unknown[] = error === undefined ? [] : [error];
  if (infos.length === 0 && errors.length === 0) {
    return yield* err.line(`No resources found in ${factory.namespace} namespace.`);
  }
  const print = printerOf(invocation, how.operation);
  for (const info of infos) {
    const { resource, group } = info.served;
    try {
      const changed = tryChange(
        info.object,
        how.change,
        `${group === '' ? resource : `${resource}.${group}`} "${info.name}"`,
      );
      const schema = schemaFor(kindOf(info.object));
      const patch = schema === undefined ? {} : createTwoWayMergePatch(info.object, changed, schema);
      if (Object.keys(patch).length === 0) throw how.unchanged(info.name);
      const helper = info.helper({ fieldManager: flags.string('field-manager') });
      info.refresh(yield* sent(helper.patch(info.namespace, info.name, 'strategic', patch)));
      yield* print(info.object);
    } catch (failure) {
      errors.push(failure);
    }
  }
  throwAll(errors);
}

function tryChange(object: Unstructured, change: (object: Unstructured) => Unstructured, name: string): Unstructured {
  try {
    return change(object);
  } catch (error) {
    throw new KubectlError(`error: ${name} ${errorText(error)}`);
  }
}

function* sent(request: Process<Unstructured>): Process<Unstructured> {
  try {
    return yield* request;
  } catch (error) {
    throw new KubectlError(`failed to patch: ${errorText(error)}`);
  }
}
