import type { Process } from '../process/process.ts';
import type { Invocation } from './command.ts';
import { KubectlError } from './errors.ts';
import { flagSpecs } from './flags/flag-spec.ts';
import type { Unstructured } from './object.ts';
import { type ObjectPrinter, PrintError, printerFor } from './printers/object-printer.ts';
import { ClientLog } from './rest/client-log.ts';

export type DryRun = 'none' | 'client' | 'server';
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export const dryRunFlags = flagSpecs(`dry-run='none'?unchanged`);
export const validateFlags = flagSpecs(`validate='strict'?strict`);
export const saveConfigFlags = flagSpecs('save-config=false');
/** `-l`, `--selector`. */
export const selectorFlags = flagSpecs(`l/selector=''`);
/** `--field-manager`, with the command's own name unless told. */
export const fieldManagerFlag = (manager: string) => flagSpecs(`field-manager='${manager}'`);

const truths = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const lies = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

/** Upstream: kubectl/pkg/cmd/util/helpers.go GetDryRunStrategy (v1.36). @throws KubectlError */
export function* dryRunStrategy(invocation: Invocation): Process<DryRun> {
  const value = invocation.flags.string('dry-run');
  const warn = (text: string) =>
    invocation.err.print(new ClientLog(invocation.context, 0, '').line('W', 'helpers.go:721', text));
  if (value === 'unchanged') {
    yield* warn('--dry-run is deprecated and can be replaced with --dry-run=client.');
    return 'client';
  }
  if (truths.has(value) || lies.has(value)) {
    const strategy = truths.has(value) ? 'client' : 'none';
    yield* warn(`--dry-run=${value} is deprecated (boolean value) and can be replaced with --dry-run=${strategy}.`);
    return strategy;
  }
  if (value === 'none' || value === 'client' || value === 'server') return value;
  throw new KubectlError(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`);
}

/** `created (server dry run)`. */
export function withDryRun(operation: string, dryRun: DryRun): string {
  if (dryRun === 'none') return operation;
  return `${operation} ${dryRun === 'client' ? '(dry run)' : '(server dry run)'}`;
}

/** Upstream: kubectl/pkg/cmd/util/helpers.go GetValidationDirective (v1.36). @throws KubectlError */
export function validationDirective({ flags }: Invocation): FieldValidation {
  const value = flags.string('validate');
  if (truths.has(value) || value === 'strict') return 'Strict';
  if (lies.has(value) || value === 'ignore') return 'Ignore';
  if (value === 'warn') return 'Warn';
  throw new KubectlError(
    `invalid - validate option ${JSON.stringify(value)}; must be one of: strict (or true), warn, ignore (or false)`,
  );
}

/** Prints one object after another in the form the flags ask for. */
export type PrintObject = (object: Unstructured, options?: { readonly typed?: boolean }) => Process<void>;

/** A printer for an operation's results. @throws KubectlError for a format there is not */
export function printerOf(invocation: Invocation, operation: string): PrintObject {
  return printsTo(invocation, printerFor(invocation.context, invocation.flags, { operation }));
}

/** What a failing template printed before it failed goes out, too. */
export function printsTo({ out }: Invocation, printer: ObjectPrinter): PrintObject {
  return function* (object, options) {
    try {
      yield* out.print(printer.print(object, options));
    } catch (error) {
      if (error instanceof PrintError) yield* out.print(error.printed);
      throw error;
    }
  };
}
