import { secrets } from '../../../../api/resources.ts';
import type * as corev1 from '../../../../api/core/v1.ts';
import { x509KeyPairProblem } from '../../../../apimachinery/tls-key-pair.ts';
import { secretColumns } from '../tables/core.ts';
import { defineResource } from '../resource-definition.ts';
import { validateSecret, validateSecretUpdate } from './validation/config-data.ts';
import { mergeStringData } from './secret-string-data.ts';

export const secretsDefinition = defineResource(secrets, {
  columns: secretColumns,
  strategy: {
    generation: 'none',
    defaults(draft) {
      draft.type ||= 'Opaque';
      mergeStringData(draft);
    },
    prepareForUpdate(draft, old) {
      if (!draft.type && old.type) draft.type = old.type;
    },
    warnings: warningsForSecret,
    validate: validateSecret,
    validateAgain: validateSecret,
    validateUpdate: validateSecretUpdate,
    updateChecks: ['metaUpdate', 'own', 'meta', 'again'],
    selectableFieldNames: ['type'],
    selectableFields: (object) => ({ type: object.type ?? '' }),
  },
});

/** A key that does not go with its certificate. Upstream: pkg/registry/core/secret/strategy.go (v1.36) */
function warningsForSecret({ type, data }: corev1.Secret): string[] {
  if (type !== 'kubernetes.io/tls') return [];
  const problem = x509KeyPairProblem(atob(data?.['tls.crt'] ?? ''), atob(data?.['tls.key'] ?? ''));
  return problem === undefined ? [] : [problem];
}
