/**
 * Tokens of service accounts: JSON web tokens, signed with ES256; whoever has the published key can verify them.
 * Upstream: pkg/serviceaccount/jwt.go, claims.go (v1.36)
 */
import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type * as corev1 from '../../../api/core/v1.ts';
import { quote } from '../../../apimachinery/go-format.ts';
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

/** Whom a token speaks for, and to whom. */
export interface TokenOwner {
  readonly user: UserInfo;
  readonly audiences: readonly string[];
}

interface Reference {
  readonly name: string;
  readonly uid: string;
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
  authenticate(token: string, audiences: readonly string[] = defaultAudiences): TokenOwner | undefined {
    const found = this.review(token, audiences);
    return typeof found === 'object' ? found : undefined;
  }

  /** As `authenticate`, with the words of what is wrong; undefined for what is no token of this cluster. Upstream: pkg/serviceaccount/jwt.go AuthenticateToken */
  review(token: string, audiences: readonly string[]): TokenOwner | string | undefined {
    const payload = this.#payload(token);
    if (typeof payload !== 'object') return payload;
    const own = payload.iss === legacyIssuer ? defaultAudiences : (payload.aud ?? []);
    const common = own.filter((audience) => audiences.includes(audience));
    if (common.length === 0) {
      const [has, wanted] = [own, audiences].map((list) => `[${list.map(quote).join(' ')}]`);
      return `token audiences ${has ?? ''} is invalid for the target audiences ${wanted ?? ''}`;
    }
    const user = payload.iss === legacyIssuer ? this.#legacyUser(token, payload) : this.#user(payload);
    return typeof user === 'string' ? user : { user, audiences: common };
  }

  /** Upstream: pkg/serviceaccount/claims.go Validate */
  #user(payload: Payload): UserInfo | string {
    const claims = payload['kubernetes.io'];
    if (!claims) return 'service account token claims could not be validated due to unexpected validation error';
    if ((payload.exp ?? 0) * 1000 <= this.#now()) return 'service account token has expired';
    return this.#goneError(claims) ?? userOf(claims, payload.jti);
  }

  /** Upstream: pkg/serviceaccount/legacy.go legacyValidator */
  #legacyUser(token: string, payload: Payload): UserInfo | string {
    const namespace = payload[`${legacy}namespace`] ?? '';
    const name = payload[`${legacy}service-account.name`] ?? '';
    const uid = payload[`${legacy}service-account.uid`] ?? '';
    const secretName = payload[`${legacy}secret.name`] ?? '';
    const secret = this.#objects.get<corev1.Secret>('', 'secrets', namespace, secretName);
    if (!secret || secret.metadata.deletionTimestamp !== undefined) return 'Token has been invalidated';
    if (secret.data?.['token'] !== btoa(token)) return "Token does not match server's copy";
    const account = this.#objects.get<corev1.ServiceAccount>('', 'serviceaccounts', namespace, name);
    if (!account) return `serviceaccounts ${quote(name)} not found`;
    if (account.metadata.deletionTimestamp !== undefined) return `ServiceAccount ${namespace}/${name} has been deleted`;
    if (account.metadata.uid !== uid) {
      return `ServiceAccount UID (${account.metadata.uid ?? ''}) does not match claim (${uid})`;
    }
    this.onSecretTokenUsed?.(secret);
    if (secret.metadata.labels?.[invalidSinceLabel]) {
      const cure = `Use tokens from the TokenRequest API or manually created secret-based tokens, or remove the '${invalidSinceLabel}' label from the secret to temporarily allow use of this token`;
      return `the token in secret ${namespace}/${secretName} for service account ${namespace}/${name} has been marked invalid. ${cure}`;
    }
    return userOf({ namespace, serviceaccount: { name, uid } }, undefined);
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

  /** What a token says; words when its signature is wrong. */
  #payload(token: string): Payload | string | undefined {
    const known = this.#checked.get(token);
    if (known) return known;
    const [head = '', body = '', signature = '', ...rest] = token.split('.');
    if (rest.length > 0 || signature === '') return undefined;
    const bytes = fromBase64Url(signature);
    const text = fromBase64Url(body);
    if (typeof bytes === 'number' || typeof text === 'number' || bytes.length !== 64) return undefined;
    const payload = payloadOf(text);
    if (payload?.iss !== issuer && payload?.iss !== legacyIssuer) return undefined;
    if (!p256.verify(bytes, encoder.encode(`${head}.${body}`), this.#publicKey)) {
      return 'go-jose/go-jose: error in cryptographic primitive';
    }
    if (this.#checked.size > 1000) this.#checked.clear();
    this.#checked.set(token, payload);
    return payload;
  }

  /** Why a token is worth nothing any more; undefined while all that it names is there. */
  #goneError(claims: NonNullable<Payload['kubernetes.io']>): string | undefined {
    const { namespace, serviceaccount, pod, secret, node } = claims;
    const account = this.#objects.get('', 'serviceaccounts', namespace, serviceaccount.name);
    if (!account) return `serviceaccounts ${quote(serviceaccount.name)} not found`;
    if (account.metadata.uid !== serviceaccount.uid) {
      return `service account UID (${account.metadata.uid ?? ''}) does not match claim (${serviceaccount.uid})`;
    }
    return (
      this.#unboundError('secret', namespace, secret) ??
      this.#unboundError('pod', namespace, pod) ??
      (pod ? undefined : this.#unboundError('node', '', node))
    );
  }

  #unboundError(kind: 'secret' | 'pod' | 'node', namespace: string, ref: Reference | undefined): string | undefined {
    if (!ref) return undefined;
    const object = this.#objects.get('', `${kind}s`, namespace, ref.name);
    if (!object) return 'service account token has been invalidated';
    const { uid = '' } = object.metadata;
    if (uid === ref.uid) return undefined;
    return `${kind} UID (${uid}) does not match service account ${kind} ref claim (${ref.uid})`;
  }
}

function payloadOf(bytes: Uint8Array): Payload | undefined {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Payload;
  } catch {
    return undefined;
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
