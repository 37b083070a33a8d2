import { expect, it } from 'vitest';
import type * as apiregistrationv1 from '../../../../../api/apiregistration/v1.ts';
import { errorText } from '../../../../../apimachinery/field-error.ts';
import { setAPIServiceCondition } from '../conditions.ts';
import { validateAPIService, validateAPIServiceStatusUpdate } from './api-service.ts';

const local = { group: 'g.example.com', version: 'v1', groupPriorityMinimum: 100, versionPriority: 10 };
const remote = { ...local, service: { namespace: 'a', name: 'b', port: 443 } };

it.each([
  ['local', local, []],
  ['remote', remote, []],
  [
    'another name',
    { ...local, version: 'v2' },
    ['metadata.name: Invalid value: "v1.g.example.com": must be `spec.version+"."+spec.group`: "v2.g.example.com"'],
  ],
  [
    'priorities',
    { ...local, groupPriorityMinimum: 20_001, versionPriority: 0 },
    [
      'spec.groupPriorityMinimum: Invalid value: 20001: must be positive and less than 20000',
      'spec.versionPriority: Invalid value: 0: must be positive and less than 1000',
    ],
  ],
  [
    'what only remote ones have',
    { ...local, caBundle: 'aGVsbG8=', insecureSkipTLSVerify: true },
    [
      'spec.caBundle: Invalid value: "5 bytes": local APIServices may not have a caBundle',
      'spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify',
    ],
  ],
  [
    'both ways to believe',
    { ...remote, caBundle: 'aGVsbG8=', insecureSkipTLSVerify: true },
    ['spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present'],
  ],
  [
    'no service in particular',
    { ...remote, service: { port: 0 } },
    [
      'spec.service.namespace: Required value',
      'spec.service.name: Required value',
      'spec.service.port: Invalid value: 0: port is not valid: must be between 1 and 65535, inclusive',
    ],
  ],
] as readonly [string, apiregistrationv1.APIServiceSpec, string[]][])('%s', (_, spec, expected) => {
  expect(validateAPIService({ metadata: { name: 'v1.g.example.com' }, spec }).map(errorText)).toEqual(expected);
});

it('a status has one of three words', () => {
  const status = { conditions: [{ type: 'Available', status: 'Maybe' }] };
  expect(validateAPIServiceStatusUpdate({ metadata: {}, status }).map(errorText)).toEqual([
    'status.conditions[0].status: Unsupported value: "Maybe": supported values: "True", "False", "Unknown"',
  ]);
});

it('a condition keeps its time as long as its status', () => {
  const before = [{ type: 'Available', status: 'False', lastTransitionTime: 't1', reason: 'A', message: 'a' }];
  const set = (status: string) => setAPIServiceCondition(before, { type: 'Available', status, reason: 'B' }, 't2');
  expect(set('False')).toEqual([{ type: 'Available', status: 'False', lastTransitionTime: 't1', reason: 'B' }]);
  expect(set('True')).toEqual([{ type: 'Available', status: 'True', lastTransitionTime: 't2', reason: 'B' }]);
});
