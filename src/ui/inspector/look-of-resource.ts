import { groupResource } from '../../apimachinery/resource-ref.ts';
import type { KindLook } from '../kinds/kind-look.ts';
import { kindLooks } from '../kinds/registry.ts';

/** The look of a resource by its name, with group or without. */
export function lookOfResource(resource: string): KindLook | undefined {
  return kindLooks.find((look) => groupResource(look.ref) === resource || look.ref.resource === resource);
}
