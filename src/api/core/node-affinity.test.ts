import { describe, expect, it } from 'vitest';
import { NodeSelectorMatcher, RequiredNodeAffinity } from './node-affinity.ts';
import type * as corev1 from './v1.ts';

const node: corev1.Node = { metadata: { name: 'a', labels: { zone: 'x', cores: '8', word: 'eight' } } };
const expression = (
  key: string,
  operator: corev1.NodeSelectorRequirement['operator'],
  ...values: string[]
): corev1.NodeSelectorRequirement => ({ key, operator, values });

describe('NodeSelectorMatcher', () => {
  it.each<[string, corev1.NodeSelectorTerm[], boolean]>([
    ['no term', [], false],
    ['an empty term', [{}], false],
    ['In', [{ matchExpressions: [expression('zone', 'In', 'x', 'y')] }], true],
    ['In without the label', [{ matchExpressions: [expression('rack', 'In', 'x')] }], false],
    ['NotIn without the label', [{ matchExpressions: [expression('rack', 'NotIn', 'x')] }], true],
    ['Exists', [{ matchExpressions: [{ key: 'zone', operator: 'Exists' }] }], true],
    ['DoesNotExist', [{ matchExpressions: [{ key: 'zone', operator: 'DoesNotExist' }] }], false],
    ['Gt', [{ matchExpressions: [expression('cores', 'Gt', '7')] }], true],
    ['Lt of an equal number', [{ matchExpressions: [expression('cores', 'Lt', '8')] }], false],
    ['Gt of a label that is no number', [{ matchExpressions: [expression('word', 'Gt', '7')] }], false],
    ['Gt with no number: the term is broken', [{ matchExpressions: [expression('cores', 'Gt', 'many')] }], false],
    ['a name', [{ matchFields: [expression('metadata.name', 'In', 'a')] }], true],
    ['another name', [{ matchFields: [expression('metadata.name', 'NotIn', 'a')] }], false],
    [
      'a field with two values: the term is broken',
      [{ matchFields: [expression('metadata.name', 'In', 'a', 'b')] }],
      false,
    ],
    ['all of one term', [{ matchExpressions: [expression('zone', 'In', 'x'), expression('cores', 'Gt', '9')] }], false],
    [
      'one of two terms',
      [
        { matchExpressions: [expression('zone', 'In', 'y')] },
        { matchFields: [expression('metadata.name', 'In', 'a')] },
      ],
      true,
    ],
  ])('%s', (_, nodeSelectorTerms, matches) => {
    expect(new NodeSelectorMatcher({ nodeSelectorTerms }).matches(node)).toBe(matches);
  });
});

describe('RequiredNodeAffinity', () => {
  const affinity = (term: corev1.NodeSelectorTerm): corev1.Affinity => ({
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } },
  });
  const inZone = affinity({ matchExpressions: [expression('zone', 'In', 'x')] });

  it.each<[string, Partial<corev1.PodSpec>, boolean]>([
    ['no wish', {}, true],
    ['a nodeSelector', { nodeSelector: { zone: 'x' } }, true],
    ['a nodeSelector that does not hold', { nodeSelector: { zone: 'y' }, affinity: inZone }, false],
    ['affinity', { affinity: inZone }, true],
    ['an empty term', { affinity: affinity({}) }, false],
  ])('%s', (_, spec, matches) => {
    expect(new RequiredNodeAffinity({ spec: { containers: [], ...spec } }).matches(node)).toBe(matches);
  });
});
