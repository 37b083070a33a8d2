import { describe, expect, it } from 'vitest';
import * as field from '../../../../../apimachinery/field-error.ts';
import { staticSuffixWarnings } from '../../admissionregistration/validation/static-suffix.ts';
import {
  getWarningsForNodeSelector,
  getWarningsForRuntimeClass,
  getWarningsForStorageClass,
} from './node-label-warnings.ts';
import { loadBalancerWarnings, podStatusWarnings } from './status-warnings.ts';

const sloppy = 'non-standard IP address "010.1.2.3" is invalid: use "10.1.2.3"';
const metadata = { name: 'a' };

describe('warnings about what is accepted', () => {
  it.each([
    {
      name: 'topology keys of a StorageClass',
      given: getWarningsForStorageClass({
        metadata,
        provisioner: 'p',
        allowedTopologies: [
          {
            matchLabelExpressions: [
              { key: 'kubernetes.io/os', values: [] },
              { key: 'beta.kubernetes.io/os', values: [] },
            ],
          },
        ],
      }),
      expected: [
        'allowedTopologies[0].matchLabelExpressions[1].key: deprecated since v1.14; use "kubernetes.io/os" instead',
      ],
    },
    {
      name: 'nodes of a CSIStorageCapacity',
      given: getWarningsForNodeSelector(
        {
          matchLabels: { 'beta.kubernetes.io/arch': 'x' },
          matchExpressions: [{ key: 'beta.kubernetes.io/os', operator: 'Exists' }],
        },
        field.newPath('nodeTopology'),
      ),
      expected: [
        'nodeTopology.matchExpressions[0].key: beta.kubernetes.io/os is deprecated since v1.14; use "kubernetes.io/os" instead',
        'nodeTopology.matchLabels.beta.kubernetes.io/arch: deprecated since v1.14; use "kubernetes.io/arch" instead',
      ],
    },
    {
      name: 'nodes of a RuntimeClass',
      given: getWarningsForRuntimeClass({
        metadata,
        handler: 'h',
        scheduling: { nodeSelector: { 'beta.kubernetes.io/arch': 'x' } },
      }),
      expected: ['scheduling.nodeSelector: deprecated since v1.14; use "kubernetes.io/arch" instead'],
    },
    {
      name: 'addresses in the status of a pod',
      given: podStatusWarnings({ metadata, status: { podIPs: [{ ip: '10.0.0.1' }, { ip: '010.1.2.3' }] } }),
      expected: [`status.podIPs[1].ip: ${sloppy}`],
    },
    {
      name: 'addresses that a load balancer gave',
      given: loadBalancerWarnings({ status: { loadBalancer: { ingress: [{}, { ip: '010.1.2.3' }] } } }),
      expected: [`status.loadBalancer.ingress[1]: ${sloppy}`],
    },
    {
      name: 'names of configuration from files',
      given: staticSuffixWarnings({ metadata: { name: 'a.static.k8s.io' } }),
      expected: [
        'metadata.name: names ending with ".static.k8s.io" are reserved for static manifest-based configurations and cannot be managed via the API',
      ],
    },
    { name: 'other names', given: staticSuffixWarnings({ metadata }), expected: [] },
  ])('$name', ({ given, expected }) => expect(given).toEqual(expected));
});
