import { leases } from '../../../../api/resources.ts';
import { leaseColumns } from '../tables/cluster.ts';
import type * as coordinationv1 from '../../../../api/coordination/v1.ts';
import type { Draft } from '../draft.ts';
import { defineResource } from '../resource-definition.ts';
import { validateLease } from './validation/lease.ts';

/** Coordinated leader election is behind a gate that is off. */
function dropCoordination(draft: Draft<coordinationv1.Lease>, old: coordinationv1.Lease | undefined): void {
  const { strategy, preferredHolder, ...rest } = draft.spec ?? {};
  if (strategy === undefined && preferredHolder === undefined) return;
  draft.spec = {
    ...rest,
    ...(strategy !== undefined && old?.spec?.strategy !== undefined && { strategy }),
    ...(preferredHolder !== undefined && old?.spec?.preferredHolder !== undefined && { preferredHolder }),
  };
}

export const leasesDefinition = defineResource(leases, {
  columns: leaseColumns,
  strategy: {
    allowUnconditionalUpdate: false,
    validate: validateLease,
    validateUpdate: (object) => validateLease(object),
    prepareForCreate: (draft) => dropCoordination(draft, undefined),
    prepareForUpdate: dropCoordination,
    generation: 'none',
    allowCreateOnUpdate: true,
  },
});
