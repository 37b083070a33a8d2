import type * as corev1 from '../../../api/core/v1.ts';
import { namespaces, serviceAccounts } from '../../../api/resources.ts';
import { isAlreadyExists } from '../../../apimachinery/status-error.ts';
import { defineController } from '../define-controller.ts';
import { isNamespaceTerminating } from '../shared/pod-control.ts';

/**
 * Gives every active namespace its service account `default`, and again when it is deleted.
 *
 * Upstream: pkg/controller/serviceaccount/serviceaccounts_controller.go (v1.36)
 */
export const serviceAccountsController = defineController({
  name: 'serviceaccount-controller',
  serviceAccount: 'service-account-controller',
  start(run) {
    const namespaceInformer = run.informer(namespaces);
    const accountInformer = run.informer(serviceAccounts);
    const queue = run.queue();
    run.watch(namespaceInformer, {
      add: (namespace) => queue.add(namespace.metadata.name ?? ''),
      update: (_, namespace) => queue.add(namespace.metadata.name ?? ''),
    });
    run.watch(accountInformer, { delete: (account) => queue.add(account.metadata.namespace ?? '') });
    run.work({
      queue,
      informers: [namespaceInformer, accountInformer],
      *reconcile(name) {
        const namespace = namespaceInformer.store.get(name);
        if (namespace?.status?.phase !== 'Active' || accountInformer.store.get(`${name}/default`)) return;
        const account: corev1.ServiceAccount = {
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          metadata: { name: 'default', namespace: name },
        };
        try {
          yield* run.client.resource(serviceAccounts, name).create(account);
        } catch (error) {
          if (!isAlreadyExists(error) && !isNamespaceTerminating(error)) throw error;
        }
      },
    });
  },
});
