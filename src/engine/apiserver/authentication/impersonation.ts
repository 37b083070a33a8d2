/** Acting as somebody else, where that is allowed. Upstream: endpoints/filters/impersonation (v1.36) */
import { newInternalError } from '../../../apimachinery/status-error.ts';
import type { ApiRequest, UserInfo } from '../../../protocol/rest.ts';
import type { AuthorizationAttributes, Authorizer } from '../authorization/attributes.ts';
import { forbidden } from '../authorization/authorize-request.ts';

interface Wanted {
  readonly resource: string;
  readonly group: string;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
}

const serviceAccount = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** Whom the request's headers name; undefined when none. @throws StatusError */
export function impersonate(request: ApiRequest, user: UserInfo, authorizer: Authorizer): UserInfo | undefined {
  const { headers } = request;
  const name = headers['impersonate-user'] ?? '';
  const groups = (headers['impersonate-group'] ?? '')
    .split(',')
    .map((group) => group.trim())
    .filter((group) => group !== '');
  const uid = headers['impersonate-uid'] ?? '';
  const extra = extraOf(headers);
  if (name === '') {
    if (groups.length === 0 && uid === '' && extra.size === 0) return undefined;
    throw newInternalError(`requested [${wantedText(groups, uid, extra)}] without impersonating a user`);
  }
  for (const wanted of wantedOf(name, groups, uid, extra)) check(wanted, user, authorizer);
  return impersonated(name, groups, uid, extra);
}

function wantedText(groups: readonly string[], uid: string, extra: ReadonlyMap<string, readonly string[]>): string {
  const list = groups.map((group) => `{Group  ${group}    rbac.authorization.k8s.io/v1  }`);
  if (uid !== '') list.push(`{UID  ${uid}    authentication.k8s.io/v1  }`);
  for (const [key, values] of extra)
    for (const value of values) list.push(`{UserExtra  ${value}    authentication.k8s.io/v1  ${key}}`);
  return list.join(' ');
}

function extraOf(headers: Readonly<Record<string, string>>): Map<string, readonly string[]> {
  const out = new Map<string, readonly string[]>();
  for (const [header, value] of Object.entries(headers)) {
    if (!header.startsWith('impersonate-extra-')) continue;
    out.set(decodeURIComponent(header.slice('impersonate-extra-'.length)).toLowerCase(), [value]);
  }
  return out;
}

function wantedOf(
  name: string,
  groups: readonly string[],
  uid: string,
  extra: ReadonlyMap<string, readonly string[]>,
): Wanted[] {
  const none = { group: '', namespace: '', subresource: '' };
  const account = serviceAccount.exec(name);
  const out: Wanted[] = [
    account
      ? { ...none, resource: 'serviceaccounts', namespace: account[1] ?? '', name: account[2] ?? '' }
      : { ...none, resource: 'users', name },
  ];
  for (const one of groups) out.push({ ...none, resource: 'groups', name: one });
  if (uid !== '') out.push({ ...none, group: 'authentication.k8s.io', resource: 'uids', name: uid });
  for (const [key, values] of extra) {
    for (const value of values)
      out.push({ ...none, group: 'authentication.k8s.io', resource: 'userextras', subresource: key, name: value });
  }
  return out;
}

function check(wanted: Wanted, user: UserInfo, authorizer: Authorizer): void {
  const attributes: AuthorizationAttributes = {
    ...wanted,
    user,
    verb: 'impersonate',
    isResourceRequest: true,
    version: 'v1',
    path: '',
  };
  const { allowed, reason } = authorizer.authorize(attributes);
  if (!allowed) throw forbidden(attributes, reason);
}

function impersonated(
  name: string,
  groups: readonly string[],
  uid: string,
  extra: ReadonlyMap<string, readonly string[]>,
): UserInfo {
  const account = serviceAccount.exec(name);
  const own =
    account && groups.length === 0
      ? ['system:serviceaccounts', `system:serviceaccounts:${account[1] ?? ''}`]
      : [...groups];
  const marker = name === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated';
  const all = own.includes('system:authenticated') || own.includes('system:unauthenticated') ? own : [...own, marker];
  return {
    username: name,
    ...(uid === '' ? {} : { uid }),
    groups: all,
    ...(extra.size === 0 ? {} : { extra: Object.fromEntries(extra) }),
  };
}
