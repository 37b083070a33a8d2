import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type * as certificatesv1 from '../../../../../api/certificates/v1.ts';
import { errorText } from '../../../../../apimachinery/field-error.ts';
import {
  type CertificateUpdate,
  validateCertificateSigningRequest,
  validateCertificateSigningRequestUpdate,
} from './certificate-signing-request.ts';

type Request = certificatesv1.CertificateSigningRequest;
type Status = NonNullable<Request['status']>;

const key = [
  '-newkey',
  'ec',
  '-pkeyopt',
  'ec_paramgen_curve:P-256',
  '-nodes',
  '-keyout',
  '/dev/null',
  '-subj',
  '/CN=c',
];
const openssl = (...args: readonly string[]): string =>
  btoa(execFileSync('openssl', ['req', ...args, ...key], { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' }));
const request = openssl('-new');
const certificate = openssl('-x509');

const spec = { request, signerName: 'example.com/s', usages: ['client auth'] };
const object = (status: Status = {}, more: object = {}): Request => ({
  metadata: {},
  spec: { ...spec, ...more } as Request['spec'],
  status,
});
const condition = (type: string, status = 'True') => ({ type, status });
const approved = { conditions: [condition('Approved')] };

describe('new requests', () => {
  it.each([
    ['fine', {}, []],
    [
      'no PEM',
      { request: 'eA==' },
      ['spec.request: Invalid value: "eA==": PEM block type must be CERTIFICATE REQUEST'],
    ],
    ['no usages', { usages: [] }, ['spec.usages: Required value']],
    ['a usage twice', { usages: ['any', 'any'] }, ['spec.usages[1]: Duplicate value: "any"']],
    [
      'the legacy signer',
      { signerName: 'kubernetes.io/legacy-unknown' },
      [
        'spec.signerName: Invalid value: "kubernetes.io/legacy-unknown": the legacy signerName is not allowed via this API version',
      ],
    ],
    [
      'too short',
      { expirationSeconds: 599 },
      ['spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 600 seconds (10 minutes)'],
    ],
  ])('%s', (_, more, expected) => {
    expect(validateCertificateSigningRequest(object({}, more)).map(errorText)).toEqual(expected);
  });
});

describe('changes', () => {
  const at = 'status.conditions: Forbidden: updates may not';
  const tooBoth = 'status.conditions: Invalid value: "Denied": Approved and Denied conditions are mutually exclusive';
  const both = { conditions: [condition('Approved'), condition('Denied')] };
  it.each([
    ['approve', 'approval', approved, {}, []],
    ['approve elsewhere', 'status', approved, {}, [`${at} add a condition of type "Approved"`]],
    ['approve and deny', 'approval', both, {}, [tooBoth]],
    ['what is both already', 'approval', both, both, []],
    ['take approval back', 'approval', {}, approved, [`${at} remove a condition of type "Approved"`]],
    [
      'approve with False',
      'approval',
      { conditions: [condition('Approved', 'False')] },
      {},
      ['status.conditions[0].status: Unsupported value: "False": supported values: "True"'],
    ],
    ['fail', 'status', { conditions: [condition('Failed')] }, {}, []],
    ['issue', 'status', { certificate }, {}, []],
    [
      'issue while approving',
      'approval',
      { certificate },
      {},
      ['status.certificate: Forbidden: updates may not set certificate content'],
    ],
    [
      'issue again',
      'status',
      {},
      { certificate },
      ['status.certificate: Forbidden: updates may not modify existing certificate content'],
    ],
    [
      'issue nonsense',
      'status',
      { certificate: 'eA==' },
      {},
      ['status.certificate: Invalid value: "<certificate data>": must contain at least one CERTIFICATE PEM block'],
    ],
  ] as readonly [string, CertificateUpdate, Status, Status, string[]][])('%s', (_, update, status, old, expected) => {
    expect(validateCertificateSigningRequestUpdate(object(status), object(old), update).map(errorText)).toEqual(
      expected,
    );
  });
});
