/** Questions to the authorizer. Upstream: apiserver/pkg/cel/library/authz.go */
import type { AuthorizationAttributes, Authorizer } from '../../authorization/attributes.ts';
import type { UserInfo } from '../../../../protocol/rest.ts';
import { readFieldSelector } from '../../authorization/authorize-request.ts';
import { overload, type Overload } from '../functions.ts';
import { CelError } from '../issues.ts';
import { CelOpaque } from '../values.ts';

const prefix = 'kubernetes.authorization.';

/** What expressions ask: who may do what. */
export class CelAuthorizer extends CelOpaque {
  readonly typeName = `${prefix}Authorizer`;
  readonly authorizer: Authorizer;
  readonly user: UserInfo;

  constructor(authorizer: Authorizer, user: UserInfo) {
    super();
    this.authorizer = authorizer;
    this.user = user;
  }

  override equals(other: CelOpaque): boolean {
    return other === this;
  }
}

type Asked = Partial<AuthorizationAttributes>;

/** A question that is not finished yet. */
export class CelCheck extends CelOpaque {
  readonly typeName: string;
  readonly by: CelAuthorizer;
  readonly asked: Asked;

  constructor(kind: 'GroupCheck' | 'PathCheck' | 'ResourceCheck', by: CelAuthorizer, asked: Asked) {
    super();
    this.typeName = `${prefix}${kind}`;
    this.by = by;
    this.asked = asked;
  }

  override equals(other: CelOpaque): boolean {
    return other === this;
  }

  with(asked: Asked): CelCheck {
    return new CelCheck('ResourceCheck', this.by, { ...this.asked, ...asked });
  }
}

class CelDecision extends CelOpaque {
  readonly typeName = `${prefix}Decision`;
  readonly allowed: boolean;
  readonly reason: string;

  constructor(allowed: boolean, reason: string) {
    super();
    this.allowed = allowed;
    this.reason = reason;
  }

  override equals(other: CelOpaque): boolean {
    return other === this;
  }
}

function check({ by, asked }: CelCheck, verb: string): CelDecision {
  const nothing = { group: '', version: '', resource: '', subresource: '', namespace: '', name: '', path: '' };
  const { allowed, reason } = by.authorizer.authorize({
    ...nothing,
    isResourceRequest: asked.path === undefined,
    ...asked,
    user: by.user,
    verb,
  });
  return new CelDecision(allowed, reason);
}

function serviceAccount({ authorizer: by }: CelAuthorizer, namespace: string, name: string): CelAuthorizer {
  if (namespace === '' || name === '') throw new CelError('Invalid service account name');
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
  return new CelAuthorizer(by, { username: `system:serviceaccount:${namespace}:${name}`, groups });
}

const [authorizer, path, group, resource, decision] = [
  'Authorizer',
  'PathCheck',
  'GroupCheck',
  'ResourceCheck',
  'Decision',
].map((name) => `${prefix}${name}`);

export const authorization: readonly Overload[] = [
  overload(
    'path',
    `${authorizer}.(string) -> ${path}`,
    (by: CelAuthorizer, text: string) => new CelCheck('PathCheck', by, { path: text }),
  ),
  overload(
    'group',
    `${authorizer}.(string) -> ${group}`,
    (by: CelAuthorizer, name: string) => new CelCheck('GroupCheck', by, { group: name }),
  ),
  overload('serviceAccount', `${authorizer}.(string, string) -> ${authorizer}`, serviceAccount),
  overload('resource', `${group}.(string) -> ${resource}`, (one: CelCheck, name: string) =>
    one.with({ resource: name, version: '*' }),
  ),
  overload('subresource', `${resource}.(string) -> ${resource}`, (one: CelCheck, name: string) =>
    one.with({ subresource: name }),
  ),
  overload('namespace', `${resource}.(string) -> ${resource}`, (one: CelCheck, name: string) =>
    one.with({ namespace: name }),
  ),
  overload('name', `${resource}.(string) -> ${resource}`, (one: CelCheck, name: string) => one.with({ name })),
  overload('fieldSelector', `${resource}.(string) -> ${resource}`, (one: CelCheck, text: string) =>
    one.with({ fieldRequirements: readFieldSelector(text)?.requirements ?? [] }),
  ),
  overload('labelSelector', `${resource}.(string) -> ${resource}`, (one: CelCheck) => one),
  overload('check', `${path}.(string) -> ${decision}`, check),
  overload('check', `${resource}.(string) -> ${decision}`, check),
  overload('allowed', `${decision}.() -> bool`, ({ allowed }: CelDecision) => allowed),
  overload('reason', `${decision}.() -> string`, ({ reason }: CelDecision) => reason),
  overload('errored', `${decision}.() -> bool`, () => false),
  overload('error', `${decision}.() -> string`, () => ''),
];
