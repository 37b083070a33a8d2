/** Lets a request pass, or refuses it. Upstream: endpoints/filters/authorization.go, handlers/responsewriters/errors.go (v1.36) */
import { type FieldRequirement, type FieldSelector, parseFieldSelector } from '../../../apimachinery/fields.ts';
import { SelectorError } from '../../../apimachinery/labels.ts';
import { newForbidden, type StatusError } from '../../../apimachinery/status-error.ts';
import type { RequestContext } from '../request-context.ts';
import type { AuthorizationAttributes, Authorizer } from './attributes.ts';

/** What the request asks to be allowed. */
export function attributesOf({ info, user, query }: RequestContext): AuthorizationAttributes {
  const { verb, isResourceRequest, group, version, resource, subresource, namespace, name, path } = info;
  const selector = query.get('fieldSelector');
  const attributes = { user, verb, isResourceRequest, group, version, resource, subresource, namespace, name, path };
  if (selector === '' || (verb !== 'list' && verb !== 'watch' && verb !== 'deletecollection')) return attributes;
  const fieldRequirements = readFieldSelector(selector)?.requirements ?? [];
  const isName = ({ field, operator }: FieldRequirement) => field === 'metadata.name' && operator === '=';
  return { ...attributes, name: name || (fieldRequirements.find(isName)?.value ?? ''), fieldRequirements };
}

/** A selector as authorizers see it: undefined when it cannot be read. */
export function readFieldSelector(text: string): FieldSelector | undefined {
  try {
    return parseFieldSelector(text);
  } catch (error) {
    if (error instanceof SelectorError) return undefined;
    throw error;
  }
}

/** The words of a refusal. */
export function forbiddenMessage(attributes: AuthorizationAttributes): string {
  const { user, verb, group, resource, subresource, namespace, path, isResourceRequest } = attributes;
  const who = `User ${JSON.stringify(user.username)} cannot ${verb}`;
  if (!isResourceRequest) return `${who} path ${JSON.stringify(path)}`;
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  return `${who} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}`;
}

/** 403 with the words of the authorizer. */
export function forbidden(attributes: AuthorizationAttributes, reason: string): StatusError {
  const { group, resource, name } = attributes;
  const text = forbiddenMessage(attributes);
  return newForbidden({ group, resource }, name, reason === '' ? text : `${text}: ${reason}`);
}

/** @throws StatusError Forbidden */
export function authorizeRequest(authorizer: Authorizer, attributes: AuthorizationAttributes): void {
  const { allowed, reason } = authorizer.authorize(attributes);
  if (!allowed) throw forbidden(attributes, reason);
}
