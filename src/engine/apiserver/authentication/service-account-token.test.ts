import { beforeEach, describe, expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import { Random } from '../../sim/random.ts';
import { defaultAudiences, ServiceAccountTokens } from './service-account-token.ts';

const objects = new Map<string, KubernetesObject>();
const reader = {
  get: <T extends KubernetesObject>(_: string, resource: string, namespace: string, name: string) =>
    objects.get(`${resource}/${namespace}/${name}`) as T | undefined,
  list: () => [],
};
const account = { metadata: { name: 'a', namespace: 'ns', uid: '1' } };
const pod = { metadata: { name: 'p', namespace: 'ns', uid: '2' } } as corev1.Pod;
let nowMs = 0;
let tokens = new ServiceAccountTokens(new Random('t'), reader, () => nowMs);

beforeEach(() => {
  nowMs = 1_000_000;
  objects.clear();
  objects.set('serviceaccounts/ns/a', account);
  objects.set('pods/ns/p', pod);
  tokens = new ServiceAccountTokens(new Random('t'), reader, () => nowMs);
});

const issue = (bound?: { readonly kind: 'Pod'; readonly object: KubernetesObject }) =>
  tokens.issue({ account, audiences: ['x', 'y'], expiresInSeconds: 600, ...(bound ? { bound } : {}) })();

describe('a token', () => {
  it('is of its account, for the audiences that are asked', () => {
    const found = tokens.authenticate(issue(), ['y', 'z']);
    expect(found?.audiences).toEqual(['y']);
    expect(found?.user).toMatchObject({ username: 'system:serviceaccount:ns:a', uid: '1' });
  });

  it.each<[string, () => unknown, string]>([
    ['expired', () => (nowMs += 600_000), 'service account token has expired'],
    ['the account is gone', () => objects.delete('serviceaccounts/ns/a'), 'serviceaccounts "a" not found'],
    [
      'another account of the name',
      () => objects.set('serviceaccounts/ns/a', { metadata: { ...account.metadata, uid: '9' } }),
      'service account UID (9) does not match claim (1)',
    ],
    ['the pod is gone', () => objects.delete('pods/ns/p'), 'service account token has been invalidated'],
    [
      'another pod of the name',
      () => objects.set('pods/ns/p', { metadata: { ...pod.metadata, uid: '8' } }),
      'pod UID (8) does not match service account pod ref claim (2)',
    ],
  ])('is refused: %s', (_, change, why) => {
    const token = issue({ kind: 'Pod', object: pod });
    expect(tokens.review(token, ['x'])).toMatchObject({ audiences: ['x'] });
    change();
    expect(tokens.review(token, ['x'])).toBe(why);
    expect(tokens.authenticate(token, ['x'])).toBeUndefined();
  });

  it('is refused for other audiences, with a false signature, and unless it is one', () => {
    const token = issue();
    expect(tokens.review(token, ['z'])).toBe('token audiences ["x" "y"] is invalid for the target audiences ["z"]');
    const [head = '', body = ''] = token.split('.');
    const forged = `${head}.${body}.${'A'.repeat(86)}`;
    expect(tokens.review(forged, ['x'])).toBe('go-jose/go-jose: error in cryptographic primitive');
    expect(tokens.review(`${head}.${body}`, ['x'])).toBeUndefined();
    expect(tokens.review('a.b.c', ['x'])).toBeUndefined();
  });
});

describe('a token of a secret', () => {
  const secretOf = (token: string, labels: Record<string, string> = {}): KubernetesObject =>
    ({ metadata: { name: 's', namespace: 'ns', labels }, data: { token: btoa(token) } }) as KubernetesObject;
  const made = () => tokens.issueForSecret({ namespace: 'ns', secretName: 's', account: { name: 'a', uid: '1' } });

  it('holds as long as its secret does, and tells that it is used', () => {
    const token = made();
    let used = 0;
    tokens.onSecretTokenUsed = () => used++;
    expect(tokens.review(token, defaultAudiences)).toBe('Token has been invalidated');
    objects.set('secrets/ns/s', secretOf('other'));
    expect(tokens.review(token, defaultAudiences)).toBe("Token does not match server's copy");
    objects.set('secrets/ns/s', secretOf(token));
    expect(tokens.authenticate(token)?.user.username).toBe('system:serviceaccount:ns:a');
    objects.set('secrets/ns/s', secretOf(token, { 'kubernetes.io/legacy-token-invalid-since': '2024-01-01' }));
    expect(tokens.authenticate(token)).toBeUndefined();
    expect(used).toBe(2);
  });
});
