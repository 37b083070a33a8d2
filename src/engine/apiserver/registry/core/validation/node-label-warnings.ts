/** Warnings about labels of nodes that have other names now. Upstream: pkg/api/node/util.go (v1.36) */
import type * as corev1 from '../../../../../api/core/v1.ts';
import type { LabelSelector } from '../../../../../api/meta/v1.ts';
import type * as nodev1 from '../../../../../api/node/v1.ts';
import type * as storagev1 from '../../../../../api/storage/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { isValidLabelValue } from '../../../../../apimachinery/validation.ts';
import { sortedKeys } from './complaints.ts';

const deprecated: ReadonlyMap<string, string> = new Map([
  ['beta.kubernetes.io/arch', 'deprecated since v1.14; use "kubernetes.io/arch" instead'],
  ['beta.kubernetes.io/os', 'deprecated since v1.14; use "kubernetes.io/os" instead'],
  ['failure-domain.beta.kubernetes.io/region', 'deprecated since v1.17; use "topology.kubernetes.io/region" instead'],
  ['failure-domain.beta.kubernetes.io/zone', 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead'],
  ['beta.kubernetes.io/instance-type', 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead'],
  ['app.kubernetes.io/created-by', 'deprecated since v1.9'],
  ['scheduler.alpha.kubernetes.io/preferAvoidPods', 'deprecated since v1.22; use Taints and Tolerations instead'],
  ['node-role.kubernetes.io/master', 'use "node-role.kubernetes.io/control-plane" instead'],
]);

/** What to say of a label; undefined for those in use. */
export function getNodeLabelDeprecatedMessage(key: string): string | undefined {
  return deprecated.get(key);
}

function expressionWarning(path: Path, i: number, key: string): string[] {
  const message = deprecated.get(key);
  return message === undefined ? [] : [`${path.child('matchExpressions').index(i).child('key')}: ${key} is ${message}`];
}

/** Warnings about a term of a node selector. Upstream: GetWarningsForNodeSelectorTerm */
export function getWarningsForNodeSelectorTerm(
  path: Path,
  term: corev1.NodeSelectorTerm,
  checkLabelValue: boolean,
): string[] {
  return (term.matchExpressions ?? []).flatMap(({ key, values = [] }, i) => {
    const warnings = expressionWarning(path, i, key);
    if (!checkLabelValue) return warnings;
    const at = path.child('matchExpressions').index(i).child('values');
    const wrong = values.flatMap((value, j) =>
      isValidLabelValue(value).map((why) => `${at.index(j)}: ${value} is invalid, ${why}`),
    );
    return [...warnings, ...wrong];
  });
}

/** Warnings about a selector of nodes by their labels. Upstream: GetWarningsForNodeSelector */
export function getWarningsForNodeSelector(selector: LabelSelector | undefined, path: Path): string[] {
  const { matchExpressions = [], matchLabels = {} } = selector ?? {};
  return [
    ...matchExpressions.flatMap(({ key }, i) => expressionWarning(path, i, key)),
    ...sortedKeys(matchLabels).flatMap((label) => {
      const message = deprecated.get(label);
      return message === undefined ? [] : [`${path.child('matchLabels', label)}: ${message}`];
    }),
  ];
}

/** Upstream: GetWarningsForRuntimeClass */
export function getWarningsForRuntimeClass({ scheduling }: nodev1.RuntimeClass): string[] {
  const path = field.newPath('scheduling', 'nodeSelector');
  return sortedKeys(scheduling?.nodeSelector).flatMap((label) => {
    const message = deprecated.get(label);
    return message === undefined ? [] : [`${path}: ${message}`];
  });
}

/** Upstream: pkg/api/storage/util.go GetWarningsForStorageClass (v1.36) */
export function getWarningsForStorageClass({ allowedTopologies = [] }: storagev1.StorageClass): string[] {
  return allowedTopologies.flatMap(({ matchLabelExpressions = [] }, i) =>
    matchLabelExpressions.flatMap(({ key }, j) => {
      const message = deprecated.get(key);
      const path = field.newPath('allowedTopologies').index(i).child('matchLabelExpressions').index(j).child('key');
      return message === undefined ? [] : [`${path}: ${message}`];
    }),
  );
}
