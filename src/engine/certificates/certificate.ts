/** Whether a text holds certificates. Upstream: pkg/apis/certificates/validation/validation.go validateCertificate (v1.36), Go's crypto/x509 parseCertificate */
import { errorText } from '../../apimachinery/error-text.ts';
import { quote } from '../../apimachinery/go-format.ts';
import type { Algorithm } from './algorithm.ts';
import { Asn1Reader, type Element } from './asn1-reader.ts';
import { pemBlocks } from '../../apimachinery/pem.ts';
import { parsePublicKey, type PublicKey } from './public-key.ts';

/** Why a text is not certificates in PEM; undefined when it is, or is empty. */
export function certificateComplaint(text: string): string | undefined {
  if (text === '') return undefined;
  let blocks = 0;
  for (const block of pemBlocks(text)) {
    if (block.type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${quote(block.type)}`;
    if (block.hasHeaders) return 'no PEM block headers are permitted';
    blocks++;
    const complaint = certificatesComplaint(block.bytes);
    if (complaint !== undefined) return complaint;
  }
  return blocks === 0 ? 'must contain at least one CERTIFICATE PEM block' : undefined;
}

function certificatesComplaint(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return 'found CERTIFICATE PEM block containing 0 certificates';
  try {
    for (let rest = bytes; rest.length > 0; ) rest = rest.subarray(readCertificate(rest).bytes.length);
    return undefined;
  } catch (error) {
    return errorText(error);
  }
}

const sequence = 16;

/** An element of a tag. @throws Error with the given text */
function read(reader: Asn1Reader, tag: number, why: string, kind = 0): Element {
  try {
    const element = reader.any();
    if (element.tag === tag && element.class === kind) return element;
  } catch {
    // What cannot be read is told below.
  }
  throw new Error(`x509: ${why}`);
}

const open = (element: Element): Asn1Reader => new Asn1Reader(element.contents);

/** What a certificate says. */
export interface Certificate {
  /** All of it. */
  readonly bytes: Uint8Array;
  /** The part that is signed. */
  readonly body: Uint8Array;
  readonly algorithm: Algorithm;
  readonly signature: Uint8Array;
  readonly publicKey: PublicKey;
  /** Names as encoded. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** The extension of alternative names, when there is one. */
  readonly alternativeNames: Uint8Array | undefined;
}

/** Reads the certificate that the bytes begin with. @throws Error with Go's text. Differs: extensions but that of alternative names are not looked into. */
export function readCertificate(bytes: Uint8Array): Certificate {
  const whole = read(new Asn1Reader(bytes), sequence, 'malformed certificate');
  const outer = open(whole);
  const signed = read(outer, sequence, 'malformed tbs certificate');
  const body = open(signed);
  readVersion(body);
  const serial = read(body, 2, 'malformed serial number').contents;
  if ((serial[0] ?? 0) >= 0x80) throw new Error('x509: negative serial number');
  const inner = read(body, sequence, 'malformed signature algorithm identifier');
  const outerAlgorithm = read(outer, sequence, 'malformed algorithm identifier');
  if (inner.contents.join() !== outerAlgorithm.contents.join()) {
    throw new Error("x509: inner and outer signature algorithm identifiers don't match");
  }
  const algorithm = algorithmOf(inner);
  const issuer = read(body, sequence, 'malformed issuer').bytes;
  const validity = open(read(body, sequence, 'malformed validity'));
  const [notBeforeMs, notAfterMs] = [readTime(validity), readTime(validity)];
  const subject = read(body, sequence, 'malformed issuer').bytes;
  const publicKey = readKey(open(read(body, sequence, 'malformed spki')));
  const alternativeNames = readAlternativeNames(body);
  const signature = read(outer, 3, 'malformed signature').contents.subarray(1);
  return {
    bytes: whole.bytes,
    body: signed.bytes,
    algorithm,
    signature,
    publicKey,
    issuer,
    subject,
    notBeforeMs,
    notAfterMs,
    alternativeNames,
  };
}

function readVersion(body: Asn1Reader): void {
  if (!body.peek(2, 0)) return;
  const { contents } = read(open(read(body, 0, 'malformed version', 2)), 2, 'malformed version');
  if (contents.length !== 1 || (contents[0] ?? 0) > 2) throw new Error('x509: invalid version');
}

function algorithmOf(element: Element): Algorithm {
  const reader = open(element);
  const oid = (() => {
    try {
      return reader.oid();
    } catch {
      throw new Error('x509: malformed OID');
    }
  })();
  return { oid, parameters: reader.optionalAny()?.bytes };
}

function readAlternativeNames(body: Asn1Reader): Uint8Array | undefined {
  while (!body.done && !body.peek(2, 3)) body.any();
  if (body.done) return undefined;
  const list = open(read(open(read(body, 3, 'malformed extensions', 2)), sequence, 'malformed extensions'));
  let found: Uint8Array | undefined;
  while (!list.done) {
    const extension = open(read(list, sequence, 'malformed extension'));
    const oid = extension.oid();
    extension.optionalBool();
    const value = extension.octetString();
    if (oid === subjectAltName) found = value;
  }
  return found;
}

const subjectAltName = '2.5.29.17';

function readTime(reader: Asn1Reader): number {
  const isUtc = reader.peek(0, 23);
  if (!isUtc && !reader.peek(0, 24)) throw new Error('x509: unsupported time format');
  const name = isUtc ? 'UTCTime' : 'GeneralizedTime';
  const text = String.fromCharCode(...read(reader, isUtc ? 23 : 24, `malformed ${name}`).contents);
  if (!(isUtc ? /^\d{12}Z$/ : /^\d{14}Z$/).test(text)) throw new Error(`x509: malformed ${name}`);
  const century = Number(text.slice(0, 2)) >= 50 ? '19' : '20';
  const full = isUtc ? century + text : text;
  const part = (from: number) => full.slice(from, from + 2);
  return Date.parse(`${full.slice(0, 4)}-${part(4)}-${part(6)}T${part(8)}:${part(10)}:${part(12)}Z`);
}

function readKey(reader: Asn1Reader): PublicKey {
  const algorithm = algorithmOf(read(reader, sequence, 'malformed public key algorithm identifier'));
  const { contents } = read(reader, 3, 'malformed subjectPublicKey');
  return parsePublicKey(algorithm, contents.subarray(1));
}
