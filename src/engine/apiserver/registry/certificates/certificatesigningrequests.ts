import { certificateSigningRequests } from '../../../../api/resources.ts';
import { excludeFields } from '../../../../apimachinery/structured-merge/field-filter.ts';
import { certificateSigningRequestColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';

export const certificateSigningRequestsDefinition = defineResource(certificateSigningRequests, {
  columns: certificateSigningRequestColumns,
  shortNames: ['csr'],
  strategy: {
    generation: 'none',
    fields: excludeFields(['spec'], ['status']),
    selectableFieldNames: ['spec.signerName'],
    selectableFields: (object) => ({ 'spec.signerName': object.spec.signerName }),
    prepareForCreate(draft, { user }) {
      const { username: _, uid: __, groups: ___, extra: ____, ...rest } = draft.spec;
      draft.spec = {
        ...rest,
        username: user.username,
        ...(user.uid ? { uid: user.uid } : {}),
        groups: [...user.groups],
        ...(user.extra ? { extra: user.extra as Record<string, string[]> } : {}),
      };
    },
    prepareForUpdate(draft, old) {
      draft.spec = old.spec as typeof draft.spec;
    },
  },
  status: {
    fields: excludeFields(['spec'], ['status', 'conditions']),
    prepareForUpdate(draft, old) {
      const kept = (old.status?.conditions ?? []).filter(({ type }) => type === 'Approved' || type === 'Denied');
      const others = (draft.status?.conditions ?? []).filter(({ type }) => type !== 'Approved' && type !== 'Denied');
      const conditions = [...kept, ...others];
      draft.status = { ...draft.status, ...(conditions.length > 0 ? { conditions } : {}) } as NonNullable<
        typeof draft.status
      >;
    },
  },
  partialUpdates: {
    approval: {
      fields: excludeFields(['spec'], ['status', 'certificate']),
      prepareForUpdate(draft, old) {
        const conditions = draft.status?.conditions ?? [];
        draft.spec = old.spec as typeof draft.spec;
        draft.status = { ...old.status, ...(conditions.length > 0 ? { conditions } : {}) } as NonNullable<
          typeof draft.status
        >;
      },
    },
  },
});
