import { describe, expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import { expand, mappingFunc } from './expansion.ts';
import { fieldValue } from './field-path.ts';
import { defaultLimits, resourceFieldValue } from './resource-field.ts';
import { serviceVariables } from './service-variables.ts';

describe('expand', () => {
  const lookup = mappingFunc(
    new Map([
      ['VAR_A', 'A'],
      ['VAR_B', 'B'],
      ['VAR_C', 'C'],
      ['VAR_REF', '$(VAR_A)'],
      ['VAR_EMPTY', ''],
    ]),
  );
  // Of upstream's doExpansionTest: third_party/forked/golang/expansion/expand_test.go
  it.each([
    ['whole string', '$(VAR_A)', 'A'],
    ['repeat', '$(VAR_A)-$(VAR_A)', 'A-A'],
    ['beginning', '$(VAR_A)-1', 'A-1'],
    ['middle', '___$(VAR_B)___', '___B___'],
    ['end', '___$(VAR_C)', '___C'],
    ['compound', '$(VAR_A)_$(VAR_B)_$(VAR_C)', 'A_B_C'],
    ['escape & expand', '$$(VAR_B)_$(VAR_A)', '$(VAR_B)_A'],
    ['compound escape', '$$(VAR_A)_$$(VAR_B)', '$(VAR_A)_$(VAR_B)'],
    ['mixed in escapes', 'f000-$$VAR_A', 'f000-$VAR_A'],
    ['backslash escape ignored', 'foo\\$(VAR_C)bar', 'foo\\Cbar'],
    ['backslash escape ignored', 'foo\\\\$(VAR_C)bar', 'foo\\\\Cbar'],
    ['lots of backslashes', 'foo\\\\\\\\$(VAR_A)bar', 'foo\\\\\\\\Abar'],
    ['nested var references', '$(VAR_A$(VAR_B))', '$(VAR_A$(VAR_B))'],
    ['value is a reference', '$(VAR_REF)', '$(VAR_A)'],
    ['multiple (odd) operators', '$$$$$$$(VAR_A)', '$$$A'],
    ['missing open expression', '$VAR_A)', '$VAR_A)'],
    ['shell syntax ignored', '${VAR_A}', '${VAR_A}'],
    ['trailing incomplete expression not expanded', '$(VAR_B)_______$(A', 'B_______$(A'],
    ['multiple trailing', '$(VAR_C)_______$(A______$(B', 'C_______$(A______$(B'],
    ['trailing operator', '$(VAR_A)$', 'A$'],
    ['undefined vars are passed through', '$(VAR_DNE)', '$(VAR_DNE)'],
    ['empty', 'foo$(VAR_EMPTY)bar', 'foobar'],
  ])('%s: %s', (_, text, expected) => {
    expect(expand(text, lookup)).toBe(expected);
  });
});

const pod: corev1.Pod = {
  metadata: {
    name: 'web',
    namespace: 'shop',
    uid: 'u-1',
    labels: { b: '2', a: '1' },
    annotations: { note: 'say "hi"' },
  },
  spec: { nodeName: 'node-1', serviceAccountName: 'default', containers: [] },
};

describe('fieldValue', () => {
  it.each([
    ['metadata.name', 'web'],
    ['metadata.namespace', 'shop'],
    ['metadata.uid', 'u-1'],
    ['metadata.labels', 'a="1"\nb="2"'],
    ["metadata.labels['b']", '2'],
    ["metadata.labels['none']", ''],
    ["metadata.annotations['note']", 'say "hi"'],
    ['metadata.annotations', 'note="say \\"hi\\""'],
    ['spec.nodeName', 'node-1'],
    ['status.hostIP', '172.18.0.2'],
    ['status.podIPs', '10.244.0.2,fd00::2'],
  ])('%s', (path, expected) => {
    expect(fieldValue(pod, path, { hostIPs: ['172.18.0.2'], podIPs: ['10.244.0.2', 'fd00::2'] })).toBe(expected);
  });
});

describe('resourceFieldValue', () => {
  const container: corev1.Container = {
    name: 'app',
    resources: { requests: { cpu: '125m', memory: '64Mi' }, limits: { cpu: '250m' } },
  };
  const allocatable = { cpu: '4', memory: '8Gi' };
  it.each([
    ['requests.cpu', undefined, '1'],
    ['requests.cpu', '1m', '125'],
    ['limits.cpu', '1m', '250'],
    ['requests.memory', undefined, '67108864'],
    ['requests.memory', '1Mi', '64'],
    ['limits.memory', '1Gi', '8'],
  ])('%s by %s', (resource, divisor, expected) => {
    const selector = { resource, ...(divisor === undefined ? {} : { divisor }) };
    expect(resourceFieldValue(selector, { container, allocatable })).toBe(expected);
  });
});

// Upstream: pkg/kubelet/kubelet_resources_test.go (v1.36)
it.each([
  ['the node', undefined, ['4', '8Gi', '20Gi']],
  ['the pod', { cpu: '1250m', memory: '64Mi' }, ['1250m', '64Mi', '20Gi']],
  ['the pod where it says something', { cpu: '0' }, ['4', '8Gi', '20Gi']],
])('containers without limits have those of %s', (_, limits, expected) => {
  const spec = { containers: [], ...(limits ? { resources: { limits } } : {}) };
  const allocatable = { cpu: '4', memory: '8Gi', 'ephemeral-storage': '20Gi' };
  const found = defaultLimits({ metadata: {}, spec }, allocatable);
  expect(['cpu', 'memory', 'ephemeral-storage'].map((name) => found[name])).toEqual(expected);
});

describe('serviceVariables', () => {
  const service = (name: string, namespace: string, clusterIP: string): corev1.Service => ({
    metadata: { name, namespace },
    spec: {
      clusterIP,
      ports: [
        { name: 'http', port: 8080 },
        { name: 'metrics-port', port: 9090, protocol: 'UDP' },
      ],
    },
  });
  const services = [
    service('kubernetes', 'default', '10.96.0.1'),
    service('my-web', 'shop', '10.96.3.4'),
    service('headless', 'shop', 'None'),
    service('other', 'elsewhere', '10.96.9.9'),
  ];
  it('gives links of the namespace, and the API server', () => {
    const variables = serviceVariables(services, { namespace: 'shop', enableServiceLinks: true });
    expect(Object.fromEntries([...variables].filter(([name]) => name.startsWith('MY_WEB')))).toEqual({
      MY_WEB_SERVICE_HOST: '10.96.3.4',
      MY_WEB_SERVICE_PORT: '8080',
      MY_WEB_SERVICE_PORT_HTTP: '8080',
      MY_WEB_SERVICE_PORT_METRICS_PORT: '9090',
      MY_WEB_PORT: 'tcp://10.96.3.4:8080',
      MY_WEB_PORT_8080_TCP: 'tcp://10.96.3.4:8080',
      MY_WEB_PORT_8080_TCP_PROTO: 'tcp',
      MY_WEB_PORT_8080_TCP_PORT: '8080',
      MY_WEB_PORT_8080_TCP_ADDR: '10.96.3.4',
      MY_WEB_PORT_9090_UDP: 'udp://10.96.3.4:9090',
      MY_WEB_PORT_9090_UDP_PROTO: 'udp',
      MY_WEB_PORT_9090_UDP_PORT: '9090',
      MY_WEB_PORT_9090_UDP_ADDR: '10.96.3.4',
    });
    expect(variables.get('KUBERNETES_SERVICE_HOST')).toBe('10.96.0.1');
    expect(variables.has('OTHER_SERVICE_HOST')).toBe(false);
  });
  it('gives only the API server without links', () => {
    const variables = serviceVariables(services, { namespace: 'shop', enableServiceLinks: false });
    expect([...variables.keys()].every((name) => name.startsWith('KUBERNETES_'))).toBe(true);
  });
});
