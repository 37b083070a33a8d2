import { expect, it } from 'vitest';
import { rewriteHtml, rewriteUrl } from './rewrite-links.ts';

const place = { host: '10.244.1.2:80', prefix: '/api/v1/namespaces/a/services/web/proxy' };

it.each([
  ['/x?y=1#z', `${place.prefix}/x?y=1#z`],
  ['x', 'x'],
  ['../x', '../x'],
  ['http://10.244.1.2:80/x', `${place.prefix}/x`],
  ['http://example.com/x', 'http://example.com/x'],
  [`${place.prefix}/x`, `${place.prefix}/x`],
])('%s leads to %s', (url, expected) => {
  expect(rewriteUrl(url, place)).toBe(expected);
});

it.each([
  ['<a href="/x">t</a>', `<a href="${place.prefix}/x">t</a>`],
  ["<img class='/x' src='/x' alt=y>", `<img class='/x' src='${place.prefix}/x' alt=y>`],
  ['<p title="/x">/x</p>', '<p title="/x">/x</p>'],
])('%s becomes %s', (page, expected) => {
  expect(rewriteHtml(page, place)).toBe(expected);
});
