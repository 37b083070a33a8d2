import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { CertificateAuthority } from '../engine/certificates/certificate-authority.ts';
import { generate } from 'selfsigned';
import { servingCertificate } from './certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'pki-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('keeps its authority, and serves the host that is asked for', async () => {
  const first = await servingCertificate('cluster.example', folder);
  const second = await servingCertificate('192.0.2.7', folder);
  expect(second.authority).toEqual(first.authority);
  const own = new X509Certificate(first.authority.certificate);
  expect(new X509Certificate(first.cert).checkHost('cluster.example')).toBe('cluster.example');
  expect(new X509Certificate(second.cert).checkIP('192.0.2.7')).toBe('192.0.2.7');
  expect(new X509Certificate(second.cert).verify(own.publicKey)).toBe(true);
});

it('lets the cluster sign for the same authority', async () => {
  const { authority } = await servingCertificate('localhost', folder);
  const cluster = new CertificateAuthority({ int: (n) => 7 % n }, () => Date.now(), authority);
  expect(cluster.certificate).toBe(authority.certificate);
  const own = new X509Certificate(cluster.certificate);
  expect(own.checkIssued(own)).toBe(true);
});

it('makes another authority where the kept one is broken or out of date', async () => {
  const { authority } = await servingCertificate('localhost', folder);
  writeFileSync(join(folder, 'ca.key'), 'no key');
  const second = await servingCertificate('localhost', folder);
  expect(second.authority.certificate).not.toBe(authority.certificate);
  const old = await generate([{ name: 'commonName', value: 'kubernetes' }], {
    keyType: 'ec',
    curve: 'P-256',
    notAfterDate: new Date(Date.now() + 86_400_000),
  });
  writeFileSync(join(folder, 'ca.crt'), old.cert);
  writeFileSync(join(folder, 'ca.key'), old.private);
  expect((await servingCertificate('localhost', folder)).authority.certificate).not.toBe(old.cert);
});
