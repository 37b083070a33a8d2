import { describe, expect, it } from 'vitest';
import { makeNode } from './plugin-fixture.ts';
import { getZoneKey, NodeTree } from './node-tree.ts';

const stable = (region: string, zone: string) => ({
  'topology.kubernetes.io/region': region,
  'topology.kubernetes.io/zone': zone,
});
const beta = (region: string, zone: string) => ({
  'failure-domain.beta.kubernetes.io/region': region,
  'failure-domain.beta.kubernetes.io/zone': zone,
});
const node = (name: string, labels: Readonly<Record<string, string>> = {}) => makeNode(name, { labels });
const treeOf = (nodes: readonly ReturnType<typeof node>[]) => {
  const tree = new NodeTree();
  for (const one of nodes) tree.put(one);
  return tree;
};

it.each([
  { name: 'no labels', labels: {}, expected: '' },
  { name: 'a zone alone', labels: { 'topology.kubernetes.io/zone': 'z' }, expected: ':\u0000:z' },
  { name: 'a region alone', labels: { 'topology.kubernetes.io/region': 'r' }, expected: 'r:\u0000:' },
  { name: 'both', labels: stable('r', 'z'), expected: 'r:\u0000:z' },
  { name: 'the older labels first', labels: { ...stable('r', 'z'), ...beta('r0', 'z0') }, expected: 'r0:\u0000:z0' },
])('a zone is known by $name', ({ labels, expected }) => {
  expect(getZoneKey(node('a', labels))).toBe(expected);
});

// Names as in upstream's node_tree_test.go, TestNodeTree_AddNode.
describe('nodes that are added', () => {
  it.each([
    { name: 'single node no labels', nodes: [node('a')], expected: ['a'] },
    { name: 'same node specified twice', nodes: [node('a'), node('a')], expected: ['a'] },
    {
      name: 'mix of nodes with and without proper labels',
      nodes: [node('a'), node('b', stable('r', 'z')), node('c')],
      expected: ['a', 'b', 'c'],
    },
    {
      name: 'mix of nodes with and without proper labels and some zones with multiple nodes',
      nodes: [node('a'), node('b', stable('r', '1')), node('c', stable('r', '1')), node('d', stable('r', '2'))],
      expected: ['a', 'b', 'd', 'c'],
    },
    {
      name: 'a zone of another region is another zone',
      nodes: [node('a', stable('r', '1')), node('b', stable('r', '1')), node('c', stable('s', '1'))],
      expected: ['a', 'c', 'b'],
    },
  ])('$name', ({ nodes, expected }) => {
    const tree = treeOf(nodes);
    expect(tree.list()).toEqual(expected);
    expect(tree.size).toBe(expected.length);
  });
});

// Names as in upstream's TestNodeTree_RemoveNode.
describe('nodes that are removed', () => {
  const all = [node('a', stable('r', '1')), node('b', stable('r', '1')), node('c', stable('r', '2')), node('d')];
  it.each([
    { name: 'remove a single node with no labels', remove: ['d'], expected: ['a', 'c', 'b'] },
    {
      name: 'remove a few nodes including one from a zone with multiple nodes',
      remove: ['a', 'd'],
      expected: ['b', 'c'],
    },
    { name: 'remove all nodes', remove: ['a', 'b', 'c', 'd'], expected: [] },
    { name: 'remove non-existing node', remove: ['e'], expected: ['a', 'c', 'd', 'b'] },
  ])('$name', ({ remove, expected }) => {
    const tree = treeOf(all);
    for (const name of remove) tree.remove(name);
    expect(tree.list()).toEqual(expected);
    expect(tree.size).toBe(expected.length);
  });
  it('a zone that was empty comes last when it returns', () => {
    const tree = treeOf(all);
    tree.remove('c');
    tree.put(node('c', stable('r', '2')));
    expect(tree.list()).toEqual(['a', 'd', 'c', 'b']);
  });
});

// Names as in upstream's TestNodeTree_UpdateNode.
describe('nodes that change', () => {
  it.each([
    { name: 'update a node without label', nodes: [node('a', stable('r', '1')), node('b'), node('c')], moved: 'b' },
    { name: 'update the only node', nodes: [node('b')], moved: 'b' },
    { name: 'update non-existing node', nodes: [node('a')], moved: 'b' },
  ])('$name', ({ nodes, moved }) => {
    const tree = treeOf(nodes);
    expect(tree.put(node(moved, stable('r', '9')))).toBe(true);
    expect(tree.put(node(moved, stable('r', '9')))).toBe(false);
    expect(tree.list().filter((name) => name === moved)).toEqual([moved]);
    expect(tree.list().at(-1)).toBe(moved);
  });
});
