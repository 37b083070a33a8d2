import type * as corev1 from '../../api/core/v1.ts';
import { quote } from '../../apimachinery/go-format.ts';
import { KubectlError } from '../errors.ts';

export const defaultContainerAnnotation = 'kubectl.kubernetes.io/default-container';

type AnyContainer = corev1.Container | corev1.EphemeralContainer;

/** Every container with the field it stands in. */
export function allContainers(pod: corev1.Pod): { readonly container: AnyContainer; readonly field: string }[] {
  const of = (list: readonly AnyContainer[] | undefined, field: string) =>
    (list ?? []).map((container) => ({ container, field }));
  return [
    ...of(pod.spec?.containers, 'containers'),
    ...of(pod.spec?.initContainers, 'initContainers'),
    ...of(pod.spec?.ephemeralContainers, 'ephemeralContainers'),
  ];
}

/** A container of any sort by its name. */
export const findContainer = (pod: corev1.Pod, name: string): AnyContainer | undefined =>
  allContainers(pod).find(({ container }) => container.name === name)?.container;

/** `main, side, setup (init)`. Upstream: kubectl/pkg/cmd/util/podcmd/podcmd.go AllContainerNames (v1.36) */
export function allContainerNames({ spec }: corev1.Pod): string {
  return [
    ...(spec?.containers ?? []).map(({ name }) => name),
    ...(spec?.ephemeralContainers ?? []).map(({ name }) => `${name} (ephem)`),
    ...(spec?.initContainers ?? []).map(({ name }) => `${name} (init)`),
  ].join(', ');
}

/** The error for a name that no container has. */
export const notValidContainer = (pod: corev1.Pod, name: string): KubectlError =>
  new KubectlError(
    `container ${name} is not valid for pod ${pod.metadata?.name ?? ''} out of: ${allContainerNames(pod)}`,
  );

/** The container meant, and what is said when it was chosen. Upstream: podcmd.go FindOrDefaultContainerByName (v1.36). @throws KubectlError */
export function findOrDefaultContainer(
  pod: corev1.Pod,
  name: string,
): { readonly container: AnyContainer; readonly notice: string } {
  const wanted = name === '' ? (pod.metadata?.annotations?.[defaultContainerAnnotation] ?? '') : name;
  if (wanted !== '') {
    const container = findContainer(pod, wanted);
    if (container === undefined) throw notValidContainer(pod, wanted);
    return { container, notice: '' };
  }
  const [container] = pod.spec?.containers ?? [];
  if (container === undefined) {
    const { namespace = '', name: podName = '' } = pod.metadata ?? {};
    throw new KubectlError(`pod ${namespace}/${podName} does not have any containers`);
  }
  const notice =
    allContainers(pod).length > 1
      ? `Defaulted container ${quote(container.name)} out of: ${allContainerNames(pod)}\n`
      : '';
  return { container, notice };
}
