import { expect, it } from 'vitest';
import type { RequestContext } from './request-context.ts';
import { timeoutOf } from './request-deadline.ts';
import { requestInfo, splitPath } from './request-info.ts';

const contextOf = (target: string): RequestContext => {
  const { path, query } = splitPath(target);
  const info = requestInfo('GET', path, query);
  const request = { method: 'GET', path: target, headers: {} };
  return { request, info, query, user: { username: 'a', groups: [] }, internal: false, warnings: new Set() };
};

it.each([
  { target: '/api/v1/pods', ms: 60_000 },
  { target: '/api/v1/pods?timeout=5s', ms: 5000 },
  { target: '/api/v1/pods?timeout=0s', ms: 60_000 },
  { target: '/api/v1/pods?timeout=2h', ms: 60_000 },
  { target: '/api/v1/pods?watch=true&timeout=nonsense', ms: undefined },
  { target: '/api/v1/namespaces/a/pods/b/log?timeout=1s', ms: undefined },
  { target: '/api/v1/namespaces/a/pods/b/exec', ms: undefined },
])('$target may take $ms ms', ({ target, ms }) => {
  expect(timeoutOf(contextOf(target))).toBe(ms);
});

it('refuses a time that is none', () => {
  expect(() => timeoutOf(contextOf('/api/v1/pods?timeout=soon'))).toThrow(
    'invalid timeout specified in the request URL - time: invalid duration "soon"',
  );
});
