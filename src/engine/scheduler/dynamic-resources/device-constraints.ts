import type * as resourcev1 from '../../../api/resource/v1.ts';
import type { PlacedDevice } from './device-pools.ts';

/** A device that was chosen, and for which request (`name`, or `name/alternative`). */
export interface Chosen {
  readonly request: string;
  readonly placed: PlacedDevice;
}

/** An attribute's value as text that tells types apart; undefined when the device has none. The driver's own domain may be left out. */
function attributeOf({ driver, device }: PlacedDevice, name: string): string | undefined {
  const slash = name.indexOf('/');
  const found =
    device.attributes?.[name] ??
    (slash >= 0 && name.slice(0, slash) === driver ? device.attributes?.[name.slice(slash + 1)] : undefined);
  return found && JSON.stringify(found);
}

const isMeant = ({ requests = [] }: resourcev1.DeviceConstraint, request: string): boolean =>
  requests.length === 0 || requests.includes(request) || requests.includes(request.split('/')[0] ?? '');

/**
 * Whether a device more keeps a claim's constraints.
 *
 * Upstream: structured/internal/stable/allocator_stable.go matchAttributeConstraint, distinctAttributeConstraint (v1.36)
 */
export function keepsConstraints(
  constraints: readonly resourcev1.DeviceConstraint[],
  chosen: readonly Chosen[],
  next: Chosen,
): boolean {
  return constraints.every((constraint) => {
    if (!isMeant(constraint, next.request)) return true;
    const { matchAttribute, distinctAttribute } = constraint;
    const name = matchAttribute ?? distinctAttribute;
    if (name === undefined) return true;
    const value = attributeOf(next.placed, name);
    if (value === undefined) return false;
    const others = chosen.filter(({ request }) => isMeant(constraint, request));
    const isEqual = ({ placed }: Chosen) => attributeOf(placed, name) === value;
    return matchAttribute === undefined ? !others.some(isEqual) : others.every(isEqual);
  });
}
