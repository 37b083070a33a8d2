/** Evicting a pod, if its disruption budgets allow. Upstream: pkg/registry/core/pod/storage/eviction.go (v1.36) */
import type * as corev1 from '../../../../api/core/v1.ts';
import type * as policyv1 from '../../../../api/policy/v1.ts';
import { labelSelectorAsSelector } from '../../../../apimachinery/labels.ts';
import {
  newBadRequest,
  newForbidden,
  newInternalError,
  newStatusError,
} from '../../../../apimachinery/status-error.ts';
import type { Process } from '../../../../process/process.ts';
import type { DeleteOptions } from '../../generic/deletion.ts';
import { asDraft } from '../../generic/operation.ts';
import { operationOf, writeQuery } from '../../handlers/write-options.ts';
import type { SubresourceRequest } from '../subresource-request.ts';

const maxDisruptedPodSize = 2000;
const retryAfterSeconds = 10;

/** POST pods/eviction. */
export function* evictPod(request: SubresourceRequest): Process<void> {
  const { context, store, name, served } = request;
  const { namespace } = context.info;
  const body = request.body<policyv1.Eviction>();
  const query = writeQuery(context, 'CreateOptions');
  if ((body.metadata.name ?? '') !== name) throw newBadRequest('name in URL does not match name in Eviction object');
  const given = body.deleteOptions as DeleteOptions | undefined;
  const inBody = (given?.dryRun?.length ?? 0) > 0;
  if (given?.dryRun !== undefined && inBody !== query.dryRun && query.dryRun && inBody) {
    throw newInternalError('conflicting dry-run options');
  }
  const dryRun = query.dryRun || inBody;
  const pod = store.get(namespace, name) as corev1.Pod;
  const operation = { ...operationOf(context, served, { dryRun, fieldManager: query.fieldManager }), method: 'DELETE' };
  if (!canIgnoreBudgets(pod)) yield* takeDisruption(request, pod, dryRun);
  yield* store.delete(
    namespace,
    name,
    { ...given, ...(dryRun ? { dryRun: ['All'] } : {}) },
    { ...operation, subresource: '' },
  );
  request.reply(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
}

/** Pods that run nowhere may always go. */
function canIgnoreBudgets(pod: corev1.Pod): boolean {
  const phase = pod.status?.phase;
  return (
    phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending' || pod.metadata.deletionTimestamp !== undefined
  );
}

const isReady = (pod: corev1.Pod): boolean =>
  pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;

function* takeDisruption(request: SubresourceRequest, pod: corev1.Pod, dryRun: boolean): Process<void> {
  const { services, context } = request;
  const { namespace = '', name = '', labels = {} } = pod.metadata;
  const budgets = services.objects
    .list<policyv1.PodDisruptionBudget>('policy', 'poddisruptionbudgets', namespace)
    .filter(({ spec }) => spec?.selector !== undefined && labelSelectorAsSelector(spec.selector).matches(labels));
  if (budgets.length > 1) {
    const message = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    throw newStatusError({ code: 500, reason: 'InternalError', message });
  }
  const [budget] = budgets;
  if (!budget || mayGoUnready(pod, budget)) return;
  const store = services.stores.store('policy', 'poddisruptionbudgets');
  const refusal = refusalOf(budget);
  if (refusal) throw refusal;
  if (dryRun || !store) return;
  const operation = {
    ...operationOf(context, request.served, { dryRun: false, fieldManager: '' }),
    subresource: 'status',
    method: 'PUT',
    apiVersion: 'policy/v1',
  };
  yield* store.update(namespace, budget.metadata.name ?? '', operation, {
    transform: (current) => asDraft(disrupted(current as policyv1.PodDisruptionBudget, name, services.now())),
    strategy: {},
  });
}

function mayGoUnready(pod: corev1.Pod, { spec, status }: policyv1.PodDisruptionBudget): boolean {
  if (isReady(pod)) return false;
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  return (status?.currentHealthy ?? 0) >= (status?.desiredHealthy ?? 0) && (status?.desiredHealthy ?? 0) > 0;
}

function refusalOf({ metadata, spec, status }: policyv1.PodDisruptionBudget): Error | undefined {
  const name = metadata.name ?? '';
  const tooMany = (cause: string): Error =>
    newStatusError({
      code: 429,
      reason: 'TooManyRequests',
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      details: {
        causes: [{ reason: 'DisruptionBudget', message: cause }],
        retryAfterSeconds:
          status && behind({ metadata, spec, status } as policyv1.PodDisruptionBudget) ? retryAfterSeconds : 0,
      },
    });
  if (behind({ metadata, spec, status } as policyv1.PodDisruptionBudget)) {
    return tooMany(`The disruption budget ${name} is still being processed by the server.`);
  }
  const allowed = status?.disruptionsAllowed ?? 0;
  const budget = { group: 'policy', resource: 'poddisruptionbudget' };
  if (allowed < 0) return newForbidden(budget, name, 'pdb disruptions allowed is negative');
  if (Object.keys(status?.disruptedPods ?? {}).length > maxDisruptedPodSize) {
    return newForbidden(budget, name, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller');
  }
  if (allowed > 0) return undefined;
  return tooMany(
    `The disruption budget ${name} needs ${status?.desiredHealthy ?? 0} healthy pods and has ${status?.currentHealthy ?? 0} currently`,
  );
}

const behind = ({ metadata, status }: policyv1.PodDisruptionBudget): boolean =>
  (status?.observedGeneration ?? 0) < (metadata.generation ?? 0);

function disrupted(budget: policyv1.PodDisruptionBudget, podName: string, now: string): policyv1.PodDisruptionBudget {
  const status = budget.status as policyv1.PodDisruptionBudgetStatus;
  const refusal = refusalOf(budget);
  if (refusal) throw refusal;
  const disruptionsAllowed = (status.disruptionsAllowed ?? 0) - 1;
  const conditions = (status.conditions ?? []).map((condition) =>
    condition.type === 'DisruptionAllowed' && disruptionsAllowed === 0
      ? {
          ...condition,
          status: 'False',
          reason: 'InsufficientPods',
          observedGeneration: status.observedGeneration ?? 0,
          lastTransitionTime: now,
        }
      : condition,
  );
  return {
    ...budget,
    metadata: { ...budget.metadata },
    status: {
      ...status,
      disruptionsAllowed,
      disruptedPods: { ...status.disruptedPods, [podName]: now },
      ...(status.conditions ? { conditions } : {}),
    },
  };
}
