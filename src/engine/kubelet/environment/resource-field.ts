import type * as corev1 from '../../../api/core/v1.ts';
import { parseQuantity, type Quantity } from '../../../apimachinery/quantity.ts';

type Resources = Readonly<Record<string, string>>;

/**
 * The value of a container's resource, for a variable or a downward API file; a limit that is not set is the node's.
 *
 * @throws Error for a resource that is not supported
 *
 * Upstream: pkg/api/v1/resource/helpers.go ExtractContainerResourceValue (v1.36)
 */
export function resourceFieldValue(
  selector: corev1.ResourceFieldSelector,
  { container, allocatable }: { readonly container: corev1.Container; readonly allocatable: Resources },
): string {
  const match = /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.*)$/.exec(selector.resource);
  if (!match) throw new Error(`Unsupported container resource : ${selector.resource}`);
  const [, kind, name = ''] = match;
  const own = container.resources?.[kind === 'limits' ? 'limits' : 'requests']?.[name];
  const text = kind === 'limits' && isUnset(own) ? (allocatable[name] ?? own) : own;
  return divided(text === undefined ? undefined : parseQuantity(text), selector.divisor, name);
}

const isUnset = (text: string | undefined): boolean => text === undefined || parseQuantity(text).isZero;

/**
 * The limits of containers that set none: the pod's, or what the node has.
 *
 * Upstream: pkg/kubelet/kubelet_resources.go defaultPodLimitsForDownwardAPI (v1.36)
 */
export function defaultLimits({ spec }: corev1.Pod, allocatable: Resources): Resources {
  const { limits = {} } = spec?.resources ?? {};
  const ofPod = ['cpu', 'memory'].flatMap((name) => {
    const text = limits[name];
    return text === undefined || isUnset(text) || allocatable[name] === undefined ? [] : [[name, text] as const];
  });
  return ofPod.length === 0 ? allocatable : { ...allocatable, ...Object.fromEntries(ofPod) };
}

/** Rounded up to whole divisors. */
function divided(amount: Quantity | undefined, divisor: string | undefined, name: string): string {
  if (!amount) return '0';
  const given = divisor === undefined || parseQuantity(divisor).isZero ? parseQuantity('1') : parseQuantity(divisor);
  if (name === 'cpu') return String(Math.ceil(amount.milliValue() / given.milliValue()));
  return String(Math.ceil(amount.value() / given.value()));
}
