import { expect, it } from 'vitest';
import type * as appsv1 from '../../../api/apps/v1.ts';
import {
  byRevision,
  revisionData,
  revisionHash,
  sameData,
  templateOfRevision,
  templatePatch,
} from './controller-history.ts';

const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const revision = (name: string, number: number, created = 0, hash = name): appsv1.ControllerRevision => ({
  metadata: { name, creationTimestamp: `2024-01-01T00:00:0${created}Z`, labels: { 'controller-revision-hash': hash } },
  revision: number,
  data: {},
});

// Upstream: pkg/controller/history/controller_history_test.go TestSortControllerRevisions (v1.36)
it.each([
  { name: 'out of order', given: [revision('b', 2), revision('a', 1), revision('c', 3)], expected: ['a', 'b', 'c'] },
  {
    name: 'equal revisions by age',
    given: [revision('young', 1, 5), revision('old', 1, 1)],
    expected: ['old', 'young'],
  },
  { name: 'equal age by name', given: [revision('b', 1), revision('a', 1)], expected: ['a', 'b'] },
])('byRevision: $name', ({ given, expected }) => {
  expect([...given].sort(byRevision).map(({ metadata }) => metadata.name)).toEqual(expected);
});

it('a revision gives back the template it was made of', () => {
  const made = { ...revision('a', 1), data: templatePatch(template) };
  expect(templateOfRevision(made)).toEqual(template);
  expect(templateOfRevision(revision('none', 1))).toBeUndefined();
});

// A client that makes the patch itself compares bytes. Upstream: pkg/controller/daemon/update.go Match
it('data are kept with their members sorted, in lists too', () => {
  const spec = { restartPolicy: 'Always', containers: [{ name: 'c', image: 'i', args: ['b', 'a'] }] } as const;
  expect(JSON.stringify(revisionData(templatePatch({ spec, metadata: { labels: { b: '2', a: '1' } } })))).toBe(
    '{"spec":{"template":{"$patch":"replace","metadata":{"labels":{"a":"1","b":"2"}},"spec":{"containers":[{"args":["b","a"],"image":"i","name":"c"}],"restartPolicy":"Always"}}}}',
  );
});

// Upstream: TestEqualRevision, TestHashControllerRevision
it('data are equal whatever the order of their members; collisions give other hashes', () => {
  const data = templatePatch(template);
  const turned = { spec: { template: { $patch: 'replace', spec: template.spec, metadata: template.metadata } } };
  expect(sameData({ ...revision('a', 1), data: turned }, data)).toBe(true);
  expect(sameData({ ...revision('a', 1), data: templatePatch({ ...template, spec: { containers: [] } }) }, data)).toBe(
    false,
  );
  expect(revisionHash(data, 0)).toBe(revisionHash(turned, 0));
  expect(revisionHash(data, 1)).not.toBe(revisionHash(data, 0));
});
