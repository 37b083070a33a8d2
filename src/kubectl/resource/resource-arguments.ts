/** What resource arguments on a command line mean. Upstream: cli-runtime/pkg/resource/builder.go (v1.36) */
import { KubectlError } from '../errors.ts';

/** `type/name`. */
export interface ResourceTuple {
  readonly resource: string;
  readonly name: string;
}

/** Splits at commas and drops what is repeated. */
export const splitResourceArgument = (argument: string): string[] => [...new Set(argument.split(','))];

/** Whether all arguments are of the form `type/name`. @throws KubectlError when only some are */
export function hasCombinedTypeArgs(args: readonly string[], program: string): boolean {
  const withSlash = args.filter((argument) => argument.includes('/')).length;
  if (withSlash === 0) return false;
  if (withSlash === args.length) return true;
  const base = program.split('/').at(-1) ?? '';
  throw new KubectlError(
    `there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. '${base} get resource/<resource_name>' instead of '${base} get resource resource/<resource_name>'`,
  );
}

/** `a,b c d` becomes `a/c a/d b/c b/d`. */
export function normalizeMultipleResourcesArgs(args: readonly string[]): readonly string[] {
  const [types, ...names] = args;
  if (types === undefined || names.length === 0) return args;
  const resources = splitResourceArgument(types);
  return resources.length < 2 ? args : resources.flatMap((resource) => names.map((name) => `${resource}/${name}`));
}

/** Undefined for a text without a slash. @throws KubectlError */
export function splitResourceTypeName(text: string): ResourceTuple | undefined {
  if (!text.includes('/')) return undefined;
  const parts = text.split('/');
  if (parts.length !== 2) throw new KubectlError('arguments in resource/name form may not have more than one slash');
  const [resource = '', name = ''] = parts;
  if (resource === '' || name === '' || splitResourceArgument(resource).length !== 1) {
    throw new KubectlError('arguments in resource/name form must have a single resource and name');
  }
  return { resource, name };
}
