import type { ObjectReader } from '../registry/strategy-context.ts';
import type { AuthorizationAttributes, Authorizer, Decision } from './attributes.ts';
import { NodeAuthorizer } from './node.ts';
import { RbacAuthorizer } from './rbac.ts';

const masters = 'system:masters';

/** Superusers, then nodes, then roles. Upstream: pkg/kubeapiserver/authorizer with `Node,RBAC` (v1.36) */
export class AuthorizerChain implements Authorizer {
  readonly rbac: RbacAuthorizer;
  readonly #node: NodeAuthorizer;

  constructor(objects: ObjectReader) {
    this.rbac = new RbacAuthorizer(objects);
    this.#node = new NodeAuthorizer(objects);
  }

  authorize(attributes: AuthorizationAttributes): Decision {
    if (attributes.user.groups.includes(masters)) return superuser;
    const byNode = this.#node.authorize(attributes);
    if (byNode.allowed) return byNode;
    const byRole = this.rbac.authorize(attributes);
    if (byRole.allowed || byNode.reason === '') return byRole;
    return { allowed: false, reason: byRole.reason === '' ? byNode.reason : `${byNode.reason}\n${byRole.reason}` };
  }
}

const superuser: Decision = Object.freeze({ allowed: true, reason: '' });
