import { describe, expect, it } from 'vitest';
import type { StatusError } from '../../../apimachinery/status-error.ts';
import type { ApiRequest } from '../../../protocol/rest.ts';
import type { AuthorizationAttributes } from '../authorization/attributes.ts';
import { Impersonator } from './impersonation.ts';

const attributes: AuthorizationAttributes = {
  user: { username: 'alice', groups: ['developers'] },
  verb: 'list',
  isResourceRequest: true,
  group: '',
  version: 'v1',
  resource: 'pods',
  subresource: '',
  namespace: 'ns',
  name: '',
  path: '',
};
const request = (headers: Readonly<Record<string, string>>): ApiRequest => ({ method: 'GET', path: '/', headers });

/** Allows the verbs given and writes down what was asked. */
function impersonator(verbs: readonly string[]) {
  const asked: string[] = [];
  const authorize = ({ verb, resource, name }: AuthorizationAttributes) => {
    asked.push(`${verb} ${resource}/${name}`);
    return { allowed: verbs.includes(verb), reason: '' };
  };
  return { asked, impersonator: new Impersonator({ authorize }) };
}

const refusalOf = (act: () => unknown): string => {
  try {
    act();
    return '';
  } catch (error) {
    return (error as StatusError).status.message ?? '';
  }
};

describe('Impersonator', () => {
  it('asks for this very request first, then for the old right, and tells the first refusal', () => {
    const { asked, impersonator: one } = impersonator([]);
    expect(refusalOf(() => one.impersonate(request({ 'impersonate-user': 'bob' }), attributes))).toBe(
      'pods is forbidden: User "alice" cannot impersonate-on:user-info:list resource "pods" in API group "" in the namespace "ns"',
    );
    expect(asked).toEqual(['impersonate-on:user-info:list pods/', 'impersonate users/bob']);
  });

  it('remembers which way was open', () => {
    const { asked, impersonator: one } = impersonator(['impersonate']);
    const bob = request({ 'impersonate-user': 'bob' });
    expect(one.impersonate(bob, attributes)).toEqual({ username: 'bob', groups: ['system:authenticated'] });
    asked.length = 0;
    one.impersonate(bob, attributes);
    expect(asked).toEqual(['impersonate users/bob']);
  });

  it.each([
    [
      'system:serviceaccount:a:b',
      'serviceaccount',
      'serviceaccounts/b',
      ['system:serviceaccounts', 'system:serviceaccounts:a', 'system:authenticated'],
    ],
    ['system:node:n', 'arbitrary-node', 'nodes/n', ['system:nodes', 'system:authenticated']],
    ['bob', 'user-info', 'users/bob', ['system:authenticated']],
  ])('knows the mode of %s', (name, mode, resource, groups) => {
    const { asked, impersonator: one } = impersonator([`impersonate-on:${mode}:list`, `impersonate:${mode}`]);
    expect(one.impersonate(request({ 'impersonate-user': name }), attributes)).toEqual({ username: name, groups });
    expect(asked).toEqual([`impersonate-on:${mode}:list pods/`, `impersonate:${mode} ${resource}`]);
  });

  it('lets nobody become a master by a constrained mode', () => {
    const { impersonator: one } = impersonator(['impersonate-on:user-info:list', 'impersonate:user-info']);
    const headers = { 'impersonate-user': 'bob', 'impersonate-group': 'system:masters' };
    expect(refusalOf(() => one.impersonate(request(headers), attributes))).toBe(
      'groups.authentication.k8s.io "system:masters" is forbidden: User "alice" cannot impersonate:user-info resource "groups" in API group "authentication.k8s.io" at the cluster scope: impersonating the system:masters group is not allowed',
    );
  });

  it('wants a name', () => {
    const { impersonator: one } = impersonator([]);
    expect(refusalOf(() => one.impersonate(request({ 'impersonate-group': 'g' }), attributes))).toBe(
      'requested &user.DefaultInfo{Name:"", UID:"", Groups:[]string{"g"}, Extra:map[string][]string(nil)} without impersonating a user name',
    );
    expect(one.impersonate(request({}), attributes)).toBeUndefined();
  });
});
