/** `DeleteOptions`, from the body or the query. Upstream: apimachinery/pkg/apis/meta/v1/validation ValidateDeleteOptions (v1.36) */
import { schemaFor } from '../../../api/schema.ts';
import * as field from '../../../apimachinery/field-error.ts';
import { isJsonObject } from '../../../apimachinery/json-value.ts';
import { isBadRequest, newBadRequest, newInvalid } from '../../../apimachinery/status-error.ts';
import type { DeleteOptions } from '../generic/deletion.ts';
import type { RequestContext } from '../request-context.ts';
import { parseInt64 } from './list-options.ts';
import { bodyText, decodeBody, objectBody, readBody } from './request-body.ts';
import { validateDryRun } from './write-options.ts';

const policies = ['Foreground', 'Background', 'Orphan'];

/** Reads and checks the options of a delete. @throws StatusError */
export function deleteOptions(context: RequestContext): DeleteOptions {
  const options = plainly(() => rawOptions(context));
  checkDeleteOptions(options);
  return options;
}

/** @throws StatusError Invalid */
export function checkDeleteOptions(options: DeleteOptions): void {
  const errors = validate(options);
  if (errors.length > 0) throw newInvalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors);
}

const prefix =
  /^(?:.* cannot be handled as a DeleteOptions: |the object provided is unrecognized \(must be of type DeleteOptions\): )/;

/** Reading options fails in the decoder's own words. */
function plainly(read: () => DeleteOptions): DeleteOptions {
  try {
    return read();
  } catch (error) {
    if (!isBadRequest(error)) throw error;
    const { message = '' } = error.status;
    const bare = message.replace(prefix, '');
    throw newBadRequest(message.startsWith('the object provided') ? bare.replace(/ \([^()]*\)$/, '') : bare);
  }
}

function rawOptions(context: RequestContext): DeleteOptions {
  const object = objectBody(context);
  if (object === undefined && bodyText(context) === '') return fromQuery(context);
  const schema = schemaFor({ group: '', version: 'v1', kind: 'DeleteOptions' });
  if (!schema) return (object ?? {}) as DeleteOptions;
  const raw = readBody(context, { kind: 'DeleteOptions' });
  const input = raw.value as { readonly apiVersion?: string; readonly kind?: string } | null;
  refuseOtherKinds(input);
  const anyGroup = {
    ...raw,
    value: isJsonObject(input) ? { ...input, apiVersion: 'v1' } : input,
  };
  const expected = { group: '', version: 'v1', kind: 'DeleteOptions', schema };
  return decodeBody(context, anyGroup, { expected, fieldValidation: 'Ignore' }) as DeleteOptions;
}

/** The decoder of options knows no other kinds. */
function refuseOtherKinds(input: { readonly apiVersion?: unknown; readonly kind?: unknown } | null): void {
  const { kind, apiVersion } = input ?? {};
  if (typeof kind !== 'string' || kind === '' || kind === 'DeleteOptions') return;
  // What is no text is the decoder's to refuse.
  if (apiVersion !== undefined && apiVersion !== null && typeof apiVersion !== 'string') return;
  throw newBadRequest(
    `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion ?? '')} in scheme "pkg/runtime/scheme.go:111"`,
  );
}

function fromQuery({ query }: RequestContext): DeleteOptions {
  const grace = query.get('gracePeriodSeconds');
  const policy = query.get('propagationPolicy');
  return {
    ...(grace === '' ? {} : { gracePeriodSeconds: parseInt64(grace) }),
    ...(query.has('orphanDependents') ? { orphanDependents: query.flag('orphanDependents') } : {}),
    ...(policy === '' ? {} : { propagationPolicy: policy }),
    ...(query.has('dryRun') ? { dryRun: query.all('dryRun') } : {}),
  };
}

function validate(options: DeleteOptions): field.FieldError[] {
  const errors: field.FieldError[] = [];
  const { propagationPolicy, orphanDependents } = options;
  if (propagationPolicy !== undefined && orphanDependents !== undefined) {
    const why = 'orphanDependents and deletionPropagation cannot be both set';
    errors.push(field.invalid(field.newPath('propagationPolicy'), propagationPolicy, why));
  }
  if (propagationPolicy !== undefined && !policies.includes(propagationPolicy)) {
    errors.push(field.notSupported(field.newPath('propagationPolicy'), propagationPolicy, [...policies, 'nil']));
  }
  return [...errors, ...validateDryRun(options.dryRun ?? [])];
}
