/** Notes on secrets with tokens the day they were last used. Upstream: pkg/serviceaccount/legacy.go patchSecretWithLastUsedDate (v1.36) */
import type * as corev1 from '../../../api/core/v1.ts';
import { asDraft } from '../generic/operation.ts';
import { runProcess } from '../run-process.ts';
import type { ServerAccess } from '../server-access.ts';
import { ownOperation } from './apply-status.ts';

const label = 'kubernetes.io/legacy-token-last-used';

/** Writes today's date on a secret whose token was used. */
export function markTokenUsed({ resources, services, sim }: ServerAccess, { metadata }: corev1.Secret): void {
  const today = services.now().slice(0, 10);
  const store = resources.store('', 'secrets');
  const { namespace = '', name = '' } = metadata;
  if (!store || metadata.labels?.[label] === today) return;
  const operation = { ...ownOperation('kube-apiserver', 'v1', ''), namespace, method: 'PATCH' };
  const process = store.update(namespace, name, operation, {
    transform: (current) =>
      asDraft({
        ...current,
        metadata: { ...current?.metadata, labels: { ...current?.metadata.labels, [label]: today } },
      }),
  });
  runProcess(
    sim,
    process,
    () => {},
    // The secret may have gone meanwhile; the next use notes it again.
    () => {},
  );
}
