import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { certificateDistrust, isStandIn } from './verify-certificate.ts';

const folder = mkdtempSync(join(tmpdir(), 'chain-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => join(folder, name);
const openssl = (...args: readonly string[]): string =>
  execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' });
const newKey = (name: string) => ['-newkey', 'rsa:2048', '-nodes', '-keyout', file(name)];

const authority = openssl('req', '-x509', ...newKey('ca.key'), '-subj', '/CN=ca', '-days', '2');
const stranger = openssl('req', '-x509', ...newKey('other.key'), '-subj', '/CN=ca', '-days', '2');
writeFileSync(file('ca.pem'), authority);
writeFileSync(file('names'), 'subjectAltName=DNS:s.agg.svc,DNS:*.agg.example.com');
writeFileSync(file('request'), openssl('req', '-new', ...newKey('key'), '-subj', '/CN=s'));
const sign = (...more: readonly string[]): string =>
  openssl(
    'x509',
    '-req',
    '-in',
    file('request'),
    '-CA',
    file('ca.pem'),
    '-CAkey',
    file('ca.key'),
    '-CAcreateserial',
    ...more,
  );
const leaf = sign('-extfile', file('names'), '-days', '1');
const nameless = sign('-days', '1');
const nowMs =
  Date.parse(openssl('x509', '-in', file('ca.pem'), '-noout', '-startdate').replace('notBefore=', '')) + 600_000;

it.each([
  ['signed by the authority', leaf, 's.agg.svc', authority, 0, undefined],
  ['by a pattern', leaf, 'x.agg.example.com', authority, 0, undefined],
  ['vouching for itself', leaf, 's.agg.svc', leaf, 0, undefined],
  ['signed by another of that name', leaf, 's.agg.svc', stranger, 0, 'x509: certificate signed by unknown authority'],
  ['nobody is believed', leaf, 's.agg.svc', '', 0, 'x509: certificate signed by unknown authority'],
  [
    'another name',
    leaf,
    't.agg.svc',
    authority,
    0,
    'x509: certificate is valid for s.agg.svc, *.agg.example.com, not t.agg.svc',
  ],
  [
    'no names',
    nameless,
    's.agg.svc',
    authority,
    0,
    'x509: certificate relies on legacy Common Name field, use SANs instead',
  ],
] as const)('%s', (_, pem, serverName, authorities, laterMs, expected) => {
  expect(certificateDistrust(pem, { serverName, authorities, nowMs: nowMs + laterMs })).toBe(expected);
});

it('has its time', () => {
  const options = { serverName: 's.agg.svc', authorities: authority };
  expect(certificateDistrust(leaf, { ...options, nowMs: nowMs + 3 * 86_400_000 })).toContain(
    'x509: certificate has expired or is not yet valid: current time',
  );
});

it('knows what only stands for a certificate', () => {
  expect(isStandIn(leaf)).toBe(false);
  expect(isStandIn('-----BEGIN CERTIFICATE-----\nserver\n-----END CERTIFICATE-----\n')).toBe(true);
});
