import { expect, it } from 'vitest';
import { QueryValues } from '../request-info.ts';
import { healthText } from './health.ts';

const text = (path: string, query = ''): string | undefined => healthText(path, new QueryValues(query));

it.each([
  ['/healthz', 'ok'],
  ['/livez/ping', 'ok'],
  ['/readyz/poststarthook/rbac/bootstrap-roles', 'ok'],
  ['/readyz/loopback-serving-certificate', undefined],
  ['/readyz/nope', undefined],
  ['/healthz/', undefined],
  ['/health', undefined],
])('%s', (path, expected) => {
  expect(text(path)).toBe(expected);
});

it('lists the checks, and says which it was not to make', () => {
  const lines = text('/readyz', 'verbose&exclude=etcd&exclude=nope')?.split('\n') ?? [];
  expect(lines.slice(0, 4)).toEqual(['[+]ping ok', '[+]log ok', '[+]etcd excluded: ok', '[+]etcd-readiness ok']);
  expect(lines.slice(-4)).toEqual([
    '[+]shutdown ok',
    'warn: some health checks cannot be excluded: no matches for "nope"',
    'readyz check passed',
    '',
  ]);
});
