import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { examples } from './catalog.ts';

it.each(examples)('$id parses, and each document names its kind', async ({ load }) => {
  const documents = parseAllDocuments(await load());
  expect(documents.length).toBeGreaterThan(0);
  for (const document of documents) {
    expect('errors' in document ? document.errors : []).toEqual([]);
    expect(document.toJS()).toMatchObject({
      apiVersion: expect.any(String),
      kind: expect.any(String),
      metadata: { name: expect.any(String) },
    });
  }
});

it.each(examples)('$id explains itself in lines that the editor shows whole on a small screen', async ({ load }) => {
  const comments = (await load()).split('\n').filter((line) => /^(#|\/\/) (?! )/.test(line));
  expect(comments.filter((line) => line.length > 55)).toEqual([]);
});

it('gives each example a name of its own', () => {
  expect(new Set(examples.map((example) => example.id)).size).toBe(examples.length);
  expect(new Set(examples.map((example) => example.file)).size).toBe(examples.length);
});
