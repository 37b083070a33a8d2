/** What every cluster has from its start: put straight into the store, those that are not there yet. */
import type * as corev1 from '../../../api/core/v1.ts';
import type * as rbacv1 from '../../../api/rbac/v1.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import { putSystemObject } from '../generic/system-objects.ts';
import { ipAddressOf } from '../registry/core/service-allocation.ts';
import { registerOwnApiServices } from '../own-controllers/api-services.ts';
import { applyFlowSchemaConditions, applyServiceCIDRCondition } from '../own-controllers/conditions.ts';
import type { ServerAccess } from '../server-access.ts';
import { flowSchemaFacts, priorityLevelFacts } from './flow-control-facts.ts';
import { clusterRoleBindingFacts, clusterRoleFacts, roleBindingFacts, roleFacts } from './rbac-facts.ts';

const rbacGroup = 'rbac.authorization.k8s.io';
const rbac = `${rbacGroup}/v1`;
const flowGroup = 'flowcontrol.apiserver.k8s.io';
export const systemNamespaces = ['kube-system', 'kube-public', 'kube-node-lease', 'default'];

const producer = 'api-priority-and-fairness-config-producer-v1';

/** Puts the system's objects into the store, those that are not there yet. */
export function bootstrap(server: ServerAccess): void {
  const put = (
    group: string,
    resource: string,
    object: KubernetesObject,
    manager?: string,
    stated?: KubernetesObject,
  ) => putSystemObject(server.services, group, resource, object, manager, stated);
  server.sim.withCause(server.sim.newCause('cluster start'), () => {
    putSystemNamespaces(server);
    for (const role of clusterRoles()) put(rbacGroup, 'clusterroles', role);
    for (const binding of clusterRoleBindings()) put(rbacGroup, 'clusterrolebindings', binding);
    for (const line of roleFacts) put(rbacGroup, 'roles', roleOf(line));
    for (const line of roleBindingFacts) put(rbacGroup, 'rolebindings', roleBindingOf(line));
    for (const object of priorityClasses) put('scheduling.k8s.io', 'priorityclasses', object);
    for (const line of priorityLevelFacts)
      put(flowGroup, 'prioritylevelconfigurations', priorityLevelOf(line), producer);
    for (const line of flowSchemaFacts) put(flowGroup, 'flowschemas', flowSchemaOf(line), producer);
    applyFlowSchemaConditions(server);
    putKubernetesService(server);
    put('', 'configmaps', legacyTokenTracking(server.services.now()));
    const clientCA = server.clientCA();
    if (clientCA !== undefined) put('', 'configmaps', authenticationTrust(clientCA));
    registerOwnApiServices(server);
  });
}

/** Creates the system's namespaces that are not there. */
export function putSystemNamespaces({ services }: ServerAccess): void {
  for (const object of systemNamespaces.map(namespace)) {
    const { kind, apiVersion, metadata } = object;
    // What the strategy of namespaces sets is nobody's.
    const stated = { kind, apiVersion, metadata } as KubernetesObject;
    putSystemObject(services, '', 'namespaces', object, undefined, stated);
  }
}

/** What the API server's own Service consists of: group, resource, namespace, name. */
export const kubernetesServiceObjects = [
  ['networking.k8s.io', 'servicecidrs', '', 'kubernetes'],
  ['', 'services', 'default', 'kubernetes'],
  ['networking.k8s.io', 'ipaddresses', '', '10.96.0.1'],
] as const;

/** Creates the API server's own Service and the range its address is from, where they are not there. */
export function putKubernetesService(server: ServerAccess): void {
  const [[group]] = kubernetesServiceObjects;
  if (!server.resources.store(group, 'servicecidrs')?.entry('', 'kubernetes')) {
    putSystemObject(server.services, group, 'servicecidrs', serviceCIDR());
    applyServiceCIDRCondition(server);
  }
  putSystemObject(server.services, '', 'services', kubernetesService);
  putSystemObject(server.services, group, 'ipaddresses', ipAddressOf(kubernetesService, '10.96.0.1'));
}

type RuleFacts = readonly [
  verbs: string[],
  apiGroups?: string[],
  resources?: string[],
  resourceNames?: string[],
  urls?: string[],
];

const systemMeta = {
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
};
const autoupdateSpec = { 'apf.kubernetes.io/autoupdate-spec': 'true' };

function namespace(name: string): corev1.Namespace {
  return {
    kind: 'Namespace',
    apiVersion: 'v1',
    metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}

function ruleOf([verbs, apiGroups, resources, resourceNames, nonResourceURLs]: RuleFacts): rbacv1.PolicyRule {
  return {
    verbs,
    ...(apiGroups?.length ? { apiGroups } : {}),
    ...(resources?.length ? { resources } : {}),
    ...(resourceNames?.length ? { resourceNames } : {}),
    ...(nonResourceURLs?.length ? { nonResourceURLs } : {}),
  };
}

function clusterRoles(): rbacv1.ClusterRole[] {
  return clusterRoleFacts.map((line) => {
    const [name, rules, into = [], from = []] = JSON.parse(line) as [string, RuleFacts[], string[]?, string[]?];
    const aggregates = Object.fromEntries(
      into.map((role) => [`rbac.authorization.k8s.io/aggregate-to-${role}`, 'true']),
    );
    const selectors = from.map((role) => ({
      matchLabels: { [`rbac.authorization.k8s.io/aggregate-to-${role}`]: 'true' },
    }));
    return {
      kind: 'ClusterRole',
      apiVersion: rbac,
      metadata: { name, ...systemMeta, labels: { ...systemMeta.labels, ...aggregates } },
      rules: (selectors.length > 0 ? null : rules.map(ruleOf)) as rbacv1.PolicyRule[],
      ...(selectors.length > 0 ? { aggregationRule: { clusterRoleSelectors: selectors } } : {}),
    };
  });
}

function subjectOf(text: string): rbacv1.Subject {
  const name = text.slice(2);
  if (text.startsWith('S:')) {
    const [place = '', account = ''] = name.split('/');
    return { kind: 'ServiceAccount', name: account, namespace: place };
  }
  return { kind: text.startsWith('U:') ? 'User' : 'Group', apiGroup: rbacGroup, name };
}

function clusterRoleBindings(): rbacv1.ClusterRoleBinding[] {
  return clusterRoleBindingFacts.map((line) => {
    const [name, role, subjects] = JSON.parse(line) as [string, string, string[]];
    return {
      kind: 'ClusterRoleBinding',
      apiVersion: rbac,
      metadata: { name, ...systemMeta },
      ...(subjects.length > 0 ? { subjects: subjects.map(subjectOf) } : {}),
      roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name: role },
    };
  });
}

function roleOf(line: string): rbacv1.Role {
  const [place, name, rules] = JSON.parse(line) as [string, string, RuleFacts[]];
  return {
    kind: 'Role',
    apiVersion: rbac,
    metadata: { name, namespace: place, ...systemMeta },
    rules: rules.map(ruleOf),
  };
}

function roleBindingOf(line: string): rbacv1.RoleBinding {
  const [place, name, role, subjects] = JSON.parse(line) as [string, string, string, string[]];
  return {
    kind: 'RoleBinding',
    apiVersion: rbac,
    metadata: { name, namespace: place, ...systemMeta },
    subjects: subjects.map(subjectOf),
    roleRef: { apiGroup: rbacGroup, kind: 'Role', name: role },
  };
}

const priorityClasses = [
  {
    kind: 'PriorityClass',
    apiVersion: 'scheduling.k8s.io/v1',
    metadata: { name: 'system-node-critical', generation: 1 },
    value: 2_000_001_000,
    description: 'Used for system critical pods that must not be moved from their current node.',
    preemptionPolicy: 'PreemptLowerPriority',
  },
  {
    kind: 'PriorityClass',
    apiVersion: 'scheduling.k8s.io/v1',
    metadata: { name: 'system-cluster-critical', generation: 1 },
    value: 2_000_000_000,
    description:
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
    preemptionPolicy: 'PreemptLowerPriority',
  },
];

function priorityLevelOf(line: string): KubernetesObject {
  const [name, spec] = JSON.parse(line) as [string, object];
  const object = {
    kind: 'PriorityLevelConfiguration',
    apiVersion: `${flowGroup}/v1`,
    metadata: { name, generation: 1, annotations: autoupdateSpec },
    spec,
    status: {},
  };
  return object;
}

function flowSchemaOf(line: string): KubernetesObject {
  const [name, spec] = JSON.parse(line) as [string, object];
  const metadata = { name, generation: 1, annotations: autoupdateSpec };
  const object = { kind: 'FlowSchema', apiVersion: `${flowGroup}/v1`, metadata, spec, status: {} };
  return object;
}

function serviceCIDR(): KubernetesObject {
  const spec = { cidrs: ['10.96.0.0/16'] };
  const object = {
    kind: 'ServiceCIDR',
    apiVersion: 'networking.k8s.io/v1',
    metadata: { name: 'kubernetes' },
    spec,
    status: {},
  };
  return object;
}

/** Since when the use of service accounts' secrets is noted. Upstream: pkg/controlplane/controller/legacytokentracking (v1.36) */
const legacyTokenTracking = (now: string): corev1.ConfigMap => ({
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: { name: 'kube-apiserver-legacy-service-account-token-tracking', namespace: 'kube-system' },
  data: { since: now.slice(0, 10) },
});

/** What aggregated API servers need to know clients. Upstream: pkg/controlplane/controller/clusterauthenticationtrust (v1.36) */
const authenticationTrust = (clientCA: string): corev1.ConfigMap => ({
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: { name: 'extension-apiserver-authentication', namespace: 'kube-system' },
  data: { 'client-ca-file': clientCA },
});

const kubernetesService: corev1.Service = {
  kind: 'Service',
  apiVersion: 'v1',
  metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
  spec: {
    ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: 6443 }],
    clusterIP: '10.96.0.1',
    clusterIPs: ['10.96.0.1'],
    type: 'ClusterIP',
    sessionAffinity: 'None',
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    internalTrafficPolicy: 'Cluster',
  },
  status: { loadBalancer: {} },
};
