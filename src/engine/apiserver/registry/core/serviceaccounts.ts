import type * as corev1 from '../../../../api/core/v1.ts';
import { serviceAccounts } from '../../../../api/resources.ts';
import { serviceAccountColumns } from '../tables/core.ts';
import { requestToken } from './service-account-token.ts';
import type { Draft } from '../draft.ts';
import { defineResource } from '../resource-definition.ts';

const mountableSecrets = 'kubernetes.io/enforce-mountable-secrets';

/** Of references to secrets the name alone is kept. */
function cleanSecretReferences(draft: Draft<corev1.ServiceAccount>): void {
  if (draft.secrets) draft.secrets = draft.secrets.map(({ name }) => (name === undefined ? {} : { name }));
}

function warnIfHasEnforceMountableSecretsAnnotation(
  { metadata }: corev1.ServiceAccount,
  old: corev1.ServiceAccount | undefined,
): string[] {
  if (old?.metadata.annotations?.[mountableSecrets] !== undefined) return [];
  if (metadata.annotations?.[mountableSecrets] === undefined) return [];
  const why = 'deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets';
  return [`metadata.annotations[${mountableSecrets}]: ${why}`];
}

export const serviceAccountsDefinition = defineResource(serviceAccounts, {
  columns: serviceAccountColumns,
  shortNames: ['sa'],
  strategy: {
    generation: 'none',
    returnsDeletedObject: true,
    prepareForCreate: cleanSecretReferences,
    prepareForUpdate: cleanSecretReferences,
    updateChecks: ['metaUpdate', 'meta'],
    warnings: warnIfHasEnforceMountableSecretsAnnotation,
  },
  subresources: [
    {
      name: 'token',
      kind: 'TokenRequest',
      group: 'authentication.k8s.io',
      version: 'v1',
      verbs: ['create'],
      handle: requestToken,
    },
  ],
});
