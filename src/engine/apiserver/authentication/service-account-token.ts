/**
 * Tokens of service accounts: JSON web tokens, signed with ES256; whoever has the published key can verify them.
 * Upstream: pkg/serviceaccount/jwt.go, claims.go (v1.36)
 */
import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type * as corev1 from '../../../api/core/v1.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import type { UserInfo } from '../../../protocol/rest.ts';
import type { Random } from '../../sim/random.ts';
import { fromBase64Url, toBase64Url } from '../codec/base64.ts';
import type { ObjectReader } from '../registry/strategy-context.ts';

const issuer = 'https://kubernetes.default.svc.cluster.local';

/** Who tokens are for when nobody else is named. */
export const defaultAudiences: readonly string[] = [issuer];

/** What a token says of its account. */
export interface TokenClaims {
  readonly account: corev1.ServiceAccount;
  readonly audiences: readonly string[];
  readonly expiresInSeconds: number;
  /** The pod, secret or node whose end is the token's end. */
  readonly bound?: { readonly kind: 'Pod' | 'Secret' | 'Node'; readonly object: KubernetesObject };
  /** The node that the pod runs on. */
  readonly node?: KubernetesObject | undefined;
}

/** The secret that holds a token without end, and its account. */
export interface SecretToken {
  readonly namespace: string;
  readonly secretName: string;
  readonly account: { readonly name: string; readonly uid: string };
}

const legacy = 'kubernetes.io/serviceaccount/';
const legacyIssuer = 'kubernetes/serviceaccount';
const invalidSinceLabel = 'kubernetes.io/legacy-token-invalid-since';

interface Payload {
  readonly 'kubernetes.io/serviceaccount/namespace'?: string;
  readonly 'kubernetes.io/serviceaccount/secret.name'?: string;
  readonly 'kubernetes.io/serviceaccount/service-account.name'?: string;
  readonly 'kubernetes.io/serviceaccount/service-account.uid'?: string;
  readonly aud?: readonly string[];
  readonly exp?: number;
  readonly iss?: string;
  readonly sub?: string;
  readonly jti?: string;
  readonly 'kubernetes.io'?: {
    readonly namespace: string;
    readonly serviceaccount: { readonly name: string; readonly uid: string };
    readonly pod?: { readonly name: string; readonly uid: string };
    readonly secret?: { readonly name: string; readonly uid: string };
    readonly node?: { readonly name: string; readonly uid: string };
  };
}

const encoder = new TextEncoder();
const json = (value: object): string => toBase64Url(encoder.encode(JSON.stringify(value)));
const reference = ({ metadata }: KubernetesObject) => ({ name: metadata.name ?? '', uid: metadata.uid ?? '' });

/** Issues and checks tokens of one cluster. */
export class ServiceAccountTokens {
  readonly #secretKey: Uint8Array;
  #publicKeyMade: Uint8Array | undefined;
  readonly #random: Random;
  readonly #objects: ObjectReader;
  readonly #now: () => number;
  readonly #checked = new Map<string, Payload>();
  /** Hears of the use of tokens that are kept in secrets. */
  onSecretTokenUsed: ((secret: corev1.Secret) => void) | undefined;

  /** `now` gives ms since the Unix epoch. */
  constructor(random: Random, objects: ObjectReader, now: () => number) {
    this.#secretKey = p256.utils.randomSecretKey(random.bytes(p256.lengths.seed ?? 48));
    this.#random = random;
    this.#objects = objects;
    this.#now = now;
  }

  /** Made when first asked for: it takes longer than the rest of a server's start. */
  get #publicKey(): Uint8Array {
    this.#publicKeyMade ??= p256.getPublicKey(this.#secretKey, false);
    return this.#publicKeyMade;
  }
  get #keyId(): string {
    return toBase64Url(sha256(this.#publicKey));
  }

  /** Makes a token; it is signed when it is asked for, as signing costs more than all the rest and most tokens are never used. */
  issue({ account, audiences, expiresInSeconds, bound, node }: TokenClaims): () => string {
    const seconds = Math.floor(this.#now() / 1000);
    const { namespace = '' } = account.metadata;
    const payload = {
      aud: audiences,
      exp: seconds + expiresInSeconds,
      iat: seconds,
      iss: issuer,
      jti: this.#random.uid(),
      'kubernetes.io': {
        namespace,
        ...(node ? { node: reference(node) } : {}),
        ...(bound ? { [bound.kind.toLowerCase()]: reference(bound.object) } : {}),
        serviceaccount: reference(account),
      },
      nbf: seconds,
      sub: `system:serviceaccount:${namespace}:${account.metadata.name ?? ''}`,
    };
    let token: string | undefined;
    return () => (token ??= this.#sign(json(payload)));
  }

  /** Makes a token that holds as long as the secret it is kept in. Upstream: pkg/serviceaccount/legacy.go LegacyClaims (v1.36) */
  issueForSecret({ namespace, secretName, account }: SecretToken): string {
    return this.#sign(
      json({
        iss: legacyIssuer,
        [`${legacy}namespace`]: namespace,
        [`${legacy}secret.name`]: secretName,
        [`${legacy}service-account.name`]: account.name,
        [`${legacy}service-account.uid`]: account.uid,
        sub: `system:serviceaccount:${namespace}:${account.name}`,
      }),
    );
  }

  #sign(body: string): string {
    const signed = `${json({ alg: 'ES256', kid: this.#keyId })}.${body}`;
    return `${signed}.${toBase64Url(p256.sign(encoder.encode(signed), this.#secretKey))}`;
  }

  /** Who the token is of; undefined when it is not valid, not for any of the audiences, expired, or its account or object is gone. */
  authenticate(
    token: string,
    audiences: readonly string[] = defaultAudiences,
  ): { readonly user: UserInfo; readonly audiences: readonly string[] } | undefined {
    const payload = this.#payload(token);
    if (payload?.iss === legacyIssuer) return this.#authenticateLegacy(token, payload, audiences);
    const claims = payload?.['kubernetes.io'];
    if (!payload || !claims || (payload.exp ?? 0) * 1000 <= this.#now()) return undefined;
    const common = (payload.aud ?? []).filter((audience) => audiences.includes(audience));
    if (common.length === 0 || !this.#stillThere(claims)) return undefined;
    return { user: userOf(claims, payload.jti), audiences: common };
  }

  /** Upstream: pkg/serviceaccount/legacy.go legacyValidator */
  #authenticateLegacy(
    token: string,
    payload: Payload,
    audiences: readonly string[],
  ): { readonly user: UserInfo; readonly audiences: readonly string[] } | undefined {
    const namespace = payload[`${legacy}namespace`] ?? '';
    const name = payload[`${legacy}service-account.name`] ?? '';
    const uid = payload[`${legacy}service-account.uid`] ?? '';
    const secretName = payload[`${legacy}secret.name`] ?? '';
    const secret = this.#objects.get<corev1.Secret>('', 'secrets', namespace, secretName);
    const account = this.#objects.get<corev1.ServiceAccount>('', 'serviceaccounts', namespace, name);
    const isKept = secret?.data?.['token'] === btoa(token) && secret.metadata.deletionTimestamp === undefined;
    const isThere = account?.metadata.uid === uid && account.metadata.deletionTimestamp === undefined;
    if (!secret || !isKept || !isThere) return undefined;
    this.onSecretTokenUsed?.(secret);
    if (secret.metadata.labels?.[invalidSinceLabel]) return undefined;
    const common = defaultAudiences.filter((audience) => audiences.includes(audience));
    if (common.length === 0) return undefined;
    return { user: userOf({ namespace, serviceaccount: { name, uid } }, undefined), audiences: common };
  }

  /** The published key, for `/openid/v1/jwks`. */
  jwks(): object {
    const { x, y } = { x: this.#publicKey.subarray(1, 33), y: this.#publicKey.subarray(33) };
    return {
      keys: [
        { use: 'sig', kty: 'EC', kid: this.#keyId, crv: 'P-256', alg: 'ES256', x: toBase64Url(x), y: toBase64Url(y) },
      ],
    };
  }

  #payload(token: string): Payload | undefined {
    const known = this.#checked.get(token);
    if (known) return known;
    const [head = '', body = '', signature = '', ...rest] = token.split('.');
    if (rest.length > 0 || signature === '') return undefined;
    const bytes = fromBase64Url(signature);
    const text = fromBase64Url(body);
    if (typeof bytes === 'number' || typeof text === 'number' || bytes.length !== 64) return undefined;
    if (!p256.verify(bytes, encoder.encode(`${head}.${body}`), this.#publicKey)) return undefined;
    const payload = JSON.parse(new TextDecoder().decode(text)) as Payload;
    if (this.#checked.size > 1000) this.#checked.clear();
    this.#checked.set(token, payload);
    return payload;
  }

  #stillThere({ namespace, serviceaccount, pod, secret, node }: NonNullable<Payload['kubernetes.io']>): boolean {
    const same = (
      resource: string,
      ns: string,
      ref: { readonly name: string; readonly uid: string } | undefined,
    ): boolean => ref === undefined || this.#objects.get('', resource, ns, ref.name)?.metadata.uid === ref.uid;
    return (
      same('serviceaccounts', namespace, serviceaccount) &&
      same('pods', namespace, pod) &&
      same('secrets', namespace, secret) &&
      (pod !== undefined || same('nodes', '', node))
    );
  }
}

function userOf(
  { namespace, serviceaccount, pod, node }: NonNullable<Payload['kubernetes.io']>,
  tokenId: string | undefined,
): UserInfo {
  const extra: Record<string, string[]> =
    tokenId === undefined ? {} : { 'authentication.kubernetes.io/credential-id': [`JTI=${tokenId}`] };
  if (node) {
    extra['authentication.kubernetes.io/node-name'] = [node.name];
    extra['authentication.kubernetes.io/node-uid'] = [node.uid];
  }
  if (pod) {
    extra['authentication.kubernetes.io/pod-name'] = [pod.name];
    extra['authentication.kubernetes.io/pod-uid'] = [pod.uid];
  }
  return {
    username: `system:serviceaccount:${namespace}:${serviceaccount.name}`,
    uid: serviceaccount.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    extra,
  };
}
