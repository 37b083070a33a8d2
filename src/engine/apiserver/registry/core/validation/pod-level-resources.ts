/** Rules of the resources of a pod as a whole. Upstream: validatePodResources (v1.36) */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { compareStrings } from '../../../../../apimachinery/go-format.ts';
import { parseQuantity } from '../../../../../apimachinery/quantity.ts';
import { aggregateContainerLimits, aggregateContainerRequests } from '../../../../../api/core/pod-resources.ts';
import type { ResourceList } from '../../../../../api/core/resource-list.ts';
import { type Complaints, sortedKeys } from './complaints.ts';
import { isHugePageResourceName } from './resource-names.ts';
import { validatePodResourceRequirements } from './resources.ts';

type List = Readonly<Record<string, string>>;

/** Complains where the containers need more, in all, than the pod states. */
function checkTotals(
  errors: Complaints,
  path: Path,
  stated: List,
  needed: ResourceList,
  what: 'limits' | 'requests',
): void {
  for (const [name, sum] of [...needed].sort(([a], [b]) => compareStrings(a, b))) {
    const own = stated[name];
    if (own === undefined || (what === 'limits' && !isHugePageResourceName(name))) continue;
    if (sum.cmp(parseQuantity(own)) <= 0) continue;
    const why = `must be greater than or equal to aggregate container ${what} of ${sum}`;
    errors.push(field.invalid(path.child(what).key(name), parseQuantity(own).toString(), why));
  }
}

function checkContainerLimits(errors: Complaints, path: Path, spec: corev1.PodSpec, stated: List): void {
  for (const [i, { resources }] of (spec.containers ?? []).entries()) {
    for (const name of sortedKeys(resources?.limits)) {
      const most = stated[name];
      if (most === undefined) continue;
      const limit = parseQuantity(resources?.limits?.[name] ?? '0');
      if (limit.cmp(parseQuantity(most)) <= 0) continue;
      const at = path.child('containers').index(i).key(name).child('limits');
      errors.push(
        field.invalid(at, limit.toString(), `must be less than or equal to pod limits of ${parseQuantity(most)}`),
      );
    }
  }
}

/** Complains about `resources` of a spec; `parent` is the spec's path. */
export function validatePodLevelResources(
  errors: Complaints,
  parent: Path,
  spec: corev1.PodSpec,
  claimNames: ReadonlySet<string>,
): void {
  const { resources } = spec;
  if (!resources) return;
  const path = parent.child('resources');
  if (spec.os?.name === 'windows') {
    errors.push(field.forbidden(path, 'may not be set for a windows pod'));
    return;
  }
  if (resources.claims) {
    errors.push(field.forbidden(path.child('claims'), 'claims may not be set for Resources at pod-level'));
  }
  validatePodResourceRequirements(errors, path, resources, claimNames);
  const pod: corev1.Pod = { metadata: {}, spec };
  checkTotals(errors, path, resources.requests ?? {}, aggregateContainerRequests(pod), 'requests');
  checkTotals(errors, path, resources.limits ?? {}, aggregateContainerLimits(pod), 'limits');
  checkContainerLimits(errors, path, spec, resources.limits ?? {});
}
