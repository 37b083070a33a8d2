import { describe, expect, it } from 'vitest';
import type * as corev1 from '../../api/core/v1.ts';
import type * as discoveryv1 from '../../api/discovery/v1.ts';
import { localReadyEndpoints } from './proxy-servers.ts';
import { serviceRules } from './service-rules.ts';

const service = (
  spec: Partial<corev1.ServiceSpec> = {},
  labels: Readonly<Record<string, string>> = {},
): corev1.Service => ({
  metadata: { name: 'web', namespace: 'default', labels },
  spec: { clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'], ports: [{ name: 'http', port: 80 }], ...spec },
});
const slice = (
  endpoints: readonly discoveryv1.Endpoint[],
  labels: Readonly<Record<string, string>> = {},
): discoveryv1.EndpointSlice => ({
  metadata: { name: 'web-1', namespace: 'default', labels },
  addressType: 'IPv4',
  endpoints,
  ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
});
const endpoint = (ip: string, nodeName: string, ready = true): discoveryv1.Endpoint => ({
  addresses: [ip],
  nodeName,
  conditions: { ready },
});

describe('serviceRules', () => {
  const slices = [slice([endpoint('10.244.0.5', 'a')])];
  const local = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 31_000 } as const;
  it.each([
    { name: 'a Service', given: service(), endpoints: [1] },
    { name: 'headless', given: service({ clusterIP: 'None' }), endpoints: [] },
    { name: 'ExternalName', given: service({ type: 'ExternalName' }), endpoints: [] },
    {
      name: 'of another proxy, even by an empty name',
      given: service({}, { 'service.kubernetes.io/service-proxy-name': '' }),
      endpoints: [],
    },
  ])('$name', ({ given, endpoints }) => {
    expect(serviceRules(given, slices).map((rule) => rule.endpoints.length)).toEqual(endpoints);
  });
  it('leaves out slices that are for name servers', () => {
    const headless = slice([endpoint('10.244.0.6', 'a')], { 'service.kubernetes.io/headless': '' });
    const [rule] = serviceRules(service(), [...slices, headless]);
    expect(rule?.endpoints.map(({ ip }) => ip)).toEqual(['10.244.0.5']);
  });
  it.each([
    { name: 'local load balancers', spec: local, port: 31_000 },
    { name: 'others', spec: { ...local, externalTrafficPolicy: 'Cluster' as const }, port: 0 },
    { name: 'node ports', spec: { ...local, type: 'NodePort' as const }, port: 0 },
  ])('has a health check for $name: $port', ({ spec, port }) => {
    expect(serviceRules(service(spec), slices)[0]?.healthCheckNodePort).toBe(port);
  });
});

describe('localReadyEndpoints', () => {
  it('counts addresses, whatever their ports, that are ready and here', () => {
    const given = service({
      ports: [
        { name: 'http', port: 80 },
        { name: 'http2', port: 81 },
      ],
    });
    const rules = serviceRules(given, [
      slice([endpoint('10.244.0.5', 'a'), endpoint('10.244.0.6', 'a', false), endpoint('10.244.1.5', 'b')]),
      { ...slice([endpoint('10.244.0.5', 'a')]), ports: [{ name: 'http2', port: 8081, protocol: 'TCP' }] },
    ]);
    expect(['a', 'b', 'c'].map((node) => localReadyEndpoints(rules, node))).toEqual([1, 1, 0]);
  });
});
