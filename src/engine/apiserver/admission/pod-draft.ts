import type * as corev1 from '../../../api/core/v1.ts';
import type { AdmissionAttributes, AdmissionTarget, AdmissionVerb } from './admission.ts';

/** Whether the request writes a pod itself, not one of its subresources. */
export function isPod({ definition, subresource }: AdmissionTarget): boolean {
  return definition.resource === 'pods' && definition.group === '' && subresource === '';
}

/** Whether the request is of this verb and about this core resource itself. */
export function isResource(target: AdmissionTarget, verb: AdmissionVerb, group: string, resource: string): boolean {
  const { definition, subresource } = target;
  return target.verb === verb && definition.group === group && definition.resource === resource && subresource === '';
}

/** The pod of a request. Its parts are frozen. */
export function podOf({ object }: AdmissionAttributes): corev1.Pod {
  return object as unknown as corev1.Pod;
}

/** Replaces members of the pod's spec. */
export function changeSpec({ object }: AdmissionAttributes, change: Partial<corev1.PodSpec>): void {
  if (object) object['spec'] = { ...(object['spec'] as object), ...change };
}
