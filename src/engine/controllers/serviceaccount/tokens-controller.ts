import type * as corev1 from '../../../api/core/v1.ts';
import { secrets, serviceAccounts } from '../../../api/resources.ts';
import { isConflict, isNotFound } from '../../../apimachinery/status-error.ts';
import type { Process } from '../../../process/process.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';

const secretType = 'kubernetes.io/service-account-token';
const nameAnnotation = 'kubernetes.io/service-account.name';
const uidAnnotation = 'kubernetes.io/service-account.uid';

/**
 * Fills secrets that ask for a service account's token, and removes them with their account.
 *
 * Upstream: pkg/controller/serviceaccount/tokens_controller.go (v1.36)
 */
export const tokensController = defineController({
  name: 'serviceaccount-token-controller',
  serviceAccount: '',
  start(run) {
    const accountInformer = run.informer(serviceAccounts);
    const secretInformer = run.informer(secrets);
    const queue = run.queue();
    const enqueue = (secret: corev1.Secret): void => {
      if (secret.type === secretType) queue.add(`${secret.metadata.namespace ?? ''}/${secret.metadata.name ?? ''}`);
    };
    const enqueueTokensOf = ({ metadata }: corev1.ServiceAccount): void => {
      for (const secret of secretInformer.store.list(metadata.namespace)) {
        if (secret.metadata.annotations?.[nameAnnotation] === metadata.name) enqueue(secret);
      }
    };
    run.watch(secretInformer, { add: enqueue, update: (_, secret) => enqueue(secret) });
    run.watch(accountInformer, {
      add: enqueueTokensOf,
      update: (_, account) => enqueueTokensOf(account),
      delete: enqueueTokensOf,
    });
    run.work({
      queue,
      informers: [accountInformer, secretInformer],
      *reconcile(key) {
        const secret = secretInformer.store.get(key);
        if (secret?.type === secretType) yield* syncSecret(run, secret);
      },
    });
  },
});

function* syncSecret(run: ControllerRun, secret: corev1.Secret): Process<void> {
  const { namespace = '', name = '', uid = '', annotations = {} } = secret.metadata;
  const account = yield* accountOf(run, namespace, annotations[nameAnnotation] ?? '', annotations[uidAnnotation]);
  const resource = run.client.resource(secrets, namespace);
  try {
    if (account) {
      const filled = tokenSecret(run, secret, account);
      if (filled) yield* resource.update(filled);
    } else yield* resource.delete(name, { preconditions: { uid } });
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
}

/** The account of a name and, where one is given, of a uid. */
function* accountOf(
  run: ControllerRun,
  namespace: string,
  name: string,
  uid: string | undefined,
): Process<corev1.ServiceAccount | undefined> {
  try {
    const account = yield* run.client.resource(serviceAccounts, namespace).get(name);
    return !uid || uid === account.metadata.uid ? account : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** The secret with what it lacks; undefined when it lacks nothing. Upstream: generateTokenIfNeeded */
function tokenSecret(
  { settings }: ControllerRun,
  secret: corev1.Secret,
  { metadata }: corev1.ServiceAccount,
): corev1.Secret | undefined {
  const { data = {} } = secret;
  const { namespace = '', name: secretName = '' } = secret.metadata;
  const account = { name: metadata.name ?? '', uid: metadata.uid ?? '' };
  const { rootCA, issueSecretToken } = settings;
  const wanted: Record<string, string> = {};
  if (rootCA !== undefined && data['ca.crt'] !== btoa(rootCA)) wanted['ca.crt'] = btoa(rootCA);
  if (!data['namespace']) wanted['namespace'] = btoa(namespace);
  if (!data['token'] && issueSecretToken) wanted['token'] = btoa(issueSecretToken({ namespace, secretName, account }));
  if (Object.keys(wanted).length === 0) return undefined;
  const annotations = {
    ...secret.metadata.annotations,
    [nameAnnotation]: account.name,
    [uidAnnotation]: account.uid,
  };
  return { ...secret, metadata: { ...secret.metadata, annotations }, data: { ...data, ...wanted } };
}
