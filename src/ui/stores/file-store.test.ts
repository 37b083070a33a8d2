import { expect, it } from 'vitest';
import {
  closeFile,
  createFile,
  createFileStore,
  nameProblem,
  removeFile,
  renameFile,
  replaceFiles,
  writeFile,
} from './file-store.ts';
import { defaultSettings, readSettings } from './settings-store.ts';

it('gives each new file a free name and opens it', () => {
  const store = createFileStore();
  expect([createFile(store, 'web.yaml', 'a'), createFile(store, 'web.yaml', 'b')]).toEqual(['web.yaml', 'web-2.yaml']);
  expect(store.getState()).toMatchObject({ open: ['web.yaml', 'web-2.yaml'], active: 'web-2.yaml' });
});

it('closes, renames and removes', () => {
  const store = createFileStore();
  for (const name of ['a', 'b', 'c']) createFile(store, name, name);
  closeFile(store, 'c');
  expect(store.getState().active).toBe('b');
  renameFile(store, 'b', 'd');
  expect(store.getState()).toMatchObject({ open: ['a', 'd'], active: 'd' });
  expect([...store.getState().files.keys()]).toEqual(['a', 'd', 'c']);
  removeFile(store, 'd');
  expect(store.getState()).toMatchObject({ open: ['a'], active: 'a' });
});

it('does not change what is written again', () => {
  const store = createFileStore();
  createFile(store, 'a', 'text');
  const before = store.getState();
  writeFile(store, 'a', 'text');
  expect(store.getState()).toBe(before);
});

it('takes over what the terminal did', () => {
  const store = createFileStore();
  createFile(store, 'a', '1');
  createFile(store, 'b', '2');
  replaceFiles(store, new Map([['a', '3']]));
  expect(store.getState()).toMatchObject({ open: ['a'], active: 'a' });
});

it.each([
  ['', 'A file needs a name.'],
  ['../x', 'Use a plain name, or folder/name.'],
  ['/x', 'Use a plain name, or folder/name.'],
  ['a', 'There is a file a already.'],
  ['new.yaml', undefined],
])('name %j', (name, problem) => {
  expect(nameProblem(new Map([['a', '']]), name)).toBe(problem);
});

it.each([
  ['nothing', null, defaultSettings],
  ['damaged', '{', defaultSettings],
  ['of wrong types', '{"lens":3,"theme":"dark"}', { ...defaultSettings, theme: 'dark' }],
])('settings: %s', (_, text, settings) => {
  expect(readSettings(text)).toEqual(settings);
});
