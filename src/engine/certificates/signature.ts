/** Signatures of certificates and requests. Upstream: Go's crypto/x509 checkSignature */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { type Algorithm, readAlgorithm } from './algorithm.ts';
import { Asn1Reader } from './asn1-reader.ts';
import type { PublicKey } from './public-key.ts';
import { type HashFunction, verifyPKCS1v15, verifyPSS } from './rsa.ts';

interface Scheme {
  readonly key: 'RSA' | 'DSA' | 'ECDSA' | 'Ed25519';
  /** Absent where the message itself is signed. */
  readonly hash?: HashFunction;
  readonly pss?: boolean;
  /** The name of one that is refused. */
  readonly insecure?: string;
}

const schemes: ReadonlyMap<string, Scheme> = new Map<string, Scheme>([
  ['1.2.840.113549.1.1.4', { key: 'RSA', insecure: 'MD5-RSA' }],
  ['1.2.840.113549.1.1.5', { key: 'RSA', hash: sha1 }],
  ['1.3.14.3.2.29', { key: 'RSA', hash: sha1 }],
  ['1.2.840.113549.1.1.11', { key: 'RSA', hash: sha256 }],
  ['1.2.840.113549.1.1.12', { key: 'RSA', hash: sha384 }],
  ['1.2.840.113549.1.1.13', { key: 'RSA', hash: sha512 }],
  ['1.2.840.10040.4.3', { key: 'DSA', hash: sha1 }],
  ['2.16.840.1.101.3.4.3.2', { key: 'DSA', hash: sha256 }],
  ['1.2.840.10045.4.1', { key: 'ECDSA', hash: sha1 }],
  ['1.2.840.10045.4.3.2', { key: 'ECDSA', hash: sha256 }],
  ['1.2.840.10045.4.3.3', { key: 'ECDSA', hash: sha384 }],
  ['1.2.840.10045.4.3.4', { key: 'ECDSA', hash: sha512 }],
  ['1.3.101.112', { key: 'Ed25519' }],
]);

const pssOid = '1.2.840.113549.1.1.10';
/** The hash functions of PSS, by how their parameters begin to name them. */
const pssHashes: ReadonlyMap<string, HashFunction> = new Map<string, HashFunction>([
  ['2.16.840.1.101.3.4.2.1', sha256],
  ['2.16.840.1.101.3.4.2.2', sha384],
  ['2.16.840.1.101.3.4.2.3', sha512],
]);

function pssScheme(parameters: Uint8Array | undefined): Scheme | undefined {
  try {
    const outer = new Asn1Reader(new Asn1Reader(parameters ?? new Uint8Array()).struct('pssParameters').contents);
    const { oid } = readAlgorithm(new Asn1Reader(outer.any().contents));
    const hash = pssHashes.get(oid);
    return hash && { key: 'RSA', hash, pss: true };
  } catch {
    return undefined;
  }
}

function schemeOf({ oid, parameters }: Algorithm): Scheme | undefined {
  if (oid === pssOid) return pssScheme(parameters);
  const scheme = schemes.get(oid);
  return scheme?.key === 'Ed25519' && parameters ? undefined : scheme;
}

const goTypes = { RSA: '*rsa.PublicKey', ECDSA: '*ecdsa.PublicKey', Ed25519: 'ed25519.PublicKey' } as const;

export interface Signed {
  readonly algorithm: Algorithm;
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
  readonly publicKey: PublicKey;
}

/** @throws Error with Go's text when the signature is not the key's. Differs: keys on P-224 are believed. */
export function checkSignature({ algorithm, signed, signature, publicKey }: Signed): void {
  const scheme = schemeOf(algorithm);
  if (scheme?.insecure !== undefined) {
    throw new Error(`x509: cannot verify signature: insecure algorithm ${scheme.insecure}`);
  }
  if (!scheme || publicKey.kind === 'unknown') {
    throw new Error('x509: cannot verify signature: algorithm unimplemented');
  }
  if (scheme.key !== publicKey.kind) {
    const found = goTypes[publicKey.kind];
    throw new Error(
      `x509: signature algorithm specifies an ${scheme.key} public key, but have public key of type ${found}`,
    );
  }
  if (publicKey.kind === 'Ed25519') {
    if (!holds(() => ed25519.verify(signature, signed, publicKey.bytes))) {
      throw new Error('x509: Ed25519 verification failure');
    }
    return;
  }
  const { hash = sha256 } = scheme;
  if (publicKey.kind === 'RSA') {
    (scheme.pss ? verifyPSS : verifyPKCS1v15)(publicKey, hash, hash(signed), signature);
    return;
  }
  const { curve, point } = publicKey;
  if (!curve) return;
  const options = { prehash: false, lowS: false, format: 'der' } as const;
  if (!holds(() => curve.verify(signature, hash(signed), point, options))) {
    throw new Error('x509: ECDSA verification failure');
  }
}

/** What cannot be read does not hold. */
function holds(verify: () => boolean): boolean {
  try {
    return verify();
  } catch {
    return false;
  }
}
