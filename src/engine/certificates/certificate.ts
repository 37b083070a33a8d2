/** Whether a text holds certificates. Upstream: pkg/apis/certificates/validation/validation.go validateCertificate (v1.36), Go's crypto/x509 parseCertificate */
import { quote } from '../../apimachinery/go-format.ts';
import { Asn1Reader, type Element } from './asn1-reader.ts';
import { decodePemBlock } from './pem.ts';
import { parsePublicKey } from './public-key.ts';

/** Why a text is not certificates in PEM; undefined when it is, or is empty. */
export function certificateComplaint(text: string): string | undefined {
  if (text === '') return undefined;
  let blocks = 0;
  for (let block = decodePemBlock(text); block; block = decodePemBlock(block.rest)) {
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
    for (let rest = bytes; rest.length > 0; ) rest = rest.subarray(readCertificate(rest));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
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

/** Reads one certificate; gives how many bytes it has. @throws Error with Go's text. Differs: extensions are not looked into. */
function readCertificate(bytes: Uint8Array): number {
  const whole = read(new Asn1Reader(bytes), sequence, 'malformed certificate');
  const outer = open(whole);
  const body = open(read(outer, sequence, 'malformed tbs certificate'));
  const version = body.peek(2, 0) ? open(read(body, 0, 'malformed version', 2)) : undefined;
  if (version) {
    const { contents } = read(version, 2, 'malformed version');
    if (contents.length !== 1 || (contents[0] ?? 0) > 2) throw new Error('x509: invalid version');
  }
  const serial = read(body, 2, 'malformed serial number').contents;
  if ((serial[0] ?? 0) >= 0x80) throw new Error('x509: negative serial number');
  const inner = read(body, sequence, 'malformed signature algorithm identifier');
  const algorithm = read(outer, sequence, 'malformed algorithm identifier');
  if (inner.contents.join() !== algorithm.contents.join()) {
    throw new Error("x509: inner and outer signature algorithm identifiers don't match");
  }
  read(open(inner), 6, 'malformed OID');
  read(body, sequence, 'malformed issuer');
  readValidity(open(read(body, sequence, 'malformed validity')));
  read(body, sequence, 'malformed issuer');
  readKey(open(read(body, sequence, 'malformed spki')));
  read(outer, 3, 'malformed signature');
  return whole.bytes.length;
}

function readValidity(reader: Asn1Reader): void {
  for (let i = 0; i < 2; i++) {
    const isUtc = reader.peek(0, 23);
    if (!isUtc && !reader.peek(0, 24)) throw new Error('x509: unsupported time format');
    const name = isUtc ? 'UTCTime' : 'GeneralizedTime';
    const text = String.fromCharCode(...read(reader, isUtc ? 23 : 24, `malformed ${name}`).contents);
    if (!(isUtc ? /^\d{10}(\d\d)?Z$/ : /^\d{14}Z$/).test(text)) throw new Error(`x509: malformed ${name}`);
  }
}

function readKey(reader: Asn1Reader): void {
  const algorithm = open(read(reader, sequence, 'malformed public key algorithm identifier'));
  const oid = (() => {
    try {
      return algorithm.oid();
    } catch {
      throw new Error('x509: malformed OID');
    }
  })();
  const parameters = algorithm.optionalAny()?.bytes;
  const { contents } = read(reader, 3, 'malformed subjectPublicKey');
  parsePublicKey({ oid, parameters }, contents.subarray(1));
}
