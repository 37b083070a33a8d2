import { expect, it } from 'vitest';
import type { CertificateRequest } from '../../certificates/certificate-request.ts';
import { signerComplaint, signerNames } from './usages.ts';

type Asked = Pick<
  CertificateRequest,
  'commonName' | 'organizations' | 'dnsNames' | 'emailAddresses' | 'ipAddresses' | 'uris'
>;
const node: Asked = {
  commonName: 'system:node:foo',
  organizations: ['system:nodes'],
  dnsNames: [],
  emailAddresses: [],
  ipAddresses: [],
  uris: [],
};
const clientUsages = ['digital signature', 'key encipherment', 'client auth'];
const servingUsages = ['digital signature', 'key encipherment', 'server auth'];
const complaint = (signer: string, request: Asked, usages: readonly string[]) =>
  signerComplaint(signer, request as CertificateRequest, usages);

// Upstream: pkg/apis/certificates/helpers_test.go TestIsKubeletClientCSR (v1.36)
it.each([
  { name: 'valid', request: node, usages: clientUsages, expected: undefined },
  {
    name: 'valid without key encipherment',
    request: node,
    usages: ['client auth', 'digital signature'],
    expected: undefined,
  },
  {
    name: 'no organization',
    request: { ...node, organizations: [] },
    usages: clientUsages,
    expected: 'subject organization is not system:nodes',
  },
  {
    name: 'mismatched organization',
    request: { ...node, organizations: ['system:nodes', 'x'] },
    usages: clientUsages,
    expected: 'subject organization is not system:nodes',
  },
  {
    name: 'mismatched commonname',
    request: { ...node, commonName: 'node:foo' },
    usages: clientUsages,
    expected: 'subject common name does not begin with system:node:',
  },
  {
    name: 'unexpected dns sans',
    request: { ...node, dnsNames: ['a'] },
    usages: clientUsages,
    expected: 'DNS subjectAltNames are not allowed',
  },
  {
    name: 'unexpected email sans',
    request: { ...node, emailAddresses: ['a'] },
    usages: clientUsages,
    expected: 'Email subjectAltNames are not allowed',
  },
  {
    name: 'unexpected ip sans',
    request: { ...node, ipAddresses: ['1.2.3.4'] },
    usages: clientUsages,
    expected: 'IP subjectAltNames are not allowed',
  },
  {
    name: 'unexpected uri sans',
    request: { ...node, uris: ['a'] },
    usages: clientUsages,
    expected: 'URI subjectAltNames are not allowed',
  },
  {
    name: 'missing usage',
    request: node,
    usages: ['key encipherment'],
    expected: 'usages did not match [client auth digital signature key encipherment]',
  },
  {
    name: 'one usage too many',
    request: node,
    usages: [...clientUsages, 'server auth'],
    expected: 'usages did not match [client auth digital signature key encipherment]',
  },
])('kubelet client: $name', ({ request, usages, expected }) => {
  expect(complaint(signerNames.kubeletClient, request as Asked, usages)).toBe(expected);
});

// Upstream: TestIsKubeletServingCSR
it.each([
  {
    name: 'default for kubelet-serving',
    request: { ...node, dnsNames: ['a'] },
    usages: servingUsages,
    expected: undefined,
  },
  { name: 'by address', request: { ...node, ipAddresses: ['1.2.3.4'] }, usages: servingUsages, expected: undefined },
  {
    name: 'neither name nor address',
    request: node,
    usages: servingUsages,
    expected: 'DNS or IP subjectAltName is required',
  },
  {
    name: 'an email address',
    request: { ...node, dnsNames: ['a'], emailAddresses: ['b'] },
    usages: servingUsages,
    expected: 'Email subjectAltNames are not allowed',
  },
  {
    name: 'mismatched commonname',
    request: { ...node, commonName: 'foo', dnsNames: ['a'] },
    usages: servingUsages,
    expected: 'subject common name does not begin with system:node:',
  },
  {
    name: 'client usages',
    request: { ...node, dnsNames: ['a'] },
    usages: clientUsages,
    expected: 'usages did not match [digital signature key encipherment server auth]',
  },
])('kubelet serving: $name', ({ request, usages, expected }) => {
  expect(complaint(signerNames.kubeletServing, request as Asked, usages)).toBe(expected);
});

it.each([
  { name: 'client auth alone', usages: ['client auth'], expected: undefined },
  { name: 'all that is allowed', usages: clientUsages, expected: undefined },
  {
    name: 'no client auth',
    usages: ['digital signature'],
    expected: 'missing required usage for client certificate: client auth',
  },
  {
    name: 'server auth',
    usages: ['client auth', 'server auth'],
    expected: 'invalid usage for client certificate: server auth',
  },
])('client: $name', ({ usages, expected }) => {
  expect(complaint(signerNames.client, node, usages)).toBe(expected);
});
