import { describe, expect, it } from 'vitest';
import type * as corev1 from '../../../../../api/core/v1.ts';
import { errorText } from '../../../../../apimachinery/field-error.ts';
import { validateServiceCreate, validateServiceUpdate } from './service.ts';

const service = (spec: Partial<corev1.ServiceSpec> = {}): corev1.Service => ({
  metadata: { name: 's', namespace: 'default' },
  spec: {
    type: 'ClusterIP',
    sessionAffinity: 'None',
    internalTrafficPolicy: 'Cluster',
    clusterIP: '10.96.1.1',
    clusterIPs: ['10.96.1.1'],
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
    ...spec,
  },
});

describe('validateServiceCreate', () => {
  const cases: readonly [name: string, spec: Partial<corev1.ServiceSpec>, errors: string[]][] = [
    ['a plain Service', {}, []],
    ['a headless Service needs no ports', { clusterIP: 'None', clusterIPs: ['None'], ports: [] }, []],
    ['others do', { ports: [] }, ['spec.ports: Required value']],
    [
      'several ports need names',
      {
        ports: [
          { port: 80, protocol: 'TCP', targetPort: 80, name: 'a' },
          { port: 80, protocol: 'TCP', targetPort: 81 },
        ],
      },
      [
        'spec.ports[1].name: Required value',
        'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
      ],
    ],
    [
      'addresses are of the stated family',
      { clusterIP: 'fd00::1', clusterIPs: ['fd00::1'] },
      ['spec.clusterIPs[0]: Invalid value: "fd00::1": expected an IPv4 value as indicated by `ipFamilies[0]`'],
    ],
    [
      'node ports are not for cluster IPs',
      { ports: [{ port: 80, protocol: 'TCP', targetPort: 80, nodePort: 30000 }] },
      ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
    ],
    [
      'external addresses are not special ones',
      { externalIPs: ['127.0.0.1'], externalTrafficPolicy: 'Cluster' },
      ['spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)'],
    ],
  ];
  it.each(cases)('%s', (_name, spec, errors) => {
    expect(validateServiceCreate(service(spec)).map(errorText)).toEqual(errors);
  });
});

it('keeps its address', () => {
  const changed = service({ clusterIP: '10.96.1.2', clusterIPs: ['10.96.1.2'] });
  expect(validateServiceUpdate(changed, service()).map(errorText)).toEqual([
    'spec.clusterIPs[0]: Invalid value: ["10.96.1.2"]: may not change once set',
  ]);
});
