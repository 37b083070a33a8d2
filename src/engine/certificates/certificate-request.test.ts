import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, test } from 'vitest';
import { certificateComplaint } from './certificate.ts';
import { parseCertificateRequest } from './certificate-request.ts';
import { decodePemBlock, encodePem } from '../../apimachinery/pem.ts';

const folder = mkdtempSync(join(tmpdir(), 'requests-'));
afterAll(() => rmSync(folder, { recursive: true }));

const openssl = (...args: readonly string[]): string =>
  execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' });

/** A request in PEM, with a new key. */
function request(key: readonly string[], more: readonly string[] = []): string {
  return openssl('req', '-new', ...key, '-nodes', '-keyout', join(folder, 'key'), '-subj', '/O=a/O=b/CN=c', ...more);
}

const ec = (curve: string): string[] => ['-newkey', 'ec', '-pkeyopt', `ec_paramgen_curve:${curve}`];
const pss = ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:-1'];

describe('signatures', () => {
  it.each([
    ['RSA', ['-newkey', 'rsa:2048'], []],
    ['RSA with SHA-512', ['-newkey', 'rsa:1024'], ['-sha512']],
    ['RSA with SHA-1', ['-newkey', 'rsa:1024'], ['-sha1']],
    ['RSA-PSS', ['-newkey', 'rsa:1024'], ['-sha256', ...pss]],
    ['P-256', ec('P-256'), []],
    ['P-384', ec('P-384'), ['-sha384']],
    ['P-521', ec('P-521'), ['-sha512']],
    ['Ed25519', ['-newkey', 'ed25519'], []],
  ])('%s holds', (_, key, more) => {
    const pem = request(key, more);
    const parsed = parseCertificateRequest(btoa(pem));
    expect(parsed).toMatchObject({ commonName: 'c', organizations: ['a', 'b'] });
    expect(() => parsed.checkSignature()).not.toThrow();
  });

  it.each([
    ['RSA', ['-newkey', 'rsa:1024'], [], 'crypto/rsa: verification error'],
    ['RSA-PSS', ['-newkey', 'rsa:1024'], ['-sha256', ...pss], 'crypto/rsa: verification error'],
    ['P-256', ec('P-256'), [], 'x509: ECDSA verification failure'],
    ['Ed25519', ['-newkey', 'ed25519'], [], 'x509: Ed25519 verification failure'],
  ])('%s that was changed does not', (_, key, more, message) => {
    const bytes = Uint8Array.from(decodePemBlock(request(key, more))?.bytes ?? []);
    const at = bytes.length - 20;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const changed = parseCertificateRequest(btoa(encodePem(bytes, 'CERTIFICATE REQUEST')));
    expect(() => changed.checkSignature()).toThrow(message);
  });

  it.each([
    ['MD5', ['-newkey', 'rsa:1024'], ['-md5'], 'x509: cannot verify signature: insecure algorithm MD5-RSA'],
    [
      'a short key',
      ['-newkey', 'rsa:512'],
      ['-sha256'],
      'crypto/rsa: 512-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)',
    ],
  ])('%s is refused', (_, key, more, message) => {
    expect(() => parseCertificateRequest(btoa(request(key, more))).checkSignature()).toThrow(message);
  });
});

describe('what is no request', () => {
  const pem = (...bytes: readonly number[]): string => btoa(encodePem(Uint8Array.from(bytes), 'CERTIFICATE REQUEST'));
  const tagsDoNotMatch =
    "asn1: structure error: tags don't match (16 vs {class:0 tag:2 length:1 isCompound:false}) {optional:false explicit:false application:false private:false defaultValue:<nil> tag:<nil> stringType:0 timeType:0 set:false omitEmpty:false} certificateRequest @2";
  it.each([
    ['no PEM', btoa('x'), 'PEM block type must be CERTIFICATE REQUEST'],
    ['another block', btoa(encodePem(Uint8Array.of(1), 'CERTIFICATE')), 'PEM block type must be CERTIFICATE REQUEST'],
    ['nothing', pem(), 'asn1: syntax error: sequence truncated'],
    ['a number', pem(2, 1, 1), tagsDoNotMatch],
    ['an empty structure', pem(0x30, 0), 'asn1: syntax error: sequence truncated'],
    ['too little', pem(0x30, 5, 1), 'asn1: syntax error: data truncated'],
    ['an indefinite length', pem(0x30, 0x80), 'asn1: syntax error: indefinite length found (not DER)'],
    ['a long length', pem(0x30, 0x81, 1, 0), 'asn1: structure error: non-minimal length'],
  ])('%s', (_, base64, message) => {
    expect(() => parseCertificateRequest(base64)).toThrow(message);
  });
});

test('certificates', () => {
  const pem = openssl('req', '-x509', ...ec('P-256'), '-nodes', '-keyout', join(folder, 'key'), '-subj', '/CN=c');
  expect(certificateComplaint('')).toBeUndefined();
  expect(certificateComplaint(pem)).toBeUndefined();
  expect(certificateComplaint(pem + pem)).toBeUndefined();
  expect(certificateComplaint('x')).toBe('must contain at least one CERTIFICATE PEM block');
  const key = encodePem(Uint8Array.of(1), 'KEY');
  expect(certificateComplaint(key)).toBe('only CERTIFICATE PEM blocks are allowed, found "KEY"');
  expect(certificateComplaint(encodePem(Uint8Array.of(1), 'CERTIFICATE'))).toBe('x509: malformed certificate');
  expect(certificateComplaint(pem.replace('\n', '\nA: b\n\n'))).toBe('no PEM block headers are permitted');
});
