import { describe, expect, it } from 'vitest';
import { x509KeyPairProblem } from './tls-key-pair.ts';

const pem = (type: string) => `-----BEGIN ${type}-----\nMIIB\nAAAA\n-----END ${type}-----\n`;
const certificate = pem('CERTIFICATE');
const key = pem('EC PRIVATE KEY');

describe('x509KeyPairProblem', () => {
  it.each([
    ['a pair', certificate, key, undefined],
    [
      'prose before',
      `a note\n${certificate}`,
      `-----BEGIN EC PARAMETERS-----\nBggq\n-----END EC PARAMETERS-----\n${key}`,
      undefined,
    ],
    ['no certificate', '', key, 'tls: failed to find any PEM data in certificate input'],
    ['a broken block', '-----BEGIN CERTIFICATE-----\n', key, 'tls: failed to find any PEM data in certificate input'],
    ['no key', certificate, 'x', 'tls: failed to find any PEM data in key input'],
    [
      'both certificates',
      certificate,
      certificate,
      'tls: found a certificate rather than a key in the PEM for the private key',
    ],
    [
      'switched',
      key,
      certificate,
      'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched',
    ],
    [
      'something else',
      certificate,
      pem('PUBLIC KEY'),
      'tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [PUBLIC KEY]',
    ],
  ])('%s', (_, cert, privateKey, problem) => {
    expect(x509KeyPairProblem(cert, privateKey)).toBe(problem);
  });
});
