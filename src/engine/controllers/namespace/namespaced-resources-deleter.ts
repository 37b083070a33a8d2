import type * as corev1 from '../../../api/core/v1.ts';
import { namespaces, pods } from '../../../api/resources.ts';
import { errorText } from '../../../apimachinery/error-text.ts';
import { isConflict, isMethodNotSupported, isNotFound } from '../../../apimachinery/status-error.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import type { Client } from '../../../client/client.ts';
import type { Process } from '../../../process/process.ts';
import { timeOf } from '../shared/api-time.ts';
import { type DiscoveredResource, serverPreferredResources } from '../shared/discovery.ts';
import { isPodTerminal } from '../shared/pod-status.ts';
import { runAll } from '../shared/slow-start-batch.ts';
import { updateConditions } from './namespace-conditions.ts';

const finalizerToken = 'kubernetes';
const finalizerEstimateSeconds = 15;

/** Some content is still going; look again after `estimateSeconds`. */
export class ResourcesRemainingError extends Error {
  readonly estimateSeconds: number;
  constructor(estimateSeconds: number) {
    super(`some content remains in the namespace, estimate ${estimateSeconds} seconds before it is removed`);
    this.estimateSeconds = estimateSeconds;
  }
}

interface Totals {
  estimateSeconds: number;
  readonly remaining: Map<string, number>;
  readonly finalizers: Map<string, number>;
  readonly errors: Error[];
}

/**
 * Deletes all that is in a terminating namespace, pods first, then lets the namespace go.
 *
 * Upstream: pkg/controller/namespace/deletion/namespaced_resources_deleter.go (v1.36)
 */
export function* deleteNamespace(client: Client, name: string, now: () => number): Process<void> {
  const resource = client.resource(namespaces);
  let namespace: corev1.Namespace;
  try {
    namespace = yield* resource.get(name);
  } catch (error) {
    if (isNotFound(error)) return;
    throw error;
  }
  if (namespace.metadata.deletionTimestamp === undefined) return;
  if (namespace.status?.phase !== 'Terminating') {
    namespace = yield* resource.updateStatus({ ...namespace, status: { ...namespace.status, phase: 'Terminating' } });
  }
  if ((namespace.spec?.finalizers ?? []).length === 0) return;
  const estimate = yield* deleteAllContent(client, namespace, now);
  if (estimate > 0) throw new ResourcesRemainingError(estimate);
  yield* finalizeNamespace(client, name);
}

function* deleteAllContent(client: Client, namespace: corev1.Namespace, now: () => number): Process<number> {
  const { resources, failures } = yield* serverPreferredResources(client);
  const discoveryError =
    failures.length === 0
      ? undefined
      : `Discovery failed for some groups, ${failures.length} failing: unable to retrieve the complete list of server APIs: ` +
        failures.map(({ groupVersion, error }) => `${groupVersion}: ${errorText(error)}`).join(', ');
  const totals: Totals = { estimateSeconds: 0, remaining: new Map(), finalizers: new Map(), errors: [] };
  const deletable = resources.filter(({ namespaced, verbs }) => namespaced && verbs.includes('delete'));
  const isPods = ({ group, resource }: DiscoveredResource) => group === '' && resource === 'pods';
  for (const one of deletable.filter(isPods)) yield* deleteResource(client, one, namespace, now, totals);
  if (totals.remaining.size === 0) {
    yield* runAll(
      deletable.filter((one) => !isPods(one)).map((one) => deleteResource(client, one, namespace, now, totals)),
    );
    yield* writeConditions(client, namespace, { ...totals, discoveryError, now });
  } else {
    yield* writeConditions(client, namespace, { errors: totals.errors, discoveryError, now });
  }
  const [first] = totals.errors;
  if (first) throw first;
  if (failures[0]) throw failures[0].error;
  return totals.estimateSeconds;
}

function* writeConditions(
  client: Client,
  namespace: corev1.Namespace,
  found: Pick<Totals, 'errors'> &
    Partial<Totals> & { readonly discoveryError: string | undefined; readonly now: () => number },
): Process<void> {
  const old = namespace.status?.conditions ?? [];
  const findings = {
    deleteErrors: found.errors.map(({ message }) => message),
    remaining: found.remaining ?? new Map<string, number>(),
    finalizers: found.finalizers ?? new Map<string, number>(),
    ...(found.discoveryError === undefined ? {} : { discoveryError: found.discoveryError }),
  };
  const conditions = updateConditions(old, findings, formatTime(found.now()));
  if (conditions === old) return;
  try {
    yield* client.resource(namespaces).updateStatus({ ...namespace, status: { ...namespace.status, conditions } });
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
}

function* deleteResource(
  client: Client,
  ref: DiscoveredResource,
  namespace: corev1.Namespace,
  now: () => number,
  totals: Totals,
): Process<void> {
  const name = namespace.metadata.name ?? '';
  const resource = client.resource(ref, name);
  try {
    const grace = yield* estimateGracefulTermination(client, ref, namespace, now);
    if (ref.verbs.includes('deletecollection')) {
      yield* resource.deleteCollection({}, { propagationPolicy: 'Background' });
    } else if (ref.verbs.includes('list')) {
      yield* deleteEach(client, ref, name);
    }
    if (!ref.verbs.includes('list')) return;
    const { items } = yield* resource.list();
    if (items.length === 0) return;
    const held = items.flatMap((item) => item.metadata.finalizers ?? []);
    totals.estimateSeconds = Math.max(
      totals.estimateSeconds,
      grace || (held.length > 0 ? finalizerEstimateSeconds : 0),
    );
    totals.remaining.set(`${ref.resource}.${ref.group}`, items.length);
    for (const finalizer of held) totals.finalizers.set(finalizer, (totals.finalizers.get(finalizer) ?? 0) + 1);
    if (grace === 0 && held.length === 0) {
      const gvr = `${ref.group}/${ref.version}, Resource=${ref.resource}`;
      throw new Error(`unexpected items still remain in namespace: ${name} for gvr: ${gvr}`);
    }
  } catch (error) {
    if (isNotFound(error) || isMethodNotSupported(error)) return;
    if (!(error instanceof Error)) throw error;
    totals.errors.push(error);
  }
}

function* deleteEach(client: Client, ref: DiscoveredResource, namespace: string): Process<void> {
  const resource = client.resource(ref, namespace);
  for (const item of (yield* resource.list()).items) {
    try {
      yield* resource.delete(item.metadata.name ?? '', { propagationPolicy: 'Background' });
    } catch (error) {
      if (!isNotFound(error) && !isMethodNotSupported(error)) throw error;
    }
  }
}

/** Seconds that pods may still take by their grace periods. */
function* estimateGracefulTermination(
  client: Client,
  ref: DiscoveredResource,
  namespace: corev1.Namespace,
  now: () => number,
): Process<number> {
  if (ref.group !== '' || ref.resource !== 'pods') return 0;
  const { items } = yield* client.resource(pods, namespace.metadata.name).list();
  const graces = items.filter((pod) => !isPodTerminal(pod)).map((pod) => pod.spec?.terminationGracePeriodSeconds ?? 0);
  const estimate = Math.max(0, ...graces);
  const sinceMs = now() - (timeOf(namespace.metadata.deletionTimestamp) ?? 0);
  return sinceMs >= estimate * 1000 ? 0 : estimate;
}

function* finalizeNamespace(client: Client, name: string): Process<void> {
  const resource = client.resource(namespaces);
  for (;;) {
    try {
      const namespace = yield* resource.get(name);
      const finalizers = (namespace.spec?.finalizers ?? []).filter((finalizer) => finalizer !== finalizerToken).sort();
      const { status: _, ...rest } = namespace;
      const body = { ...rest, spec: { ...namespace.spec, finalizers } };
      yield* resource.updateSubresource(name, 'finalize', body);
      return;
    } catch (error) {
      if (isNotFound(error)) return;
      if (!isConflict(error)) throw error;
    }
  }
}
