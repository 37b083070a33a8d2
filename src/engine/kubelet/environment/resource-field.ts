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
  const text =
    kind === 'limits'
      ? (container.resources?.limits?.[name] ?? allocatable[name])
      : container.resources?.requests?.[name];
  return divided(text === undefined ? undefined : parseQuantity(text), selector.divisor, name);
}

/** Rounded up to whole divisors. */
function divided(amount: Quantity | undefined, divisor: string | undefined, name: string): string {
  if (!amount) return '0';
  const given = divisor === undefined || parseQuantity(divisor).isZero ? parseQuantity('1') : parseQuantity(divisor);
  if (name === 'cpu') return String(Math.ceil(amount.milliValue() / given.milliValue()));
  return String(Math.ceil(amount.value() / given.value()));
}
