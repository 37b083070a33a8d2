import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { CertificateAuthority } from './certificate-authority.ts';
import { parseCertificateRequest } from './certificate-request.ts';

const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
afterAll(() => rmSync(folder, { recursive: true }));

function request(): string {
  const args = [
    'req',
    '-new',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    join(folder, 'key'),
  ];
  const subject = ['-subj', '/CN=dev/O=team', '-addext', 'subjectAltName=DNS:dev.example,IP:10.0.0.1'];
  const pem = execFileSync('openssl', [...args, ...subject], { stdio: ['ignore', 'pipe', 'ignore'] });
  return pem.toString('base64');
}

test('reads a request and signs it so that others can verify', () => {
  const base64 = request();
  const asked = parseCertificateRequest(base64);
  expect(asked).toMatchObject({ commonName: 'dev', organizations: ['team'], dnsNames: ['dev.example'] });
  expect(asked.ipAddresses.map((one) => [...one])).toEqual([[10, 0, 0, 1]]);
  const authority = new CertificateAuthority({ int: (n) => 7 % n }, () => Date.UTC(2026, 0, 1));
  const signed = new X509Certificate(
    authority.sign({ request: base64, usages: ['client auth'], expirationSeconds: 3600 }),
  );
  const own = new X509Certificate(authority.certificate);
  expect(signed.verify(own.publicKey)).toBe(true);
  expect(own.ca).toBe(true);
  expect(signed.ca).toBe(false);
  expect(signed.subject).toBe('O=team\nCN=dev');
  expect(signed.issuer).toBe('CN=kubernetes');
  expect(signed.subjectAltName).toBe('DNS:dev.example, IP Address:10.0.0.1');
  expect(new Date(signed.validTo)).toEqual(new Date(Date.UTC(2026, 0, 1, 1)));
});

test('refuses what is no request', () => {
  expect(() => parseCertificateRequest(btoa('x'))).toThrow('PEM block type must be CERTIFICATE REQUEST');
});
