/** Binding a pod to a node. Upstream: pkg/registry/core/pod/storage/storage.go BindingREST (v1.36) */
import type * as corev1 from '../../../../api/core/v1.ts';
import { newBadRequest, newConflict, newNotFound, newStatusError } from '../../../../apimachinery/status-error.ts';
import * as field from '../../../../apimachinery/field-error.ts';
import type { Process } from '../../../../process/process.ts';
import { asDraft } from '../../generic/operation.ts';
import { operationOf, writeQuery } from '../../handlers/write-options.ts';
import type { SubresourceRequest } from '../subresource-request.ts';

const pods = { group: '', resource: 'pods' };
const podBinding = { group: '', resource: 'pods/binding' };

/** POST pods/binding. */
export function* bindPod(request: SubresourceRequest): Process<void> {
  const { context, store, name, served } = request;
  const options = writeQuery(context, 'CreateOptions');
  const body = request.body<corev1.Binding>();
  checkBinding(body, name, context.info.namespace);
  const operation = operationOf(context, served, options);
  const { uid, resourceVersion } = body.metadata;
  if (!store.entry(context.info.namespace, name)) throw newNotFound(pods, name);
  yield* store.update(context.info.namespace, name, operation, {
    transform: (current) => asDraft(boundPod(current as corev1.Pod, body, request.services.now())),
    strategy: {},
    untracked: true,
    preconditions: { uid: uid || undefined, resourceVersion: resourceVersion || undefined },
  });
  request.reply(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
}

function checkBinding(body: corev1.Binding, name: string, namespace: string): void {
  if ((body.metadata.name ?? '') !== name) {
    throw newBadRequest('name in URL does not match name in Binding object');
  }
  if (body.metadata.namespace && body.metadata.namespace !== namespace) {
    throw newBadRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  const { target } = body;
  const errors: field.FieldError[] = [];
  if (target?.kind && target.kind !== 'Node')
    errors.push(field.notSupported(field.newPath('target', 'kind'), target.kind, ['Node', '<empty>']));
  if (!target?.name) errors.push(field.required(field.newPath('target', 'name')));
  if (errors.length > 0) throw newStatusError({ code: 500, reason: '', message: field.toAggregate(errors) });
}

function boundPod(pod: corev1.Pod, binding: corev1.Binding, now: string): corev1.Pod {
  const { target, metadata } = binding;
  const { name = '' } = pod.metadata;
  if (pod.metadata.deletionTimestamp !== undefined) {
    throw newConflict(podBinding, name, `pod ${name} is being deleted, cannot be assigned to a host`);
  }
  if (pod.spec?.nodeName) {
    throw newConflict(podBinding, name, `pod ${name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`);
  }
  if ((pod.spec?.schedulingGates ?? []).length > 0) {
    throw newConflict(podBinding, name, `pod ${name} has non-empty .spec.schedulingGates`);
  }
  const { annotations, labels } = metadata;
  return {
    ...pod,
    metadata: Object.assign(
      {},
      pod.metadata,
      hasMembers(annotations) ? { annotations: { ...pod.metadata.annotations, ...annotations } } : undefined,
      hasMembers(labels) ? { labels: { ...pod.metadata.labels, ...labels } } : undefined,
    ),
    spec: Object.assign({}, pod.spec as corev1.PodSpec, { nodeName: target.name ?? '' }),
    status: boundStatus(pod.status ?? {}, now),
  };
}

const hasMembers = (record: object | undefined): boolean => record !== undefined && Object.keys(record).length > 0;

function boundStatus(status: corev1.PodStatus, now: string): corev1.PodStatus {
  const conditions = withScheduled(status.conditions ?? [], now);
  if (status.nominatedNodeName === undefined) return Object.assign({}, status, { conditions });
  // What was promised is kept now: no stale hint stays.
  const { nominatedNodeName: _, ...kept } = status;
  return { ...kept, conditions };
}

function withScheduled(conditions: readonly corev1.PodCondition[], now: string): corev1.PodCondition[] {
  const old = conditions.find(({ type }) => type === 'PodScheduled');
  const lastTransitionTime = old?.status === 'True' && old.lastTransitionTime ? old.lastTransitionTime : now;
  const scheduled = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime,
  } as unknown as corev1.PodCondition;
  return old
    ? conditions.map((condition) => (condition === old ? scheduled : condition))
    : conditions.concat(scheduled);
}
