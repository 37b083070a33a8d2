import type * as corev1 from '../../api/core/v1.ts';
import { KubectlError } from '../errors.ts';
import { kindOf, type Unstructured, valueAt, withValueAt } from '../object.ts';

const templatePaths: ReadonlyMap<string, readonly string[]> = new Map([
  ['Pod', ['spec']],
  ['ReplicationController', ['spec', 'template', 'spec']],
  ['Deployment.apps', ['spec', 'template', 'spec']],
  ['DaemonSet.apps', ['spec', 'template', 'spec']],
  ['ReplicaSet.apps', ['spec', 'template', 'spec']],
  ['StatefulSet.apps', ['spec', 'template', 'spec']],
  ['Job.batch', ['spec', 'template', 'spec']],
  ['CronJob.batch', ['spec', 'jobTemplate', 'spec', 'template', 'spec']],
]);

/** Where an object keeps the spec of its pods; undefined when it has none. */
export function podSpecPath(object: Unstructured): readonly string[] | undefined {
  const { group, kind } = kindOf(object);
  return templatePaths.get(group === '' ? kind : `${kind}.${group}`);
}

/** `*v1.ConfigMap`, as Go prints a type. */
export function goTypeOf(object: Unstructured): string {
  const { version, kind } = kindOf(object);
  return `*${version}.${kind}`;
}

/** A copy with its pods' spec changed. Upstream: kubectl/pkg/polymorphichelpers/updatepodspec.go (v1.36). @throws KubectlError */
export function updatePodSpec(object: Unstructured, change: (spec: corev1.PodSpec) => corev1.PodSpec): Unstructured {
  const path = podSpecPath(object);
  if (path === undefined) {
    throw new KubectlError(`the object is not a pod or does not have a pod template: ${goTypeOf(object)}`);
  }
  const spec = (valueAt(object, ...path) ?? {}) as corev1.PodSpec;
  return withValueAt(object, path, change(spec));
}

/** Whether a name matches a pattern with `*`. Upstream: kubectl/pkg/cmd/set/helper.go selectString (v1.36) */
export function selectsContainer(name: string, pattern: string): boolean {
  if (pattern === '*') return true;
  if (!pattern.includes('*')) return name === pattern;
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`).test(name);
}
