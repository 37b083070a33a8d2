import { customResourceDefinitions } from '../../../../api/resources.ts';
import type * as apiextensionsv1 from '../../../../api/apiextensions/v1.ts';
import { formatWarnings } from '../../custom/format-warnings.ts';
import { setCondition } from '../../custom/names.ts';
import type { Draft } from '../draft.ts';
import { defineResource } from '../resource-definition.ts';
import {
  validateCustomResourceDefinition,
  validateCustomResourceDefinitionUpdate,
} from './validation/custom-resource-definition.ts';

const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

/** The version that is stored counts as stored from now on. */
function setStoredVersions(draft: Draft<apiextensionsv1.CustomResourceDefinition>): void {
  const stored = draft.spec?.versions?.find(({ storage }) => storage)?.name;
  const present = draft.status?.storedVersions ?? [];
  if (stored === undefined || present.includes(stored)) return;
  draft.status = { ...draft.status, storedVersions: [...present, stored] } as NonNullable<typeof draft.status>;
}

export const customResourceDefinitionsDefinition = defineResource(customResourceDefinitions, {
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  strategy: {
    allowUnconditionalUpdate: false,
    defaults(draft) {
      const { spec } = draft;
      if (!spec || Object.isFrozen(spec)) return;
      if (!spec.names.singular) spec.names.singular = spec.names.kind.toLowerCase();
      if (!spec.names.listKind && spec.names.kind) spec.names.listKind = `${spec.names.kind}List`;
      spec.conversion ??= { strategy: 'None' };
      setStoredVersions(draft);
    },
    validate: validateCustomResourceDefinition,
    validateUpdate: validateCustomResourceDefinitionUpdate,
    warnings: (crd) => formatWarnings(crd),
    prepareForCreate(draft) {
      const emptyNames = { plural: '', kind: '' };
      draft.status = { conditions: null, acceptedNames: emptyNames, storedVersions: null } as unknown as NonNullable<
        typeof draft.status
      >;
      setStoredVersions(draft);
    },
    prepareForUpdate(draft) {
      setStoredVersions(draft);
    },
    terminate(draft, { now }) {
      const { metadata, status } = draft;
      if (metadata.deletionTimestamp === undefined) {
        metadata.deletionTimestamp = now;
        const message = 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon';
        const terminating = {
          type: 'Terminating',
          status: 'True',
          reason: 'InstanceDeletionPending',
          message,
        } as const;
        const conditions = setCondition(status?.conditions ?? [], terminating, now);
        draft.status = { ...status, conditions } as NonNullable<typeof draft.status>;
      }
      const finalizers = metadata.finalizers ?? [];
      if (!finalizers.includes(cleanupFinalizer)) metadata.finalizers = [...finalizers, cleanupFinalizer];
      return true;
    },
  },
  status: {},
  storageVersion: 'v1beta1',
});
