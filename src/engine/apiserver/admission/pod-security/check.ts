/** What the checks of Pod Security have in common. Upstream: pod-security-admission/policy/{checks,helpers,visitor}.go (v1.36) */
import type * as corev1 from '../../../../api/core/v1.ts';
import { compareStrings } from '../../../../apimachinery/go-format.ts';

/** What a check looks at. */
export interface CheckedPod {
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: corev1.PodSpec;
  /** Init containers, containers, ephemeral containers. */
  readonly containers: readonly corev1.Container[];
}

/** Why a pod is refused, in short and in full. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

/** One check: which level asks for it, since which minor version, and until which. */
export interface Check {
  readonly id: string;
  readonly level: 'baseline' | 'restricted';
  readonly since: number;
  /** The first version that does not have the check any more. */
  readonly until?: number;
  /** The baseline check that is not made when this one is. */
  readonly overrides?: string;
  check(pod: CheckedPod): Violation | undefined;
}

export function checkedPod(
  metadata: { readonly annotations?: Record<string, string> },
  spec: corev1.PodSpec,
): CheckedPod {
  const { initContainers = [], containers, ephemeralContainers = [] } = spec;
  return {
    annotations: metadata.annotations ?? {},
    spec,
    containers: [...initContainers, ...containers, ...(ephemeralContainers as readonly corev1.Container[])],
  };
}

export const joinQuote = (items: readonly string[]): string => items.map((item) => `"${item}"`).join(', ');
export const plural = (count: number, one: string, many = `${one}s`): string => (count === 1 ? one : many);
export const sortedSet = (items: readonly string[]): string[] => [...new Set(items)].sort(compareStrings);

/** `container "a"`, `containers "a", "b"` */
export const containersText = (names: readonly string[]): string =>
  `${plural(names.length, 'container')} ${joinQuote(names)}`;

/** The names of the containers that a test holds for. */
export const namesWhere = (pod: CheckedPod, test: (container: corev1.Container) => boolean): string[] =>
  pod.containers.filter(test).map(({ name }) => name);

/** `pod and container "a"`: who set something. */
export const settersText = (byPod: boolean, names: readonly string[]): string =>
  [...(byPod ? ['pod'] : []), ...(names.length > 0 ? [containersText(names)] : [])].join(' and ');

export const isWindows = ({ spec }: CheckedPod): boolean => spec.os?.name === 'windows';
export const hasOwnUsers = ({ spec }: CheckedPod): boolean => spec.hostUsers === false;
