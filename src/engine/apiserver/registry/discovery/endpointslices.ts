import { endpointSlices } from '../../../../api/resources.ts';
import type * as discoveryv1 from '../../../../api/discovery/v1.ts';
import { semanticDeepEqual } from '../../../../apimachinery/deep-equal.ts';
import { isDNS1123Subdomain } from '../../../../apimachinery/validation.ts';
import type { Draft } from '../draft.ts';
import { endpointSliceColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import { endpointSliceWarnings, validateEndpointSlice } from './validation/endpoint-slice.ts';

type Slice = discoveryv1.EndpointSlice;

const hostnameLabel = 'kubernetes.io/hostname';

/** A change counts when it is one of labels, or of anything beyond metadata. */
function countGeneration(draft: Draft<Slice>, old: Slice): void {
  const { metadata, ...rest } = draft;
  const { metadata: before, ...oldRest } = old;
  if (semanticDeepEqual(rest, oldRest) && semanticDeepEqual(metadata.labels, before.labels)) return;
  metadata.generation = (before.generation ?? 0) + 1;
}

/**
 * The topology of v1beta1 is not written through v1; a node that it named before becomes the endpoint's.
 *
 * Upstream: pkg/registry/discovery/endpointslice/strategy.go dropTopologyOnV1 (v1.36)
 */
function dropTopology(draft: Draft<Slice>, old: Slice | undefined): void {
  const endpoints = draft.endpoints ?? [];
  if (!endpoints.some(({ deprecatedTopology }) => deprecatedTopology)) return;
  if (old && semanticDeepEqual(old.endpoints, draft.endpoints)) return;
  const known = new Set((old?.endpoints ?? []).map((endpoint) => endpoint.deprecatedTopology?.[hostnameLabel] ?? ''));
  draft.endpoints = endpoints.map(({ deprecatedTopology, ...endpoint }) => {
    const node = deprecatedTopology?.[hostnameLabel] ?? '';
    const isKnown = node !== '' && known.has(node) && isDNS1123Subdomain(node).length === 0;
    return isKnown ? { ...endpoint, nodeName: endpoint.nodeName ?? node } : endpoint;
  });
}

export const endpointSlicesDefinition = defineResource(endpointSlices, {
  columns: endpointSliceColumns,
  strategy: {
    ownGeneration: true,
    prepareForCreate: (draft) => dropTopology(draft, undefined),
    prepareForUpdate(draft, old) {
      countGeneration(draft, old);
      dropTopology(draft, old);
    },
    warnings: endpointSliceWarnings,
    validate: (object) => validateEndpointSlice(object),
    validateUpdate: validateEndpointSlice,
    updateChecks: ['meta', 'own'],
  },
});
