/**
 * What usually runs in kube-system: CoreDNS and its Service, kube-proxy, and the control plane's own pods. Data only: the composition
 * root creates the objects as the administrator and gives the static pods to the control-plane machine's kubelet.
 */
import { buildVersion } from '../apimachinery/build-version.ts';
import type * as appsv1 from '../api/apps/v1.ts';
import type * as corev1 from '../api/core/v1.ts';
import type * as rbacv1 from '../api/rbac/v1.ts';
import type * as storagev1 from '../api/storage/v1.ts';

const namespace = 'kube-system';
const version = buildVersion.gitVersion;
export const coreDNSImage = 'registry.k8s.io/coredns/coredns:v1.14.1';
export const kubeProxyImage = `registry.k8s.io/kube-proxy:${version}`;
export const etcdImage = 'registry.k8s.io/etcd:3.6.6-0';

/** Images that machines of a cluster bring along. */
export const systemImages: readonly string[] = [coreDNSImage, kubeProxyImage, 'registry.k8s.io/pause:3.10.1'];

/** Images that a control-plane machine brings along besides. */
export const controlPlaneImages: readonly string[] = [
  etcdImage,
  ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map(
    (name) => `registry.k8s.io/${name}:${version}`,
  ),
];

const corefile = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30
    loop
    reload
    loadbalance
}
`;

const dnsLabels = { 'k8s-app': 'kube-dns' };

const serviceAccount = (name: string): corev1.ServiceAccount => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name, namespace },
});

const coreDNSConfig: corev1.ConfigMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'coredns', namespace },
  data: { Corefile: corefile },
};

const coreDNSRole: rbacv1.ClusterRole = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'system:coredns' },
  rules: [
    { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
  ],
};

const coreDNSBinding: rbacv1.ClusterRoleBinding = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'system:coredns' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:coredns' },
  subjects: [{ kind: 'ServiceAccount', name: 'coredns', namespace }],
};

const dnsService = (clusterIP: string): corev1.Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'kube-dns',
    namespace,
    annotations: { 'prometheus.io/port': '9153', 'prometheus.io/scrape': 'true' },
    labels: { ...dnsLabels, 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' },
  },
  spec: {
    clusterIP,
    selector: dnsLabels,
    ports: [
      { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
      { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
      { name: 'metrics', port: 9153, protocol: 'TCP', targetPort: 9153 },
    ],
  },
});

const coreDNSContainer: corev1.Container = {
  name: 'coredns',
  image: coreDNSImage,
  imagePullPolicy: 'IfNotPresent',
  args: ['-conf', '/etc/coredns/Corefile'],
  resources: { limits: { memory: '170Mi' }, requests: { cpu: '100m', memory: '70Mi' } },
  ports: [
    { name: 'dns', containerPort: 53, protocol: 'UDP' },
    { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
    { name: 'metrics', containerPort: 9153, protocol: 'TCP' },
  ],
  volumeMounts: [{ name: 'config-volume', mountPath: '/etc/coredns', readOnly: true }],
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
    readOnlyRootFilesystem: true,
  },
};

const coreDNSDeployment: appsv1.Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'coredns', namespace, labels: dnsLabels },
  spec: {
    replicas: 2,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
    selector: { matchLabels: dnsLabels },
    template: {
      metadata: { labels: dnsLabels },
      spec: {
        priorityClassName: 'system-cluster-critical',
        serviceAccountName: 'coredns',
        nodeSelector: { 'kubernetes.io/os': 'linux' },
        tolerations: [
          { key: 'CriticalAddonsOnly', operator: 'Exists' },
          { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' },
        ],
        affinity: {
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 100,
                podAffinityTerm: {
                  labelSelector: { matchExpressions: [{ key: 'k8s-app', operator: 'In', values: ['kube-dns'] }] },
                  topologyKey: 'kubernetes.io/hostname',
                },
              },
            ],
          },
        },
        containers: [coreDNSContainer],
        dnsPolicy: 'Default',
        volumes: [
          { name: 'config-volume', configMap: { name: 'coredns', items: [{ key: 'Corefile', path: 'Corefile' }] } },
        ],
      },
    },
  },
};

const kubeProxyConfig: corev1.ConfigMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'kube-proxy', namespace, labels: { app: 'kube-proxy' } },
  data: {
    'config.conf':
      'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nclusterCIDR: 10.244.0.0/16\nmode: iptables\n',
  },
};

const kubeProxyDaemonSet: appsv1.DaemonSet = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'kube-proxy', namespace, labels: { 'k8s-app': 'kube-proxy' } },
  spec: {
    selector: { matchLabels: { 'k8s-app': 'kube-proxy' } },
    updateStrategy: { type: 'RollingUpdate' },
    template: {
      metadata: { labels: { 'k8s-app': 'kube-proxy' } },
      spec: {
        priorityClassName: 'system-node-critical',
        serviceAccountName: 'kube-proxy',
        hostNetwork: true,
        nodeSelector: { 'kubernetes.io/os': 'linux' },
        tolerations: [{ operator: 'Exists' }],
        containers: [
          {
            name: 'kube-proxy',
            image: kubeProxyImage,
            imagePullPolicy: 'IfNotPresent',
            command: [
              '/usr/local/bin/kube-proxy',
              '--config=/var/lib/kube-proxy/config.conf',
              '--hostname-override=$(NODE_NAME)',
            ],
            env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
            securityContext: { privileged: true },
            volumeMounts: [{ name: 'kube-proxy', mountPath: '/var/lib/kube-proxy' }],
          },
        ],
        volumes: [{ name: 'kube-proxy', configMap: { name: 'kube-proxy' } }],
      },
    },
  },
};

const kubeProxyBinding: rbacv1.ClusterRoleBinding = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'kubeadm:node-proxier' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:node-proxier' },
  subjects: [{ kind: 'ServiceAccount', name: 'kube-proxy', namespace }],
};

/** What claims without a class get: disks on the node that runs the pod, as local clusters have them. */
const standardStorageClass: storagev1.StorageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: 'rancher.io/local-path',
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'WaitForFirstConsumer',
};

/** A system object, with the path under which it is created. */
export interface SystemObject {
  readonly path: string;
  readonly object: object;
}

const core = (resource: string): string => `/api/v1/namespaces/${namespace}/${resource}`;
const apps = (resource: string): string => `/apis/apps/v1/namespaces/${namespace}/${resource}`;
const rbac = (resource: string): string => `/apis/rbac.authorization.k8s.io/v1/${resource}`;

/** All objects of kube-system that are created through the API, in order. */
export function systemObjects(clusterDNS = '10.96.0.10'): readonly SystemObject[] {
  return [
    { path: core('serviceaccounts'), object: serviceAccount('coredns') },
    { path: core('serviceaccounts'), object: serviceAccount('kube-proxy') },
    { path: core('configmaps'), object: coreDNSConfig },
    { path: core('configmaps'), object: kubeProxyConfig },
    { path: rbac('clusterroles'), object: coreDNSRole },
    { path: rbac('clusterrolebindings'), object: coreDNSBinding },
    { path: rbac('clusterrolebindings'), object: kubeProxyBinding },
    { path: core('services'), object: dnsService(clusterDNS) },
    { path: apps('deployments'), object: coreDNSDeployment },
    { path: apps('daemonsets'), object: kubeProxyDaemonSet },
    { path: '/apis/storage.k8s.io/v1/storageclasses', object: standardStorageClass },
  ];
}

interface ControlPlanePart {
  readonly component: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly cpu: string;
  readonly memory?: string;
}

/** Static pods of a control-plane machine: what `kubeadm` would put there. */
export function controlPlanePods(nodeIP: string): readonly corev1.Pod[] {
  const parts: readonly ControlPlanePart[] = [
    {
      component: 'etcd',
      image: etcdImage,
      command: ['etcd', `--advertise-client-urls=https://${nodeIP}:2379`, '--data-dir=/var/lib/etcd'],
      cpu: '100m',
      memory: '100Mi',
    },
    {
      component: 'kube-apiserver',
      image: `registry.k8s.io/kube-apiserver:${version}`,
      command: [
        'kube-apiserver',
        `--advertise-address=${nodeIP}`,
        '--authorization-mode=Node,RBAC',
        '--enable-admission-plugins=NodeRestriction',
        '--etcd-servers=https://127.0.0.1:2379',
        '--service-cluster-ip-range=10.96.0.0/16',
      ],
      cpu: '250m',
    },
    {
      component: 'kube-controller-manager',
      image: `registry.k8s.io/kube-controller-manager:${version}`,
      command: [
        'kube-controller-manager',
        '--allocate-node-cidrs=true',
        '--cluster-cidr=10.244.0.0/16',
        '--controllers=*,bootstrapsigner,tokencleaner',
        '--use-service-account-credentials=true',
      ],
      cpu: '200m',
    },
    {
      component: 'kube-scheduler',
      image: `registry.k8s.io/kube-scheduler:${version}`,
      command: ['kube-scheduler', '--kubeconfig=/etc/kubernetes/scheduler.conf', '--leader-elect=true'],
      cpu: '100m',
    },
  ];
  return parts.map(controlPlanePod);
}

function controlPlanePod({ component, image, command, cpu, memory }: ControlPlanePart): corev1.Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: component, namespace, labels: { component, tier: 'control-plane' } },
    spec: {
      containers: [
        {
          name: component,
          image,
          imagePullPolicy: 'IfNotPresent',
          command,
          resources: { requests: { cpu, ...(memory ? { memory } : {}) } },
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
        },
      ],
      hostNetwork: true,
      dnsPolicy: 'ClusterFirst',
      priorityClassName: 'system-node-critical',
      priority: 2_000_001_000,
      schedulerName: 'default-scheduler',
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    },
  };
}
