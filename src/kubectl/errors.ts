import { errorText } from '../apimachinery/error-text.ts';
import { quote } from '../apimachinery/go-format.ts';
import { type StatusCause, StatusError, isInvalid } from '../apimachinery/status-error.ts';

/** An error whose text is printed behind `error: `. */
export class KubectlError extends Error {
  override readonly name: string = 'KubectlError';
}

/** Ends the command with a code; the text, if any, is printed as it is. */
export class ExitError extends Error {
  override readonly name = 'ExitError';
  readonly code: number;
  constructor(code: number, message = '') {
    super(message);
    this.code = code;
  }
}

/** No kind of that name in the API. Upstream: apimachinery/pkg/api/meta/errors.go NoKindMatchError (v1.36) */
export class NoKindMatchError extends KubectlError {
  override readonly name = 'NoKindMatchError';
  constructor(group: string, kind: string, versions: readonly string[]) {
    const of = versions.filter(Boolean).map((version) => (group === '' ? version : `${group}/${version}`));
    const where = of.length === 1 ? `version ${quote(of[0] ?? '')}` : `versions [${of.map(quote).join(' ')}]`;
    super(
      of.length === 0
        ? `no matches for kind ${quote(kind)} in group ${quote(group)}`
        : `no matches for kind ${quote(kind)} in ${where}`,
    );
  }
}

/** No resource of that name in the API; printed without `error: `. Upstream: meta.NoResourceMatchError (v1.36) */
export class NoResourceMatchError extends KubectlError {
  override readonly name = 'NoResourceMatchError';
  constructor(resource: string, group = '') {
    const where = group === '' ? '' : ` in group ${quote(group)}`;
    super(`the server doesn't have a resource type ${quote(resource)}${where}`);
  }
}

/** The server could not be reached. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/** Several errors as one. Upstream: apimachinery/pkg/util/errors/errors.go aggregate (v1.36) */
export class AggregateKubectlError extends Error {
  override readonly name = 'AggregateKubectlError';
  readonly errors: readonly unknown[];
  constructor(errors: readonly unknown[]) {
    const texts = [...new Set(errors.map(errorText))];
    super(texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`);
    this.errors = errors;
  }
}

/** Throws nothing for no errors; the errors as one otherwise. */
export function throwAll(errors: readonly unknown[]): void {
  if (errors.length > 0) throw new AggregateKubectlError(errors);
}

/** What a failed command prints to stderr, and its exit code. Upstream: kubectl/pkg/cmd/util/helpers.go checkErr (v1.36) */
export function describeFailure(failure: unknown): { readonly text: string; readonly code: number } {
  let error = failure;
  if (error instanceof AggregateKubectlError && error.errors.length === 1) error = error.errors[0];
  if (error instanceof ExitError) return { text: error.message, code: error.code };
  if (isInvalid(error) && error.reason === 'Invalid') return { text: invalidText(error), code: 1 };
  if (error instanceof AggregateKubectlError) {
    return { text: error.errors.map((one) => `${messageForError(one)}\n`).join(''), code: 1 };
  }
  const standard = standardErrorMessage(error);
  if (standard !== undefined) return { text: standard, code: 1 };
  if (error instanceof NoResourceMatchError) return { text: error.message, code: 1 };
  const text = errorText(error);
  return { text: text.startsWith('error: ') ? text : `error: ${text}`, code: 1 };
}

function invalidText(error: StatusError): string {
  const { details, message = '' } = error.status;
  if (details === undefined) return `The request is invalid${message === '' ? '' : `: ${message}`}`;
  const causes = details.causes ?? [];
  let subject = 'The request is invalid';
  if (details.kind || details.name) subject = `The ${details.kind ?? ''} ${quote(details.name ?? '')} is invalid`;
  else if (message !== '' && causes.length === 0) subject += `: ${message}`;
  return causes.length === 0 ? subject : multiline(`${subject}: `, causeTexts(causes));
}

const causeTexts = (causes: readonly StatusCause[]): string[] => [
  ...new Set(causes.map((cause) => `${cause.field ?? ''}: ${cause.message ?? ''}`)),
];

function multiline(prefix: string, texts: readonly string[]): string {
  if (texts.length === 1) return `${prefix}${texts[0]}\n`;
  return `${prefix}\n${texts.map((text) => `* ${text}\n`).join('')}`;
}

/** How errors of the API and of the connection read; undefined for others. */
export function standardErrorMessage(error: unknown): string | undefined {
  if (error instanceof StatusError) {
    const { reason, message } = error;
    if (reason === 'Unauthorized') return `error: You must be logged in to the server (${message})`;
    return reason === '' ? `Error from server: ${message}` : `Error from server (${reason}): ${message}`;
  }
  if (error instanceof ConnectionError) return error.message;
  return undefined;
}

/** The text of one error in a list. */
export const messageForError = (error: unknown): string => standardErrorMessage(error) ?? errorText(error);

/** An API error that says what was being done with which file. Upstream: kubectl/pkg/cmd/util/helpers.go AddSourceToErr (v1.36) */
export function addSourceToError(verb: string, source: string, error: unknown): unknown {
  if (source === '') return error;
  const prefix = `error when ${verb} ${quote(source)}: `;
  if (error instanceof StatusError) return new StatusError({ ...error.status, message: prefix + error.message });
  return new KubectlError(prefix + errorText(error));
}
