import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { parseCertificateRequest } from './certificate-request.ts';
import { writeDistinguishedName } from './distinguished-name.ts';
import { tags, writeDer, writeOid, writeTime, writeUnsigned } from './der.ts';
import { decodePemBlock, encodePem } from '../../apimachinery/pem.ts';
import { readCertificate } from './certificate.ts';

const yearMs = 365 * 86_400_000;
const backdateMs = 5 * 60_000;
const shortMs = 8 * 3_600_000;
const minTTLMs = 10 * 60_000;

/** Bits of the extension of key usages. */
const keyUsageBits: Readonly<Record<string, number>> = {
  signing: 0,
  'digital signature': 0,
  'content commitment': 1,
  'key encipherment': 2,
  'data encipherment': 3,
  'key agreement': 4,
  'cert sign': 5,
  'crl sign': 6,
  'encipher only': 7,
  'decipher only': 8,
};
/** In upstream's order. */
const extendedUsages: readonly (readonly [usage: string, oid: string])[] = [
  ['any', '2.5.29.37.0'],
  ['server auth', '1.3.6.1.5.5.7.3.1'],
  ['client auth', '1.3.6.1.5.5.7.3.2'],
  ['code signing', '1.3.6.1.5.5.7.3.3'],
  ['email protection', '1.3.6.1.5.5.7.3.4'],
  ['s/mime', '1.3.6.1.5.5.7.3.4'],
  ['ipsec end system', '1.3.6.1.5.5.7.3.5'],
  ['ipsec tunnel', '1.3.6.1.5.5.7.3.6'],
  ['ipsec user', '1.3.6.1.5.5.7.3.7'],
  ['timestamping', '1.3.6.1.5.5.7.3.8'],
  ['ocsp signing', '1.3.6.1.5.5.7.3.9'],
  ['microsoft sgc', '1.3.6.1.4.1.311.10.3.3'],
  ['netscape sgc', '2.16.840.1.113730.4.1'],
];

/** Chance: an integer in [0, n). */
export interface Chance {
  int(n: number): number;
}

export interface SigningOptions {
  /** Base64 of PEM. */
  readonly request: string;
  readonly usages: readonly string[];
  readonly expirationSeconds?: number;
}

/** An authority that is there already. */
export interface GivenAuthority {
  /** The private key on P-256, 32 bytes. */
  readonly key: Uint8Array;
  /** PEM. */
  readonly certificate: string;
}

/**
 * The authority of a cluster: a key on P-256 that is given or drawn from chance, its own certificate, and what it signs.
 *
 * Upstream: pkg/controller/certificates/authority (v1.36)
 */
export class CertificateAuthority {
  readonly #key: Uint8Array;
  readonly #random: Chance;
  readonly #now: () => number;
  readonly #notAfterMs: number;
  readonly #startMs: number;
  readonly #name: Uint8Array;
  #certificate: string | undefined;

  /** @throws Error when the given certificate cannot be read */
  constructor(random: Chance, now: () => number, given?: GivenAuthority) {
    const own = given && readCertificate(decodePemBlock(given.certificate)?.bytes ?? new Uint8Array());
    this.#random = random;
    this.#now = now;
    this.#key = given?.key ?? sha256(this.#bytes(32));
    this.#certificate = given?.certificate;
    this.#name = own?.subject ?? authorityName;
    this.#startMs = now();
    this.#notAfterMs = own?.notAfterMs ?? this.#startMs + 10 * yearMs;
  }

  /** PEM of its own certificate; made when first asked for. */
  get certificate(): string {
    this.#certificate ??= this.#certify({
      subject: this.#name,
      publicKey: publicKeyInfo(p256.getPublicKey(this.#key, false)),
      notBeforeMs: this.#startMs - backdateMs,
      notAfterMs: this.#notAfterMs,
      extensions: [
        extension('2.5.29.15', true, keyUsage(['digital signature', 'key encipherment', 'cert sign'])),
        extension('2.5.29.19', true, writeDer(tags.sequence, writeDer(tags.boolean, Uint8Array.of(0xff)))),
      ],
    });
    return this.#certificate;
  }

  /** A certificate for a request, in PEM. @throws Error when it cannot be read */
  sign({ request, usages, expirationSeconds }: SigningOptions): string {
    const asked = parseCertificateRequest(request);
    const ttlMs = Math.max(minTTLMs, Math.min(yearMs, (expirationSeconds ?? Number.POSITIVE_INFINITY) * 1000));
    const now = this.#now();
    const extended = extendedUsages.filter(([usage]) => usages.includes(usage)).map(([, oid]) => oid);
    const plain = usages.filter((usage) => keyUsageBits[usage] !== undefined);
    return this.#certify({
      subject: writeDistinguishedName(asked.name),
      publicKey: asked.publicKey,
      notBeforeMs: now - backdateMs,
      notAfterMs: Math.min(this.#notAfterMs, now + (ttlMs < shortMs ? ttlMs : ttlMs - backdateMs)),
      extensions: [
        ...(plain.length > 0 ? [extension('2.5.29.15', true, keyUsage(plain))] : []),
        ...(extended.length > 0
          ? [extension('2.5.29.37', false, writeDer(tags.sequence, ...[...new Set(extended)].map(writeOid)))]
          : []),
        extension('2.5.29.19', true, writeDer(tags.sequence)),
        ...(asked.alternativeNames ? [asked.alternativeNames] : []),
      ],
    });
  }

  #certify(parts: {
    readonly subject: Uint8Array;
    readonly publicKey: Uint8Array;
    readonly notBeforeMs: number;
    readonly notAfterMs: number;
    readonly extensions: readonly Uint8Array[];
  }): string {
    const body = writeDer(
      tags.sequence,
      writeDer(0xa0, writeDer(tags.integer, Uint8Array.of(2))),
      writeUnsigned(this.#bytes(16)),
      signatureAlgorithm,
      this.#name,
      writeDer(tags.sequence, writeTime(parts.notBeforeMs), writeTime(parts.notAfterMs)),
      parts.subject,
      parts.publicKey,
      writeDer(0xa3, writeDer(tags.sequence, ...parts.extensions)),
    );
    const signature = p256.sign(body, this.#key, { format: 'der' });
    const bytes = writeDer(tags.sequence, body, signatureAlgorithm, bits(signature));
    return encodePem(bytes, 'CERTIFICATE');
  }
  #bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.#random.int(256));
  }
}

/** ecdsa-with-SHA256 */
const signatureAlgorithm = writeDer(tags.sequence, writeOid('1.2.840.10045.4.3.2'));
const authorityName = writeDer(
  tags.sequence,
  writeDer(
    tags.set,
    writeDer(tags.sequence, writeOid('2.5.4.3'), writeDer(tags.utf8String, new TextEncoder().encode('kubernetes'))),
  ),
);

function publicKeyInfo(point: Uint8Array): Uint8Array {
  const algorithm = writeDer(tags.sequence, writeOid('1.2.840.10045.2.1'), writeOid('1.2.840.10045.3.1.7'));
  return writeDer(tags.sequence, algorithm, bits(point));
}

function bits(bytes: Uint8Array): Uint8Array {
  return writeDer(tags.bitString, Uint8Array.of(0), bytes);
}

function extension(oid: string, critical: boolean, value: Uint8Array): Uint8Array {
  const flag = critical ? [writeDer(tags.boolean, Uint8Array.of(0xff))] : [];
  return writeDer(tags.sequence, writeOid(oid), ...flag, writeDer(tags.octetString, value));
}

function keyUsage(usages: readonly string[]): Uint8Array {
  const numbers = usages.map((usage) => keyUsageBits[usage] ?? 0);
  const last = Math.max(...numbers);
  const bytes = new Uint8Array(last > 7 ? 2 : 1);
  for (const number of numbers) bytes[number >> 3] = (bytes[number >> 3] ?? 0) | (0x80 >> (number & 7));
  return writeDer(tags.bitString, Uint8Array.of(7 - (last & 7)), bytes);
}
