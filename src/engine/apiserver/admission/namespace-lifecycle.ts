/** Nothing is created in a namespace that does not exist or is going away. Upstream: plugin/namespace/lifecycle (v1.36) */
import type * as corev1 from '../../../api/core/v1.ts';
import { newForbidden, newNotFound, newStatusError } from '../../../apimachinery/status-error.ts';
import type { ObjectReader } from '../registry/strategy-context.ts';
import type { AdmissionPlugin } from './admission.ts';
import { admissionForbidden } from './forbidden.ts';

const immortal: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);
const namespaces = { group: '', resource: 'namespaces' };
/** Reviews may be made about namespaces that do not exist. */
const accessReviews: ReadonlySet<string> = new Set(['localsubjectaccessreviews']);

export function namespaceLifecycle(objects: ObjectReader): AdmissionPlugin {
  return {
    name: 'NamespaceLifecycle',
    handles: ({ verb }) => verb !== 'CONNECT',
    admit(attributes) {
      const { verb, definition, namespace, name } = attributes;
      const isNamespace = definition.resource === 'namespaces' && definition.group === '';
      if (verb === 'DELETE' && isNamespace && immortal.has(name)) {
        throw newForbidden(namespaces, name, 'this namespace may not be deleted');
      }
      if (!definition.namespaced || isNamespace || namespace === '' || verb === 'DELETE') return;
      if (accessReviews.has(definition.resource)) return;
      const found = objects.get<corev1.Namespace>('', 'namespaces', '', namespace);
      if (!found) throw newNotFound(namespaces, namespace);
      if (verb !== 'CREATE' || found.status?.phase !== 'Terminating') return;
      const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
      const { status } = admissionForbidden(attributes, why);
      const causes = [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${namespace} is being terminated`,
          field: 'metadata.namespace',
        },
      ];
      throw newStatusError({
        code: 403,
        reason: 'Forbidden',
        message: status.message ?? '',
        details: { ...status.details, causes },
      });
    },
  };
}
