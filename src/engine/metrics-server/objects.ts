/**
 * metrics-server as an addon: its identity and rights, the Deployment and Service, and the APIService that makes the API server pass
 * `metrics.k8s.io` on to it. Data only: the composition root creates it when the cluster is asked to measure.
 *
 * Upstream: kubernetes-sigs/metrics-server manifests (v0.8)
 */
import type * as apiregistrationv1 from '../../api/apiregistration/v1.ts';
import type * as appsv1 from '../../api/apps/v1.ts';
import type * as corev1 from '../../api/core/v1.ts';
import type * as rbacv1 from '../../api/rbac/v1.ts';
import type { SystemObject } from '../kube-system.ts';

const namespace = 'kube-system';
const name = 'metrics-server';
const labels = { 'k8s-app': name };
export const metricsServerImageName = 'registry.k8s.io/metrics-server/metrics-server:v0.8.0';

const rbacVersion = 'rbac.authorization.k8s.io/v1';
const rbacGroup = 'rbac.authorization.k8s.io';
const subjects: readonly rbacv1.Subject[] = [{ kind: 'ServiceAccount', name, namespace }];

const serviceAccount: corev1.ServiceAccount = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name, namespace, labels },
};

const readerRole: rbacv1.ClusterRole = {
  apiVersion: rbacVersion,
  kind: 'ClusterRole',
  metadata: {
    name: 'system:aggregated-metrics-reader',
    labels: {
      ...labels,
      'rbac.authorization.k8s.io/aggregate-to-admin': 'true',
      'rbac.authorization.k8s.io/aggregate-to-edit': 'true',
      'rbac.authorization.k8s.io/aggregate-to-view': 'true',
    },
  },
  rules: [{ apiGroups: ['metrics.k8s.io'], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] }],
};

const ownRole: rbacv1.ClusterRole = {
  apiVersion: rbacVersion,
  kind: 'ClusterRole',
  metadata: { name: 'system:metrics-server', labels },
  rules: [
    { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
    { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
  ],
};

const authReader: rbacv1.RoleBinding = {
  apiVersion: rbacVersion,
  kind: 'RoleBinding',
  metadata: { name: 'metrics-server-auth-reader', namespace, labels },
  roleRef: { apiGroup: rbacGroup, kind: 'Role', name: 'extension-apiserver-authentication-reader' },
  subjects,
};

const clusterBinding = (binding: string, role: string): rbacv1.ClusterRoleBinding => ({
  apiVersion: rbacVersion,
  kind: 'ClusterRoleBinding',
  metadata: { name: binding, labels },
  roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name: role },
  subjects,
});

const service: corev1.Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace, labels },
  spec: {
    selector: labels,
    ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 'https', appProtocol: 'https' }],
  },
};

const probe = (path: string): corev1.Probe => ({
  httpGet: { path, port: 'https', scheme: 'HTTPS' },
  periodSeconds: 10,
  failureThreshold: 3,
});

const container: corev1.Container = {
  name,
  image: metricsServerImageName,
  imagePullPolicy: 'IfNotPresent',
  args: [
    '--cert-dir=/tmp',
    '--secure-port=10250',
    '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
    '--kubelet-use-node-status-port',
    '--metric-resolution=15s',
    '--kubelet-insecure-tls',
  ],
  resources: { requests: { cpu: '100m', memory: '200Mi' } },
  ports: [{ name: 'https', containerPort: 10250, protocol: 'TCP' }],
  readinessProbe: { ...probe('/readyz'), initialDelaySeconds: 20 },
  livenessProbe: probe('/livez'),
  securityContext: {
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    runAsUser: 1000,
    allowPrivilegeEscalation: false,
    seccompProfile: { type: 'RuntimeDefault' },
    capabilities: { drop: ['ALL'] },
  },
  volumeMounts: [{ name: 'tmp-dir', mountPath: '/tmp' }],
};

const deployment: appsv1.Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace, labels },
  spec: {
    selector: { matchLabels: labels },
    strategy: { rollingUpdate: { maxUnavailable: 0 } },
    template: {
      metadata: { labels },
      spec: {
        serviceAccountName: name,
        priorityClassName: 'system-cluster-critical',
        nodeSelector: { 'kubernetes.io/os': 'linux' },
        containers: [container],
        volumes: [{ name: 'tmp-dir', emptyDir: {} }],
      },
    },
  },
};

const apiService: apiregistrationv1.APIService = {
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: 'v1beta1.metrics.k8s.io', labels },
  spec: {
    group: 'metrics.k8s.io',
    version: 'v1beta1',
    groupPriorityMinimum: 100,
    versionPriority: 100,
    insecureSkipTLSVerify: true,
    service: { name, namespace, port: 443 },
  },
};

/** What `kubectl apply -f components.yaml` creates, in order. */
export function metricsServerObjects(): readonly SystemObject[] {
  const core = `/api/v1/namespaces/${namespace}`;
  const rbac = `/apis/${rbacVersion}`;
  return [
    { path: `${core}/serviceaccounts`, object: serviceAccount },
    { path: `${rbac}/clusterroles`, object: readerRole },
    { path: `${rbac}/clusterroles`, object: ownRole },
    { path: `${rbac}/namespaces/${namespace}/rolebindings`, object: authReader },
    {
      path: `${rbac}/clusterrolebindings`,
      object: clusterBinding('metrics-server:system:auth-delegator', 'system:auth-delegator'),
    },
    { path: `${rbac}/clusterrolebindings`, object: clusterBinding('system:metrics-server', 'system:metrics-server') },
    { path: `${core}/services`, object: service },
    { path: `/apis/apps/v1/namespaces/${namespace}/deployments`, object: deployment },
    { path: '/apis/apiregistration.k8s.io/v1/apiservices', object: apiService },
  ];
}
