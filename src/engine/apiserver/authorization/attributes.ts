import type { FieldRequirement } from '../../../apimachinery/fields.ts';
import type { UserInfo } from '../../../protocol/rest.ts';

/** What is asked to be allowed. */
export interface AuthorizationAttributes {
  readonly user: UserInfo;
  readonly verb: string;
  readonly isResourceRequest: boolean;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** For other paths. */
  readonly path: string;
  /** What a list, watch or deletion of many is narrowed to, as far as it could be read. */
  readonly fieldRequirements?: readonly FieldRequirement[];
}

export interface Decision {
  readonly allowed: boolean;
  readonly denied?: boolean;
  readonly reason: string;
}

/** One authorizer of the chain: allows, or has no opinion. */
export interface Authorizer {
  authorize(attributes: AuthorizationAttributes): Decision;
}
