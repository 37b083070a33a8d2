import type { KubernetesObject } from '../../apimachinery/object-meta.ts';
import type { ResourceRef } from '../../apimachinery/resource-ref.ts';
import { clusterRoleBindings, clusterRoles, namespaces, serviceAccounts } from '../../api/resources.ts';
import type * as rbacv1 from '../../api/rbac/v1.ts';
import type { Client } from '../../client/client.ts';
import type { Process } from '../../process/process.ts';
import type { ControllerDefinition } from './definition.ts';
import { splitResourceName } from './resource-names.ts';

/** Where the service accounts of people's own controllers are. */
export const controllersNamespace = 'controllers';

/** What a controller may do when it does not say: look after its resource, make what it owns. */
function defaultRules({ for: target, owns = [] }: ControllerDefinition): rbacv1.PolicyRule[] {
  const rule = (name: string, verbs: readonly string[], sub: readonly string[]): rbacv1.PolicyRule => {
    const { group, resource } = splitResourceName(name);
    return { apiGroups: [group], resources: [resource, ...sub.map((one) => `${resource}/${one}`)], verbs };
  };
  return [
    rule(target, ['get', 'list', 'watch', 'update', 'patch'], ['status', 'finalizers']),
    ...owns.map((name) => rule(name, ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'], [])),
  ];
}

const eventsRule: rbacv1.PolicyRule = {
  apiGroups: ['', 'events.k8s.io'],
  resources: ['events'],
  verbs: ['create', 'patch', 'update'],
};

/** Creates the service account and its rights, as whoever starts the controller. */
export function* ensureIdentity(admin: Client, definition: ControllerDefinition): Process<void> {
  const { name } = definition;
  const role = `controllers:${name}`;
  const rules = [...(definition.rbac ?? defaultRules(definition)), eventsRule];
  const subjects = [{ kind: 'ServiceAccount', name, namespace: controllersNamespace }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role };
  const rbac = 'rbac.authorization.k8s.io/v1';
  yield* apply(admin, namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: controllersNamespace } });
  yield* apply(admin, serviceAccounts, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace: controllersNamespace },
  });
  yield* apply(admin, clusterRoles, { apiVersion: rbac, kind: 'ClusterRole', metadata: { name: role }, rules });
  yield* apply(admin, clusterRoleBindings, {
    apiVersion: rbac,
    kind: 'ClusterRoleBinding',
    metadata: { name: role },
    roleRef,
    subjects,
  });
}

function apply<T extends KubernetesObject>(admin: Client, ref: ResourceRef<T>, object: T): Process<T> {
  return admin.resource(ref, object.metadata.namespace).apply(object, { fieldManager: 'tabernetes', force: true });
}
