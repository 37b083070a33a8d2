/** Evicting a pod, if its disruption budgets allow. Upstream: pkg/registry/core/pod/storage/eviction.go (v1.36) */
import type * as corev1 from '../../../../api/core/v1.ts';
import type * as metav1 from '../../../../api/meta/v1.ts';
import type * as policyv1 from '../../../../api/policy/v1.ts';
import { labelSelectorAsSelector } from '../../../../apimachinery/labels.ts';
import { newBadRequest, newForbidden, newNotFound, newStatusError } from '../../../../apimachinery/status-error.ts';
import type { Process } from '../../../../process/process.ts';
import { checkDeletePreconditions, type DeleteOptions } from '../../generic/deletion.ts';
import { asDraft, type Operation, type Preconditions } from '../../generic/operation.ts';
import { fieldsSetBy } from '../fields-set.ts';
import { checkDeleteOptions } from '../../handlers/delete-options.ts';
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
  const asked = context.query.all('dryRun');
  const inBody = given?.dryRun ?? [];
  if (asked.length > 0 && inBody.length > 0 && asked.join() !== inBody.join()) {
    const lists = `[${asked.join(' ')}] and [${inBody.join(' ')}]`;
    const message = `Non-matching dry-run options in request and content: ${lists}`;
    throw newStatusError({ code: 500, reason: '', message });
  }
  const dryRun = query.dryRun || inBody.length > 0;
  const pod = store.get(namespace, name) as corev1.Pod;
  const operation = { ...operationOf(context, served, { dryRun, fieldManager: query.fieldManager }), method: 'DELETE' };
  if (!canIgnoreBudgets(pod)) yield* takeDisruption(request, pod, dryRun);
  const options = { ...given, ...(dryRun ? { dryRun: inBody.length > 0 ? inBody : asked } : {}) };
  checkDeleteOptions(options);
  const preconditions = dryRun ? given?.preconditions : yield* addCondition(request, operation, given?.preconditions);
  yield* store.delete(
    namespace,
    name,
    { ...options, ...(preconditions ? { preconditions } : {}) },
    { ...operation, subresource: '' },
  );
  request.reply(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
}

const condition = {
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'EvictionByEvictionAPI',
  message: 'Eviction API: evicting',
};

/** Notes in the pod's status why it goes; gives the preconditions that the delete then has. Nobody owns the condition. */
function* addCondition(
  { context, store, name, services }: SubresourceRequest,
  operation: Operation,
  preconditions: Preconditions | undefined,
): Process<Preconditions | undefined> {
  const { object } = yield* store.update(
    context.info.namespace,
    name,
    { ...operation, subresource: 'status', method: 'PUT' },
    {
      transform(current) {
        if (!current) throw newNotFound({ group: '', resource: 'pods' }, name);
        const { uid, resourceVersion } = preconditions ?? {};
        const stated = { uid: uid || undefined, resourceVersion: resourceVersion || undefined };
        checkDeletePreconditions(current, stated, { group: '', resource: 'Pod' });
        return asDraft(disruptionTarget(current as corev1.Pod, services.now()));
      },
      strategy: {},
      untracked: true,
    },
  );
  const { resourceVersion } = object.metadata;
  return preconditions?.resourceVersion === undefined ? preconditions : { ...preconditions, resourceVersion };
}

function disruptionTarget(pod: corev1.Pod, now: string): corev1.Pod {
  const conditions = pod.status?.conditions ?? [];
  const old = conditions.find(({ type }) => type === condition.type);
  if (old && old.status === condition.status && old.reason === condition.reason && old.message === condition.message)
    return pod;
  const lastTransitionTime = old?.status === condition.status ? (old.lastTransitionTime ?? now) : now;
  const updated = { ...condition, lastProbeTime: null, lastTransitionTime } as unknown as corev1.PodCondition;
  const others = old ? conditions.map((one) => (one === old ? updated : one)) : [...conditions, updated];
  return { ...pod, metadata: { ...pod.metadata }, status: { ...pod.status, conditions: others } };
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
    throw newStatusError({ code: 500, reason: '', message });
  }
  const [budget] = budgets;
  if (!budget || mayGoUnready(pod, budget)) return;
  const store = services.stores.store('policy', 'poddisruptionbudgets');
  const refusal = refusalOf(budget);
  if (refusal) throw refusal;
  if (dryRun || !store) return;
  const operation = {
    ...operationOf(context, request.served, { dryRun: false, fieldManager: 'kube-apiserver' }),
    fields: store.definition.status ? fieldsSetBy(store.definition, 'status') : undefined,
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
  return allowed > 0 ? undefined : tooMany(whyNone(name, status));
}

function whyNone(name: string, status: policyv1.PodDisruptionBudgetStatus | undefined): string {
  const { currentHealthy = 0, desiredHealthy = 0, conditions = [] } = status ?? {};
  const refusing = conditions.find(({ type, status: state }) => type === 'DisruptionAllowed' && state === 'False');
  const { reason = '', message = '' } = refusing ?? {};
  if (message !== '' && reason === 'SyncFailed') {
    return `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${message}`;
  }
  if (currentHealthy <= desiredHealthy) {
    return `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
  }
  const text = `The disruption budget ${name} does not allow evicting pods currently`;
  return message === '' ? text : `${text} (${reason}): ${message}`;
}

const behind = ({ metadata, status }: policyv1.PodDisruptionBudget): boolean =>
  (status?.observedGeneration ?? 0) < (metadata.generation ?? 0);

function disrupted(budget: policyv1.PodDisruptionBudget, podName: string, now: string): policyv1.PodDisruptionBudget {
  const status = budget.status as policyv1.PodDisruptionBudgetStatus;
  const refusal = refusalOf(budget);
  if (refusal) throw refusal;
  const disruptionsAllowed = (status.disruptionsAllowed ?? 0) - 1;
  return {
    ...budget,
    metadata: { ...budget.metadata },
    status: {
      ...status,
      disruptionsAllowed,
      disruptedPods: { ...status.disruptedPods, [podName]: now },
      ...(disruptionsAllowed === 0 ? { conditions: withoutSpare(status, now) } : {}),
    },
  };
}

/** The conditions of a budget that allows no more. Upstream: component-helpers/apps/poddisruptionbudget (v1.36) */
function withoutSpare(status: policyv1.PodDisruptionBudgetStatus, now: string): readonly metav1.Condition[] {
  const { conditions = [], observedGeneration = 0 } = status;
  const old = conditions.find(({ type }) => type === 'DisruptionAllowed');
  const updated: metav1.Condition = {
    type: 'DisruptionAllowed',
    status: 'False',
    ...(observedGeneration === 0 ? {} : { observedGeneration }),
    lastTransitionTime: old?.status === 'False' ? old.lastTransitionTime : now,
    reason: 'InsufficientPods',
    message: '',
  };
  return old ? conditions.map((one) => (one === old ? updated : one)) : [...conditions, updated];
}
