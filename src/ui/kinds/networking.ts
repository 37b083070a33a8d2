import type * as corev1 from '../../api/core/v1.ts';
import type * as discoveryv1 from '../../api/discovery/v1.ts';
import type * as networkingv1 from '../../api/networking/v1.ts';
import { endpointSlices, ingresses, networkPolicies, services } from '../../api/resources.ts';
import { defineKind } from './kind-look.ts';
import { symbols } from './symbols.ts';

const portText = (port: corev1.ServicePort) =>
  `${port.port}${port.nodePort ? `:${port.nodePort}` : ''}/${port.protocol ?? 'TCP'}`;
const external = (service: corev1.Service) =>
  (service.status?.loadBalancer?.ingress ?? []).map((i) => i.ip ?? i.hostname ?? '').filter((text) => text !== '');

export const serviceLook = defineKind<corev1.Service>({
  ref: services,
  plural: 'Services',
  symbol: symbols.service,
  order: 30,
  status: (service) => {
    const { type = 'ClusterIP', clusterIP } = service.spec ?? {};
    if (type === 'LoadBalancer' && external(service).length === 0)
      return { level: 'progress', text: 'LoadBalancer <pending>' };
    return { level: 'ok', text: clusterIP === 'None' ? 'Headless' : type };
  },
  facets: ({ spec }) => ({
    ...(spec?.selector ? { selector: spec.selector } : {}),
    ...(spec?.clusterIP ? { ip: spec.clusterIP } : {}),
    ports: (spec?.ports ?? []).map(portText),
  }),
  summary: (service) => [
    { label: 'Type', value: service.spec?.type ?? 'ClusterIP' },
    { label: 'Cluster IP', value: service.spec?.clusterIP ?? '–', mono: true },
    ...external(service).map((value) => ({ label: 'External', value, mono: true })),
    { label: 'Ports', value: (service.spec?.ports ?? []).map(portText).join(', ') || '–', mono: true },
    {
      label: 'Selector',
      value:
        Object.entries(service.spec?.selector ?? {})
          .map(([k, v]) => `${k}=${v}`)
          .join(',') || 'none',
      mono: true,
    },
    { label: 'Session affinity', value: service.spec?.sessionAffinity ?? 'None' },
  ],
});

export const endpointSliceLook = defineKind<discoveryv1.EndpointSlice>({
  ref: endpointSlices,
  plural: 'EndpointSlices',
  symbol: symbols.endpointSlice,
  order: 31,
  status: ({ endpoints }) => {
    const ready = (endpoints ?? []).filter((e) => e.conditions?.ready !== false).length;
    return { level: ready > 0 ? 'ok' : 'neutral', text: `${ready}/${(endpoints ?? []).length} ready` };
  },
  facets: ({ metadata, endpoints }) => {
    const serviceName = metadata.labels?.['kubernetes.io/service-name'];
    return {
      ...(serviceName ? { serviceName } : {}),
      endpoints: (endpoints ?? []).map((e) => ({
        ready: e.conditions?.ready !== false,
        ...(e.targetRef?.kind === 'Pod' && e.targetRef.name ? { podName: e.targetRef.name } : {}),
      })),
    };
  },
  summary: ({ addressType, endpoints, ports }) => [
    { label: 'Address type', value: addressType },
    {
      label: 'Ports',
      value: (ports ?? []).map((p) => `${p.name ? `${p.name} ` : ''}${p.port}/${p.protocol ?? 'TCP'}`).join(', '),
    },
    ...(endpoints ?? []).map((e) => ({
      label: e.conditions?.ready === false ? 'Not ready' : 'Endpoint',
      value: `${(e.addresses ?? []).join(', ')}${e.targetRef?.name ? ` (${e.targetRef.name})` : ''}`,
      mono: true,
    })),
  ],
});

const backends = (ingress: networkingv1.Ingress) => [
  ...new Set(
    [
      ingress.spec?.defaultBackend?.service?.name,
      ...(ingress.spec?.rules ?? []).flatMap((rule) =>
        (rule.http?.paths ?? []).map((path) => path.backend.service?.name),
      ),
    ].filter((name) => name !== undefined),
  ),
];

export const ingressLook = defineKind<networkingv1.Ingress>({
  ref: ingresses,
  plural: 'Ingresses',
  symbol: symbols.ingress,
  order: 32,
  status: ({ status }) =>
    (status?.loadBalancer?.ingress ?? []).length > 0
      ? { level: 'ok', text: 'Has an address' }
      : { level: 'progress', text: 'No address yet' },
  facets: (ingress) => ({ services: backends(ingress) }),
  summary: ({ spec }) => [
    { label: 'Class', value: spec?.ingressClassName ?? '<none>' },
    ...(spec?.rules ?? []).flatMap((rule) =>
      (rule.http?.paths ?? []).map((path) => ({
        label: rule.host ?? '*',
        value: `${path.path ?? '/'} → ${path.backend.service?.name ?? '?'}:${path.backend.service?.port?.number ?? path.backend.service?.port?.name ?? ''}`,
        mono: true,
      })),
    ),
  ],
});

export const networkPolicyLook = defineKind<networkingv1.NetworkPolicy>({
  ref: networkPolicies,
  plural: 'NetworkPolicies',
  symbol: symbols.networkPolicy,
  order: 33,
  status: ({ spec }) => ({ level: 'ok', text: (spec?.policyTypes ?? []).join(', ') || 'Ingress' }),
  summary: ({ spec }) => [
    {
      label: 'Pods',
      value:
        Object.entries(spec?.podSelector?.matchLabels ?? {})
          .map(([k, v]) => `${k}=${v}`)
          .join(',') || 'all in the namespace',
      mono: true,
    },
    { label: 'Ingress rules', value: String(spec?.ingress?.length ?? 0) },
    { label: 'Egress rules', value: String(spec?.egress?.length ?? 0) },
  ],
});
