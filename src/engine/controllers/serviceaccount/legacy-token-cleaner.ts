/**
 * Cleans up secrets with tokens that older versions made for service accounts by themselves: one that nobody used for a year is marked as
 * invalid, which the API server heeds, and goes after another year.
 *
 * Upstream: pkg/controller/serviceaccount/legacy_serviceaccount_token_cleaner.go (v1.36)
 */
import type * as corev1 from '../../../api/core/v1.ts';
import { podSecretNames } from '../../../api/core/pod-secret-names.ts';
import { configMaps, pods, secrets, serviceAccounts } from '../../../api/resources.ts';
import { isConflict, isNotFound } from '../../../apimachinery/status-error.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import type { Process } from '../../../process/process.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';
import { timeOf } from '../shared/api-time.ts';

const dayMs = 86_400_000;
const cleanUpPeriodMs = 365 * dayMs;
const trackingConfigMap = 'kube-apiserver-legacy-service-account-token-tracking';
const lastUsedLabel = 'kubernetes.io/legacy-token-last-used';
const invalidSinceLabel = 'kubernetes.io/legacy-token-invalid-since';

export const legacyTokenCleaner = defineController({
  name: 'legacy-serviceaccount-token-cleaner-controller',
  serviceAccount: 'legacy-service-account-token-cleaner',
  start(run) {
    const accountInformer = run.informer(serviceAccounts);
    const secretInformer = run.informer(secrets);
    const podInformer = run.informer(pods);
    const queue = run.queue();
    run.work({
      queue,
      informers: [accountInformer, secretInformer, podInformer],
      workers: 1,
      *reconcile() {
        const nowMs = run.now();
        const since = yield* trackedSince(run);
        if (since === undefined || nowMs < since + dayMs + cleanUpPeriodMs) return;
        for (const secret of secretInformer.store.list()) {
          const { namespace = '', annotations = {} } = secret.metadata;
          const account = accountInformer.store.get(
            `${namespace}/${annotations['kubernetes.io/service-account.name']}`,
          );
          const mounted = () => podInformer.store.list(namespace).flatMap(podSecretNames);
          yield* act(run, secret, legacyTokenFate(secret, account, mounted, nowMs));
        }
      },
    });
    queue.add('tokens');
    run.every(dayMs, () => queue.add('tokens'));
  },
});

/** `YYYY-MM-DD` in ms; undefined when it is none. */
function dateOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  return timeOf(`${text}T00:00:00Z`);
}
const formatDate = (ms: number): string => formatTime(ms).slice(0, 10);

/** The day on which the API server began to note the use of tokens, in ms; undefined when nobody knows. */
function* trackedSince(run: ControllerRun): Process<number | undefined> {
  try {
    const { data } = yield* run.client.resource(configMaps, 'kube-system').get(trackingConfigMap);
    return dateOf(data?.['since']);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return undefined;
  }
}

/**
 * What is to be done with a secret now. Only what an account lists among its secrets was made for it without being asked for.
 *
 * @param mounted names of the secrets that pods of its namespace use; asked late, as it is much work
 *
 * Upstream: evaluateSATokens (v1.36)
 */
export function legacyTokenFate(
  secret: corev1.Secret,
  account: corev1.ServiceAccount | undefined,
  mounted: () => readonly string[],
  nowMs: number,
): 'keep' | 'invalidate' | 'delete' {
  const { name = '', labels = {}, annotations = {}, creationTimestamp, deletionTimestamp } = secret.metadata;
  const beforeMs = nowMs - cleanUpPeriodMs;
  const before = formatDate(beforeMs);
  if (secret.type !== 'kubernetes.io/service-account-token' || deletionTimestamp !== undefined) return 'keep';
  if ((timeOf(creationTimestamp) ?? 0) >= beforeMs) return 'keep';
  const lastUsed = labels[lastUsedLabel];
  if (lastUsed !== undefined && (dateOf(lastUsed) === undefined || lastUsed >= before)) return 'keep';
  const uid = annotations['kubernetes.io/service-account.uid'] ?? '';
  const known = account && (uid === '' || uid === account.metadata.uid);
  if (!known || !(account.secrets ?? []).some((ref) => ref.name === name)) return 'keep';
  if (mounted().includes(name)) return 'keep';
  const invalidSince = labels[invalidSinceLabel];
  if (invalidSince === undefined || dateOf(invalidSince) === undefined) return 'invalidate';
  return invalidSince >= before ? 'keep' : 'delete';
}

function* act(
  run: ControllerRun,
  { metadata }: corev1.Secret,
  fate: ReturnType<typeof legacyTokenFate>,
): Process<void> {
  if (fate === 'keep') return;
  const { namespace, name = '', uid, resourceVersion = '' } = metadata;
  const resource = run.client.resource(secrets, namespace);
  try {
    if (fate === 'delete') yield* resource.delete(name, { preconditions: { resourceVersion } });
    else
      yield* resource.patch(name, 'merge', {
        metadata: { uid, labels: { [invalidSinceLabel]: formatDate(run.now()) } },
      });
  } catch (error) {
    // The next round looks again.
    if (!isConflict(error) && !isNotFound(error)) throw error;
  }
}
