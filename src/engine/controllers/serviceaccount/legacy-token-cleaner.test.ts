import { expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import { legacyTokenFate } from './legacy-token-cleaner.ts';

const secretType = 'kubernetes.io/service-account-token';
const now = Date.parse('2024-01-05T12:00:00Z');
/** Days on either side of a year ago. */
const long = '2022-12-27';
const recent = '2023-01-06';

const account: corev1.ServiceAccount = {
  metadata: { name: 'default', uid: '12345' },
  secrets: [{ name: 'token-secret-1' }],
};
interface Row {
  readonly name: string;
  readonly lastUsed?: string;
  readonly invalidSince?: string;
  readonly created?: string;
  readonly accountUID?: string;
  readonly account?: corev1.ServiceAccount | undefined;
  readonly type?: string;
  readonly going?: boolean;
  readonly mounted?: readonly string[];
  readonly fate: string;
}
const secretOf = ({ lastUsed, invalidSince, created = long, accountUID = '12345', type = secretType, going }: Row) => ({
  metadata: {
    name: 'token-secret-1',
    creationTimestamp: `${created}T00:00:00Z`,
    ...(going ? { deletionTimestamp: `${recent}T00:00:00Z` } : {}),
    labels: {
      ...(lastUsed === undefined ? {} : { 'kubernetes.io/legacy-token-last-used': lastUsed }),
      ...(invalidSince === undefined ? {} : { 'kubernetes.io/legacy-token-invalid-since': invalidSince }),
    },
    annotations: { 'kubernetes.io/service-account.name': 'default', 'kubernetes.io/service-account.uid': accountUID },
  },
  type,
});

// Upstream: pkg/controller/serviceaccount/legacy_serviceaccount_token_cleaner_test.go TestLegacyServiceAccountTokenCleanUp (v1.36)
it.each<Row>([
  { name: 'secret is not SecretTypeServiceAccountToken type', type: 'Opaque', fate: 'keep' },
  { name: 'secret is not referenced by serviceaccount', account: { metadata: account.metadata }, fate: 'keep' },
  { name: 'auto-generated secret has a late creation time', created: recent, fate: 'keep' },
  { name: 'auto-generated secret has a deletion time', going: true, fate: 'keep' },
  { name: 'auto-generated secret has a late last-used time', lastUsed: recent, fate: 'keep' },
  { name: 'last-used label can not be parsed', lastUsed: '2022-12-27-1', fate: 'keep' },
  { name: 'secret-referenced service account does not exist', account: undefined, fate: 'keep' },
  { name: 'secret-referenced service account uid does not match', accountUID: '123456', fate: 'keep' },
  { name: 'no last-used label, has not been marked as invalid', fate: 'invalidate' },
  { name: 'invalid_since label can not be parsed', invalidSince: '2022-12-29-1', fate: 'invalidate' },
  { name: 'time period since invalid is less than CleanUpPeriod', invalidSince: recent, fate: 'keep' },
  { name: 'time period since invalid is larger than CleanUpPeriod', invalidSince: long, fate: 'delete' },
  { name: 'auto-generated secret is mounted by the pod', mounted: ['token-secret-1'], fate: 'keep' },
  { name: 'long unused, has not been marked as invalid', lastUsed: long, fate: 'invalidate' },
  { name: 'long unused, has long been marked as invalid', lastUsed: long, invalidSince: long, fate: 'delete' },
])('legacyTokenFate: $name', (row) => {
  const found = 'account' in row ? row.account : account;
  expect(legacyTokenFate(secretOf(row), found, () => row.mounted ?? [], now)).toBe(row.fate);
});
