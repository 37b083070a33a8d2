/** Who asks: the transport's peer, a bearer token, or nobody known. Upstream: pkg/kubeapiserver/authenticator (v1.36) */
import { newUnauthorized } from '../../../apimachinery/status-error.ts';
import type { ApiRequest, UserInfo } from '../../../protocol/rest.ts';
import { defaultAudiences, type ServiceAccountTokens, type TokenOwner } from './service-account-token.ts';

const invalidToken = 'invalid bearer token';
const authenticated = 'system:authenticated';
const anonymous: UserInfo = { username: 'system:anonymous', groups: ['system:unauthenticated'] };

const complete = (user: UserInfo): UserInfo =>
  user.groups.includes(authenticated) || user.groups.includes('system:unauthenticated')
    ? user
    : { ...user, groups: [...user.groups, authenticated] };

export interface AuthenticatorOptions {
  readonly tokens: ReadonlyMap<string, UserInfo>;
  readonly accounts: ServiceAccountTokens;
  readonly anonymous: boolean;
}

export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #peers = new WeakMap<UserInfo, UserInfo>();

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /** @throws StatusError Unauthorized */
  authenticate({ peer, headers }: ApiRequest): UserInfo {
    const token = bearerToken(headers['authorization']);
    if (token !== undefined) {
      const user = this.userOfToken(token);
      if (!user) throw newUnauthorized('Unauthorized');
      return user;
    }
    if (peer) return this.#peer(peer);
    if (!this.#options.anonymous) throw newUnauthorized('Unauthorized');
    return anonymous;
  }

  /** Who a token is of, for the API server itself; undefined when it is not valid. */
  userOfToken(token: string): UserInfo | undefined {
    const known = this.#options.tokens.get(token);
    return known ? complete(known) : this.#options.accounts.authenticate(token)?.user;
  }

  /** As `userOfToken`, for the given audiences; the words of a refusal when it is not valid. */
  reviewToken(token: string, audiences: readonly string[]): TokenOwner | string {
    const known = this.#options.tokens.get(token);
    if (!known) {
      const found = this.#options.accounts.review(token, audiences);
      if (typeof found === 'object') return found;
      return found === undefined ? invalidToken : `[${invalidToken}, ${found}]`;
    }
    const common = defaultAudiences.filter((audience) => audiences.includes(audience));
    return common.length === 0 ? invalidToken : { user: complete(known), audiences: common };
  }

  #peer(peer: UserInfo): UserInfo {
    let user = this.#peers.get(peer);
    if (!user) this.#peers.set(peer, (user = complete(peer)));
    return user;
  }
}

/** The token of an Authorization header; undefined when it holds none. */
function bearerToken(header: string | undefined): string | undefined {
  const parts = header?.split(' ') ?? [];
  const [scheme = '', token = ''] = parts;
  return scheme.toLowerCase() === 'bearer' && token.trim() !== '' ? token.trim() : undefined;
}
