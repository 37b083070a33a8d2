import { errorText } from '../../../apimachinery/error-text.ts';
import type { Process } from '../../../process/process.ts';
import type { Invocation } from '../../command.ts';
import { KubectlError } from '../../errors.ts';
import { type FlagSpec, flagSpecs } from '../../flags/flag-spec.ts';
import { createOrUpdateAnnotation } from '../../last-applied.ts';
import { kindOf, type Unstructured, withNamespace } from '../../object.ts';
import {
  dryRunFlags,
  dryRunStrategy,
  fieldManagerFlag,
  printerOf,
  saveConfigFlags,
  validateFlags,
  validationDirective,
  withDryRun,
} from '../../options.ts';
import { printFlags } from '../../printers/object-printer.ts';
import { typedObject } from '../../typed-object.ts';
import { usageError } from '../../usage.ts';

/** What all generators of `kubectl create` take. */
export const createFlags: readonly FlagSpec[] = [
  ...printFlags,
  ...dryRunFlags,
  ...validateFlags,
  ...saveConfigFlags,
  ...fieldManagerFlag('kubectl-create'),
];

/** Flags of a subcommand of create, its own first. */
export const withCreateFlags = (own: string): readonly FlagSpec[] => [...flagSpecs(own), ...createFlags];

/** The one NAME. @throws KubectlError `exactly one NAME is required, got 2` */
export function nameFromArgs({ flags, args, path }: Invocation): string {
  const count = flags.argsBeforeDash < 0 ? args.length : flags.argsBeforeDash;
  if (count !== 1) throw usageError(path, `exactly one NAME is required, got ${count}`);
  return args[0] ?? '';
}

/** Words after the NAME: the command to run. */
export const commandFromArgs = ({ args }: Invocation): readonly string[] => args.slice(1);

export interface Creation {
  /** Without a namespace: it is set here. */
  readonly object: Unstructured;
  readonly namespaced: boolean;
  /** Put before the server's error: `failed to create deployment:`; absent where upstream passes errors on. */
  readonly failure?: string;
}

/** Creates what a generator made, or only prints it. Upstream: kubectl/pkg/cmd/create/create_*.go Run (v1.36) */
export function* runCreation(
  invocation: Invocation,
  make: (name: string) => Creation | Process<Creation>,
): Process<void> {
  const { factory, flags } = invocation;
  const name = nameFromArgs(invocation);
  const dryRun = yield* dryRunStrategy(invocation);
  const print = printerOf(invocation, withDryRun('created', dryRun));
  const fieldValidation = validationDirective(invocation);
  const made = make(name);
  const creation = 'object' in made ? made : yield* made;
  let object = typedObject(creation.object);
  if (creation.namespaced && factory.namespaceIsExplicit) object = withNamespace(object, factory.namespace);
  object = createOrUpdateAnnotation(flags.bool('save-config'), object, true);
  if (dryRun !== 'client') {
    const mapping = yield* factory.mapping(kindOf(object).group, kindOf(object).version, kindOf(object).kind);
    const helper = factory.helper(mapping, {
      dryRun: dryRun === 'server',
      fieldManager: flags.string('field-manager'),
      fieldValidation,
    });
    try {
      object = yield* helper.create(creation.namespaced ? factory.namespace : '', object);
    } catch (error) {
      if (creation.failure === undefined) throw error;
      throw new KubectlError(`${creation.failure} ${errorText(error)}`);
    }
  }
  yield* print(object, { typed: true });
}
