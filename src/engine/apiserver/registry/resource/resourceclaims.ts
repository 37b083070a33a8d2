import type * as resourcev1 from '../../../../api/resource/v1.ts';
import { resourceClaims } from '../../../../api/resources.ts';
import type { Draft } from '../draft.ts';
import { resourceClaimColumns } from '../tables/cluster.ts';
import { defineResource, statusOnly } from '../resource-definition.ts';
import {
  authorizedForAdmin,
  authorizedForAdminStatus,
  authorizedForBinding,
  authorizedForDeviceStatus,
} from './authorized.ts';
import { sharedDeviceKey, validateResourceClaimStatusUpdate } from './validation/claim-status.ts';
import { validateResourceClaim, validateResourceClaimUpdate } from './validation/resource-claim.ts';

type Claim = resourcev1.ResourceClaim;

/** What is reported about devices that are allocated no more is forgotten. Upstream: dropDeallocatedStatusDevices */
function dropDeallocatedStatusDevices(draft: Draft<Claim>, old: Claim): void {
  if (!draft.status?.devices) return;
  const gone = new Set((old.status?.allocation?.devices?.results ?? []).map(sharedDeviceKey));
  for (const result of draft.status.allocation?.devices?.results ?? []) gone.delete(sharedDeviceKey(result));
  const { devices, ...rest } = draft.status;
  const kept = devices.filter((device) => !gone.has(sharedDeviceKey(device)));
  draft.status = kept.length > 0 ? { ...rest, devices: kept } : rest;
}

export const resourceClaimsDefinition = defineResource(resourceClaims, {
  columns: resourceClaimColumns,
  strategy: {
    generation: 'none',
    returnsDeletedObject: true,
    validate: (claim, context) => [...authorizedForAdmin(claim.spec, context), ...validateResourceClaim(claim)],
    updateChecks: ['meta', 'metaUpdate', 'own'],
    validateUpdate: validateResourceClaimUpdate,
  },
  status: statusOnly<Claim>({
    prepareForUpdate: dropDeallocatedStatusDevices,
    validateUpdate(claim, old, context) {
      const { status } = claim;
      return [
        ...authorizedForAdminStatus(status, old.status, context),
        ...authorizedForBinding(status, old.status, context),
        ...(status?.allocation ? authorizedForDeviceStatus(status, old.status, context) : []),
        ...validateResourceClaimStatusUpdate(claim, old),
      ];
    },
  }),
});
