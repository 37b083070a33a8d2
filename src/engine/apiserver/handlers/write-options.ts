/** `CreateOptions`, `UpdateOptions`, `PatchOptions` of a query. Upstream: apimachinery/pkg/apis/meta/v1/validation (v1.36) */
import * as field from '../../../apimachinery/field-error.ts';
import { newInvalid } from '../../../apimachinery/status-error.ts';
import { validateFieldManager } from '../generic/object-meta-validation.ts';
import type { Operation } from '../generic/operation.ts';
import { fieldsSetBy } from '../registry/fields-set.ts';
import type { RequestContext } from '../request-context.ts';
import type { ServedResource } from '../served-resource.ts';
import type { FieldValidation } from './request-body.ts';

export interface WriteQuery {
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly fieldValidation: FieldValidation;
  readonly force: boolean | undefined;
}

const noOptions: WriteQuery = Object.freeze({
  dryRun: false,
  fieldManager: '',
  fieldValidation: 'Warn',
  force: undefined,
});
const levels = ['', 'Ignore', 'Strict', 'Warn'];

/** Checks `dryRun` values. */
export function validateDryRun(values: readonly string[]): field.FieldError[] {
  if (values.every((value) => value === 'All')) return [];
  return [field.notSupported(field.newPath('dryRun'), values as unknown as string, ['All'])];
}

/** Reads and checks the options of a write. @throws StatusError Invalid */
export function writeQuery(
  context: RequestContext,
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
  apply = false,
): WriteQuery {
  const { query } = context;
  if (query.isEmpty && !apply) return noOptions;
  const dryRun = query.all('dryRun');
  const manager = query.get('fieldManager');
  const level = query.get('fieldValidation');
  const force = query.has('force') ? query.flag('force') : undefined;
  const errors: field.FieldError[] = [];
  if (kind === 'PatchOptions') {
    if (apply && manager === '')
      errors.push(field.required(field.newPath('fieldManager'), 'is required for apply patch'));
    if (!apply && force !== undefined) {
      errors.push(field.forbidden(field.newPath('force'), 'may not be specified for non-apply patch'));
    }
  }
  errors.push(...validateFieldManager(manager, field.newPath('fieldManager')));
  errors.push(...validateDryRun(dryRun));
  if (!levels.includes(level)) errors.push(field.notSupported(field.newPath('fieldValidation'), level, levels));
  if (errors.length > 0) throw newInvalid({ group: 'meta.k8s.io', kind }, '', errors);
  return {
    dryRun: dryRun.length > 0,
    fieldManager: manager,
    fieldValidation: (level || 'Warn') as FieldValidation,
    force,
  };
}

/** Checks the options of a create that stores nothing. @throws StatusError Invalid */
export function validateDryRunOnly(context: RequestContext): void {
  writeQuery(context, 'CreateOptions');
}

/** The field manager when none is named: the first word of the user agent. Upstream: managerOrUserAgent (v1.36) */
export function managerOrUserAgent(manager: string, userAgent: string): string {
  if (manager !== '') return manager;
  const [first = ''] = userAgent.split('/');
  if (/^[ -~]+$/.test(first)) return first.slice(0, 128);
  const printable = [...first].filter((character) => /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character)).join('');
  return printable.slice(0, 128) || 'unknown';
}

/** The write that a request performs. */
export function operationOf(
  context: RequestContext,
  served: ServedResource,
  options: Pick<WriteQuery, 'dryRun' | 'fieldManager'>,
  optionsObject: object = {},
): Operation {
  return {
    user: context.user,
    namespace: served.definition.namespaced ? context.info.namespace : '',
    subresource: context.info.subresource,
    dryRun: options.dryRun,
    manager: managerOrUserAgent(options.fieldManager, context.request.headers['user-agent'] ?? ''),
    apiVersion: served.apiVersion,
    fields: fieldsSetBy(served.definition, context.info.subresource),
    method: context.request.method,
    options: optionsObject,
    internal: context.internal,
    warn: (text) => context.warnings.add(text),
  };
}
