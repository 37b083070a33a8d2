import { expect, it } from 'vitest';
import { configMaps, secrets, serviceAccounts } from '../../../src/api/resources.ts';
import { legacyTokenCleaner } from '../../../src/engine/controllers/serviceaccount/legacy-token-cleaner.ts';
import { ControlPlane } from './control-plane.ts';

const day = 86_400_000;

it('after a year, marks a token that nobody used and removes one that was marked long ago', () => {
  const plane = new ControlPlane({ only: [legacyTokenCleaner] });
  const today = () => new Date(plane.sim.now()).toISOString().slice(0, 10);
  const tracking = plane.get(configMaps, 'kube-apiserver-legacy-service-account-token-tracking', 'kube-system');
  expect(tracking.data).toEqual({ since: today() });
  const names = ['unused', 'marked'];
  const metadata = { name: 'old', namespace: 'default' };
  const account = plane.create(serviceAccounts, { metadata, secrets: names.map((name) => ({ name })) });
  const annotations = {
    'kubernetes.io/service-account.name': 'old',
    'kubernetes.io/service-account.uid': account.metadata.uid ?? '',
  };
  const label = 'kubernetes.io/legacy-token-invalid-since';
  for (const name of names) {
    const labels: Record<string, string> = name === 'marked' ? { [label]: '2020-01-01' } : {};
    const secret = { name, namespace: 'default', annotations, labels };
    plane.create(secrets, { metadata: secret, type: 'kubernetes.io/service-account-token' });
  }
  plane.advance(365 * day);
  expect(names.map((name) => plane.find(secrets, name)?.metadata.labels?.[label])).toEqual([undefined, '2020-01-01']);
  plane.advance(day);
  expect(names.map((name) => plane.find(secrets, name)?.metadata.labels?.[label])).toEqual([today(), undefined]);
  expect(plane.problems).toEqual([]);
  plane.stop();
});
