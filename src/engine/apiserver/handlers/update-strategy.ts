import { statusUpdateStrategy, type UpdateStrategy } from '../generic/update-strategy.ts';
import type { ResourceDefinition } from '../registry/resource-definition.ts';

/** The strategy of a subresource that is written as a whole object; none for the object itself. */
export function updateStrategyOf(
  definition: ResourceDefinition,
  subresource: string,
): { readonly strategy?: UpdateStrategy } {
  if (subresource === '') return {};
  if (subresource === 'status') return { strategy: statusUpdateStrategy(definition.status ?? {}) };
  const partial = definition.partialUpdates?.[subresource];
  return partial ? { strategy: partial as UpdateStrategy } : {};
}
