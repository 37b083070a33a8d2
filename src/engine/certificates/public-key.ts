/** Public keys as certificates and requests hold them. Upstream: Go's crypto/x509/parser.go parsePublicKey */
import { p256, p384, p521 } from '@noble/curves/nist.js';
import type { Algorithm } from './algorithm.ts';
import { Asn1Error, Asn1Reader } from './asn1-reader.ts';

/** A curve of ECDSA. */
type Curve = Pick<typeof p256, 'verify' | 'Point'>;

export type PublicKey =
  | { readonly kind: 'RSA'; readonly modulus: bigint; readonly exponent: bigint }
  /** Without a curve where it is one that is not looked into. */
  | { readonly kind: 'ECDSA'; readonly curve: Curve | undefined; readonly point: Uint8Array }
  | { readonly kind: 'Ed25519'; readonly bytes: Uint8Array }
  | { readonly kind: 'unknown' };

const curves: ReadonlyMap<string, { readonly name: string; readonly bytes: number; readonly curve?: Curve }> = new Map([
  ['1.3.132.0.33', { name: 'P224', bytes: 28 }],
  ['1.2.840.10045.3.1.7', { name: 'P256', bytes: 32, curve: p256 }],
  ['1.3.132.0.34', { name: 'P384', bytes: 48, curve: p384 }],
  ['1.3.132.0.35', { name: 'P521', bytes: 66, curve: p521 }],
]);

const isNull = (bytes: Uint8Array | undefined): boolean => bytes?.length === 2 && bytes[0] === 5 && bytes[1] === 0;

/** @throws Error with Go's text */
export function parsePublicKey({ oid, parameters }: Algorithm, data: Uint8Array): PublicKey {
  switch (oid) {
    case '1.2.840.113549.1.1.1':
      if (!isNull(parameters)) throw new Error('x509: RSA key missing NULL parameters');
      return rsaKey(data);
    case '1.2.840.10045.2.1':
      return ecdsaKey(parameters, data);
    case '1.3.101.112':
      if (parameters) throw new Error('x509: Ed25519 key encoded with illegal parameters');
      if (data.length !== 32) throw new Error('x509: wrong Ed25519 public key size');
      return { kind: 'Ed25519', bytes: data };
    default:
      return { kind: 'unknown' };
  }
}

/** What a step gives; a failure to read becomes an error with another text. */
function attempt<T>(why: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (error instanceof Asn1Error) throw new Error(why);
    throw error;
  }
}

export const bigintOf = (bytes: Uint8Array): bigint => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

function positive(reader: Asn1Reader, what: string, name: string): bigint {
  const { tag, class: kind, contents } = attempt(`x509: invalid RSA ${what}`, () => reader.any());
  if (tag !== 2 || kind !== 0 || contents.length === 0) throw new Error(`x509: invalid RSA ${what}`);
  const value = bigintOf(contents);
  if (value === 0n || (contents[0] ?? 0) >= 0x80) throw new Error(`x509: RSA ${name} is not a positive number`);
  return value;
}

function rsaKey(data: Uint8Array): PublicKey {
  const { contents } = attempt('x509: invalid RSA public key', () => new Asn1Reader(data).struct(''));
  const reader = new Asn1Reader(contents);
  const modulus = positive(reader, 'modulus', 'modulus');
  return { kind: 'RSA', modulus, exponent: positive(reader, 'public exponent', 'public exponent') };
}

function ecdsaKey(parameters: Uint8Array | undefined, data: Uint8Array): PublicKey {
  const oid = attempt('x509: invalid ECDSA parameters', () => new Asn1Reader(parameters ?? new Uint8Array()).oid());
  const known = curves.get(oid);
  if (!known) throw new Error('x509: unsupported elliptic curve');
  if (data[0] !== 4) throw new Error('ecdsa: invalid uncompressed public key');
  if (data.length !== 1 + 2 * known.bytes) throw new Error(`invalid ${known.name} point encoding`);
  try {
    known.curve?.Point.fromBytes(data).assertValidity();
  } catch {
    throw new Error(`${known.name} point not on curve`);
  }
  return { kind: 'ECDSA', curve: known.curve, point: data };
}
