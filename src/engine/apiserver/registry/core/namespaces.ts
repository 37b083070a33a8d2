import { namespaces } from '../../../../api/resources.ts';
import { newConflict } from '../../../../apimachinery/status-error.ts';
import { nameIsDNSLabel } from '../../../../apimachinery/validation.ts';
import { namespaceColumns } from '../tables/core.ts';
import { defineResource } from '../resource-definition.ts';
import { validateNamespace, validateNamespaceStatusUpdate } from './validation/namespace.ts';
import { finalizeNamespace } from './namespace-finalize.ts';

const nameLabel = 'kubernetes.io/metadata.name';

export const namespacesDefinition = defineResource(namespaces, {
  columns: namespaceColumns,
  shortNames: ['ns'],
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  strategy: {
    generation: 'none',
    validateName: nameIsDNSLabel,
    returnsDeletedObject: true,
    validate: validateNamespace,
    defaults(draft) {
      const { name } = draft.metadata;
      if (name) draft.metadata.labels = { ...draft.metadata.labels, [nameLabel]: name };
    },
    prepareForCreate(draft) {
      draft.status = { phase: 'Active' };
      const finalizers = draft.spec?.finalizers ?? [];
      if (!finalizers.includes('kubernetes')) draft.spec = { ...draft.spec, finalizers: [...finalizers, 'kubernetes'] };
      const { name } = draft.metadata;
      if (name) draft.metadata.labels = { ...draft.metadata.labels, [nameLabel]: name };
    },
    prepareForUpdate(draft, old) {
      draft.spec = { ...draft.spec, ...(old.spec?.finalizers ? { finalizers: [...old.spec.finalizers] } : {}) };
      if (old.status) draft.status = old.status as NonNullable<typeof draft.status>;
    },
    updateChecks: ['meta', 'metaUpdate'],
    selectableFieldNames: ['status.phase'],
    selectableFields: (object) => ({ 'status.phase': object.status?.phase ?? '', name: object.metadata.name ?? '' }),
    terminates: true,
    beforeDelete(object) {
      const { name = '', deletionTimestamp } = object.metadata;
      if (deletionTimestamp === undefined || (object.spec?.finalizers ?? []).length === 0) return;
      const why =
        'The system is ensuring all content is removed from this namespace.  Upon completion, this namespace will automatically be purged by the system.';
      throw newConflict(namespaces, name, why);
    },
  },
  status: { validateUpdate: validateNamespaceStatusUpdate },
  subresources: [{ name: 'finalize', kind: 'Namespace', verbs: ['update'], handle: finalizeNamespace }],
});
