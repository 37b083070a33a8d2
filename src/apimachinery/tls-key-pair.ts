import { type PemBlock, pemBlocks } from './pem.ts';

/**
 * Why a certificate and a private key in PEM cannot be a pair; undefined when they can.
 * Differs: the blocks' contents are not looked into, so a key that belongs to another certificate is taken.
 * Upstream: crypto/tls X509KeyPair.
 */
export function x509KeyPairProblem(certificate: string, key: string): string | undefined {
  return certificateProblem([...pemBlocks(certificate)]) ?? keyProblem([...pemBlocks(key)]);
}

const listOf = (blocks: readonly PemBlock[]): string => `[${blocks.map(({ type }) => type).join(' ')}]`;

function certificateProblem(blocks: readonly PemBlock[]): string | undefined {
  if (blocks.some(({ type }) => type === 'CERTIFICATE')) return undefined;
  const [first, second] = blocks;
  if (!first) return 'tls: failed to find any PEM data in certificate input';
  return !second && first.type.endsWith('PRIVATE KEY')
    ? 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched'
    : `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: ${listOf(blocks)}`;
}

function keyProblem(blocks: readonly PemBlock[]): string | undefined {
  if (blocks.some(({ type }) => type === 'PRIVATE KEY' || type.endsWith(' PRIVATE KEY'))) return undefined;
  const [first, second] = blocks;
  if (!first) return 'tls: failed to find any PEM data in key input';
  return !second && first.type === 'CERTIFICATE'
    ? 'tls: found a certificate rather than a key in the PEM for the private key'
    : `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: ${listOf(blocks)}`;
}
