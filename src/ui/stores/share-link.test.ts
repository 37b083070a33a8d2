import { expect, it } from 'vitest';
import type { InputRecord } from '../../protocol/control.ts';
import { isShared, readShared, shareFragment } from './share-link.ts';

const settings = { seed: 'a', nodes: 3, hollow: false, latency: 'realistic' } as const;
const inputs: readonly InputRecord[] = [
  { atMs: 5, kind: 'request', method: 'POST', path: '/api/v1/namespaces', headers: {}, body: '{"größe":1}' },
  { atMs: 9, kind: 'control', command: { op: 'removeNode', name: 'node-1' } },
];

it('carries settings, inputs, time and files', async () => {
  const files = new Map([['web.yaml', 'kind: Pod\n']]);
  const fragment = await shareFragment({ settings, inputs, elapsedMs: 12, files, active: 'web.yaml' });
  expect(fragment).toMatch(/^#s=[\w-]+$/);
  expect(isShared(fragment)).toBe(true);
  expect(await readShared(fragment)).toEqual({
    settings,
    inputs,
    skipped: 0,
    elapsedMs: 12,
    files,
    tabs: { open: ['web.yaml'], active: 'web.yaml' },
    visited: true,
  });
});

it.each(['#s=', '#s=AAAA', '#s=%%'])('refuses %s', async (fragment) => {
  await expect(readShared(fragment)).rejects.toThrow();
});
