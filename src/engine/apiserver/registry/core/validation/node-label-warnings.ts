/** Warnings about labels of nodes that have other names now. Upstream: pkg/api/node/util.go (v1.36) */
import type * as corev1 from '../../../../../api/core/v1.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { isValidLabelValue } from '../../../../../apimachinery/validation.ts';

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
