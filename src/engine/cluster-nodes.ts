import { buildVersion } from '../apimachinery/build-version.ts';
import type * as corev1 from '../api/core/v1.ts';
import type * as discoveryv1 from '../api/discovery/v1.ts';
import type { NodeSpec } from '../protocol/control.ts';

const versions = {
  kubeletVersion: buildVersion.gitVersion,
  operatingSystem: 'linux',
  architecture: 'amd64',
  kernelVersion: '6.8.0',
  osImage: 'Tabernetes',
  containerRuntimeVersion: 'containerd://2.1.0',
  kubeProxyVersion: '',
  machineID: '',
  systemUUID: '',
  bootID: '',
} as const;

/** A Node for a hollow kubelet to take up; `index` chooses one of three zones. */
export function hollowNode(name: string, index: number, spec: NodeSpec): corev1.Node {
  const capacity = {
    cpu: spec.cpu ?? '4',
    memory: spec.memory ?? '8Gi',
    pods: String(spec.pods ?? 110),
    'ephemeral-storage': '100Gi',
  };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'topology.kubernetes.io/region': 'region-1',
        'topology.kubernetes.io/zone': spec.zone ?? `zone-${index % 3}`,
        ...spec.labels,
      },
    },
    status: { allocatable: capacity, capacity, nodeInfo: versions },
  };
}

/** Where the API server's own Service leads. Upstream: pkg/controlplane/reconcilers/endpointsadapter.go (v1.36) */
export function apiServerEndpoints(ip: string): readonly { readonly path: string; readonly object: object }[] {
  const metadata = { name: 'kubernetes', namespace: 'default' };
  const port = { name: 'https', port: 6443, protocol: 'TCP' } as const;
  const endpoints: corev1.Endpoints = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { ...metadata, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip }], ports: [port] }],
  };
  const slice: discoveryv1.EndpointSlice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [ip], conditions: { ready: true } }],
    ports: [port],
  };
  return [
    { path: '/api/v1/namespaces/default/endpoints', object: endpoints },
    { path: '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', object: slice },
  ];
}
