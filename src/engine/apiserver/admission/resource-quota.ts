/**
 * Refuses what a namespace's quotas do not allow, and counts what they do.
 *
 * Upstream: apiserver/pkg/admission/plugin/resourcequota (v1.36)
 */
import type * as corev1 from '../../../api/core/v1.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import type { Process } from '../../../process/process.ts';
import { checkRequest, type QuotaChange, QuotaRefusal } from '../../quota/check-request.ts';
import { evaluatorOf } from '../../quota/evaluators.ts';
import { formatResourceList } from '../../../api/core/resource-list.ts';
import { asDraft, type Operation } from '../generic/operation.ts';
import type { StoreFinder } from '../generic/server-services.ts';
import type { ObjectReader } from '../registry/strategy-context.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts';
import { admissionForbidden } from './forbidden.ts';

/** What is asked, never kept: it counts for nothing. */
const reviews = new Set(['authentication.k8s.io', 'authorization.k8s.io']);

export function resourceQuota(objects: ObjectReader, stores: StoreFinder): AdmissionPlugin {
  return {
    name: 'ResourceQuota',
    handles({ verb, definition: { group, resource, namespaced }, subresource }) {
      if (!namespaced || reviews.has(group) || (group === '' && resource === 'bindings')) return false;
      return verb !== 'CREATE' || subresource === '';
    },
    concerns({ verb, namespace, definition, object, old, subresource }) {
      if (namespace === '' || !object) return false;
      if (verb === 'CREATE') return true;
      const evaluator = evaluatorOf(definition.group, definition.resource);
      return Boolean(old && evaluator?.countsUpdate?.(subresource, old, object as unknown as KubernetesObject));
    },
    *validateAsync(attributes) {
      const { definition, namespace, object, old, subresource, operation } = attributes;
      const evaluator = evaluatorOf(definition.group, definition.resource);
      const quotas = objects
        .list<corev1.ResourceQuota>('', 'resourcequotas')
        .filter(({ metadata }) => metadata.namespace === namespace);
      if (!evaluator || quotas.length === 0) return;
      const request = { evaluator, object: object as unknown as KubernetesObject, old, subresource };
      const changes = check(attributes, () => checkRequest(quotas, request));
      if (!operation.dryRun) for (const change of changes) yield* charge(stores, change);
    },
  };
}

function check(attributes: AdmissionAttributes, checks: () => QuotaChange[]): QuotaChange[] {
  try {
    return checks();
  } catch (error) {
    if (error instanceof QuotaRefusal) throw admissionForbidden(attributes, error.message);
    throw error;
  }
}

function* charge(stores: StoreFinder, { quota, used }: QuotaChange): Process<void> {
  const { namespace = '', name = '' } = quota.metadata;
  const operation: Operation = {
    user: { username: 'system:apiserver', groups: ['system:masters'] },
    namespace,
    subresource: 'status',
    dryRun: false,
    manager: 'kube-apiserver',
    apiVersion: 'v1',
    method: 'PUT',
    options: {},
    internal: true,
    warn: () => {},
  };
  const store = stores.store('', 'resourcequotas');
  if (!store) return;
  yield* store.update(namespace, name, operation, {
    transform: (current) => {
      const found = (current ?? quota) as corev1.ResourceQuota;
      const status = { ...found.status, used: formatResourceList(used) };
      return asDraft({ ...found, metadata: { ...found.metadata }, status });
    },
    strategy: {},
  });
}
