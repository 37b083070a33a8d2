/** Verifies RSA signatures. Upstream: Go's crypto/rsa */
import { equalBytes } from '@noble/curves/utils.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { bigintOf } from './public-key.ts';

export interface HashFunction {
  (bytes: Uint8Array): Uint8Array;
  readonly outputLen: number;
}

interface RsaKey {
  readonly modulus: bigint;
  readonly exponent: bigint;
}

const verificationError = (): Error => new Error('crypto/rsa: verification error');

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** What stands before a hash that is signed. */
const prefixes: ReadonlyMap<HashFunction, Uint8Array> = new Map<HashFunction, Uint8Array>([
  [sha1, bytesOf('3021300906052b0e03021a05000414')],
  [sha256, bytesOf('3031300d060960864801650304020105000420')],
  [sha384, bytesOf('3041300d060960864801650304020205000430')],
  [sha512, bytesOf('3051300d060960864801650304020305000440')],
]);

const bitLength = (value: bigint): number => value.toString(2).length;

/** @throws Error with Go's text */
function checkPublicKey({ modulus, exponent }: RsaKey): void {
  const size = bitLength(modulus);
  if (size < 1024) {
    throw new Error(
      `crypto/rsa: ${size}-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)`,
    );
  }
  if (modulus % 2n === 0n) throw new Error('crypto/rsa: public modulus is even');
  if (exponent < 2n) throw new Error('crypto/rsa: public exponent too small or negative');
  if (exponent % 2n === 0n) throw new Error('crypto/rsa: public exponent is even');
  if (exponent > 0x7fffffffn) throw new Error('crypto/rsa: public exponent too large');
}

/** The message that a signature stands for, as long as the modulus. @throws Error */
function encrypt({ modulus, exponent }: RsaKey, signature: Uint8Array): Uint8Array {
  const size = Math.ceil(bitLength(modulus) / 8);
  let base = bigintOf(signature);
  if (signature.length !== size || base >= modulus) throw verificationError();
  let message = 1n;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) message = (message * base) % modulus;
    base = (base * base) % modulus;
  }
  return bytesOf(message.toString(16).padStart(2 * size, '0'));
}

/** @throws Error with Go's text when the signature is not the key's */
export function verifyPKCS1v15(key: RsaKey, hash: HashFunction, hashed: Uint8Array, signature: Uint8Array): void {
  checkPublicKey(key);
  const message = encrypt(key, signature);
  const tail = [...(prefixes.get(hash) ?? []), ...hashed];
  const padding = message.length - tail.length - 3;
  if (padding < 8) throw verificationError();
  const expected = Uint8Array.from([0, 1, ...new Uint8Array(padding).fill(0xff), 0, ...tail]);
  if (!equalBytes(message, expected)) throw verificationError();
}

function mask(seed: Uint8Array, length: number, hash: HashFunction): Uint8Array {
  const out: number[] = [];
  for (let counter = 0; out.length < length; counter++) {
    out.push(...hash(Uint8Array.from([...seed, 0, 0, counter >> 8, counter & 0xff])));
  }
  return Uint8Array.from(out.slice(0, length));
}

/** With a salt as long as the hash. @throws Error with Go's text when the signature is not the key's */
export function verifyPSS(key: RsaKey, hash: HashFunction, hashed: Uint8Array, signature: Uint8Array): void {
  checkPublicKey(key);
  const bits = bitLength(key.modulus) - 1;
  const size = Math.ceil(bits / 8);
  const message = encrypt(key, signature).slice(-size);
  const length = hashed.length;
  if (size < 2 * length + 2 || message.at(-1) !== 0xbc) throw verificationError();
  const masked = message.subarray(0, size - length - 1);
  const tag = message.subarray(size - length - 1, size - 1);
  const opened = mask(tag, masked.length, hash).map((byte, i) => byte ^ (masked[i] ?? 0));
  opened[0] = (opened[0] ?? 0) & (0xff >> (8 * size - bits));
  const separator = opened.length - length - 1;
  const isPadded = opened.subarray(0, separator).every((byte) => byte === 0) && opened[separator] === 1;
  const salt = opened.subarray(separator + 1);
  const expected = hash(Uint8Array.from([...new Uint8Array(8), ...hashed, ...salt]));
  if (!isPadded || !equalBytes(expected, tag)) throw verificationError();
}
