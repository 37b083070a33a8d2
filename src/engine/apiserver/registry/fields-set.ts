import { excludeFields, type FieldFilter } from '../../../apimachinery/structured-merge/field-filter.ts';
import type { ResourceDefinition } from './resource-definition.ts';

const noStatus = excludeFields(['status']);
const noSpec = excludeFields(['spec']);

/**
 * What managers can own through an endpoint of a resource: its strategy resets the rest.
 *
 * Upstream: GetResetFields and GetResetFieldsFilter of the strategies (v1.36)
 */
export function fieldsSetBy(definition: ResourceDefinition, subresource: string): FieldFilter | undefined {
  const { strategy, status, partialUpdates } = definition;
  if (subresource === '') return strategy.fields ?? (status ? noStatus : undefined);
  if (subresource === 'status') return status?.fields ?? noSpec;
  return partialUpdates?.[subresource]?.fields;
}
