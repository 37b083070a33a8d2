import { describe, expect, it } from 'vitest';
import { accepts, extractHost, makeRegexpArray, stripLeaveSlash } from './request-filter.ts';

const defaults = {
  acceptPaths: makeRegexpArray('^.*'),
  rejectPaths: makeRegexpArray('^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach'),
  acceptHosts: makeRegexpArray('^localhost$,^127\\.0\\.0\\.1$,^\\[::1\\]$'),
  rejectMethods: makeRegexpArray('^$'),
};

describe('accepts', () => {
  it.each([
    { method: 'GET', path: '/', host: '127.0.0.1', expected: true },
    { method: 'POST', path: '/api/v1/namespaces/default/pods', host: 'localhost', expected: true },
    { method: 'GET', path: '/ui', host: 'example.com', expected: false },
    { method: 'GET', path: '/api/v1/namespaces/a/pods/b/exec', host: 'localhost', expected: false },
    { method: 'GET', path: '/api/v1/namespaces/a/pods/b/attach', host: 'localhost', expected: false },
    { method: 'GET', path: '/', host: 'localhost.evil.example', expected: false },
  ])('$method $path of $host', ({ method, path, host, expected }) => {
    expect(accepts(defaults, method, path, host)).toBe(expected);
  });
  it('rejects methods', () => {
    const filter = { ...defaults, rejectMethods: makeRegexpArray('POST,PUT') };
    expect([accepts(filter, 'PUT', '/', 'localhost'), accepts(filter, 'GET', '/', 'localhost')]).toEqual([false, true]);
  });
});

it.each([
  ['localhost:8085', 'localhost'],
  ['marmalade', 'marmalade'],
  ['127.0.0.1:9443', '127.0.0.1'],
  ['[::1]:8001', '::1'],
  ['[::1]', '[::1]'],
])('the host of %s', (header, host) => expect(extractHost(header)).toBe(host));

it.each([
  ['/', '/api/v1/pods', '/api/v1/pods'],
  ['/custom/', '/custom/api/v1/pods', '/api/v1/pods'],
  ['/custom/', '/api/v1/pods', undefined],
  ['/api/', '/api/v1/pods', '/api/v1/pods'],
  ['/api/', '/apis', undefined],
])('behind %s, %s', (prefix, path, expected) => expect(stripLeaveSlash(prefix, path)).toBe(expected));
