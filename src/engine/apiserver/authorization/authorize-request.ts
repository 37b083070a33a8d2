/** Lets a request pass, or refuses it. Upstream: endpoints/filters/authorization.go, handlers/responsewriters/errors.go (v1.36) */
import { newForbidden, type StatusError } from '../../../apimachinery/status-error.ts';
import type { RequestContext } from '../request-context.ts';
import type { AuthorizationAttributes, Authorizer } from './attributes.ts';

/** What the request asks to be allowed. */
export function attributesOf({ info, user, query }: RequestContext): AuthorizationAttributes {
  const { verb, isResourceRequest, group, version, resource, subresource, namespace, name, path } = info;
  const selector = query.get('fieldSelector');
  const named =
    name === '' && (verb === 'list' || verb === 'watch' || verb === 'deletecollection') ? nameIn(selector) : name;
  const where = { isResourceRequest, group, version, resource, subresource, namespace, name: named, path };
  const attributes = { user, verb, ...where };
  return selector === '' ? attributes : { ...attributes, fieldSelector: selector };
}

const nameIn = (selector: string): string => /(?:^|,)metadata\.name={1,2}([^,]+)/.exec(selector)?.[1] ?? '';

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
