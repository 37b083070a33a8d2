import { expect, it } from 'vitest';
import { TestHost } from './testing.ts';

it('creates, reads, patches, lists and deletes flunders', () => {
  const host = new TestHost();
  host.start('registry.k8s.io/e2e-test-images/sample-apiserver:1.29.2', 'wardle');
  const client = host.start('curlimages/curl', 'client', { command: ['sleep', '3600'] });
  host.advance(100);
  const base = 'https://wardle/apis/wardle.example.com/v1alpha1/namespaces/a/flunders';
  const ask = (words: string) => JSON.parse(client.sh(`curl -sk ${words}`).stdout) as Record<string, unknown>;
  const code = (words: string) => client.sh(`curl -sk -o /dev/null -w "%{http_code}" ${words}`).stdout;
  const flunder = '{"metadata":{"name":"f","labels":{"l":"1"}},"spec":{"reference":"x"}}';
  expect(code(`-X POST -d '${flunder}' ${base}`)).toBe('201');
  expect(ask(`-X POST -d '${flunder}' ${base}`)).toMatchObject({ reason: 'AlreadyExists' });
  const patched = ask(
    `-X PATCH -H 'Content-Type: application/merge-patch+json' -d '{"spec":{"reference":"y"}}' ${base}/f`,
  );
  expect(patched).toMatchObject({ kind: 'Flunder', metadata: { name: 'f', namespace: 'a' }, spec: { reference: 'y' } });
  expect((ask(`${base}?labelSelector=l%3D1`)['items'] as unknown[]).length).toBe(1);
  expect((ask(`${base}?labelSelector=l%3D2`)['items'] as unknown[]).length).toBe(0);
  expect(code(`-X DELETE ${base}/f`)).toBe('200');
  expect(ask(`${base}/f`)).toMatchObject({ code: 404, message: 'flunders.wardle.example.com "f" not found' });
  const { resources } = ask('https://wardle/apis/wardle.example.com/v1alpha1');
  expect((resources as { name: string }[]).map(({ name }) => name)).toEqual(['fischers', 'flunders']);
});
