import type * as certificatesv1 from '../../../../api/certificates/v1.ts';
import { certificateSigningRequests } from '../../../../api/resources.ts';
import { excludeFields } from '../../../../apimachinery/structured-merge/field-filter.ts';
import { nameIsPathSegment } from '../../../../apimachinery/validation.ts';
import type { Draft } from '../draft.ts';
import { certificateSigningRequestColumns } from '../tables/cluster.ts';
import { defineResource, type UpdateCheck } from '../resource-definition.ts';
import {
  validateCertificateSigningRequest,
  validateCertificateSigningRequestUpdate,
} from './validation/certificate-signing-request.ts';

type Request = certificatesv1.CertificateSigningRequest;
type Condition = Draft<certificatesv1.CertificateSigningRequestCondition>;

/** Approvals and denials stay as they were, unless some are added or taken away. Upstream: preserveConditionInstances */
function preserved(conditions: readonly Condition[], old: readonly Condition[]): Condition[] {
  const kept = new Map(
    ['Approved', 'Denied'].flatMap((type) => {
      const before = old.filter((condition) => condition.type === type);
      const count = conditions.filter((condition) => condition.type === type).length;
      return before.length === count ? [[type, before] as const] : [];
    }),
  );
  return conditions.map((condition) => kept.get(condition.type ?? '')?.shift() ?? condition);
}

/** Upstream: populateConditionTimestamps */
function dated(conditions: readonly Condition[], old: readonly Condition[], now: string): Condition[] {
  return conditions.map((condition) => {
    const before = old.find(
      ({ type, status, lastTransitionTime }) =>
        type === condition.type && status === condition.status && Boolean(lastTransitionTime),
    );
    return {
      ...condition,
      lastUpdateTime: condition.lastUpdateTime || now,
      lastTransitionTime: condition.lastTransitionTime || before?.lastTransitionTime || now,
    };
  });
}

const conditionsOf = (object: Pick<Draft<Request>, 'status'>): Condition[] => object.status?.conditions ?? [];

/** A status with conditions, if there are any. */
function withConditions(
  status: Draft<Request>['status'],
  conditions: Condition[],
): NonNullable<Draft<Request>['status']> {
  const { conditions: _, ...rest } = status ?? {};
  return conditions.length > 0 ? { conditions, ...rest } : rest;
}

const updateChecks: readonly UpdateCheck[] = ['meta', 'own', 'metaUpdate'];

export const certificateSigningRequestsDefinition = defineResource(certificateSigningRequests, {
  columns: certificateSigningRequestColumns,
  shortNames: ['csr'],
  strategy: {
    generation: 'none',
    fields: excludeFields(['spec'], ['status']),
    validateName: nameIsPathSegment,
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
    validate: (object) => validateCertificateSigningRequest(object),
    updateChecks,
    validateUpdate: (object, old) => validateCertificateSigningRequestUpdate(object, old, 'main'),
  },
  status: {
    fields: excludeFields(['spec'], ['status', 'conditions']),
    prepareForUpdate(draft, old, { now }) {
      const before = conditionsOf(old as Draft<Request>);
      draft.status = withConditions(draft.status, dated(preserved(conditionsOf(draft), before), before, now));
    },
    updateChecks,
    validateUpdate: (object, old) => validateCertificateSigningRequestUpdate(object, old, 'status'),
  },
  partialUpdates: {
    approval: {
      fields: excludeFields(['spec'], ['status', 'certificate']),
      prepareForUpdate(draft, old, { now }) {
        const conditions = dated(conditionsOf(draft), conditionsOf(old as Draft<Request>), now);
        draft.spec = old.spec as typeof draft.spec;
        draft.status = withConditions(old.status as Draft<Request>['status'], conditions);
      },
      updateChecks,
      validateUpdate: (object, old) => validateCertificateSigningRequestUpdate(object, old, 'approval'),
    },
  },
});
