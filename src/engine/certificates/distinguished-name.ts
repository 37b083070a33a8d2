/** Names of subjects. Upstream: Go's crypto/x509/pkix */
import { Asn1Error, Asn1Reader, readList, type Element } from './asn1-reader.ts';
import { tags, writeDer, writeOid } from './der.ts';

/** What a name says that Kubernetes asks for. */
export interface DistinguishedName {
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** Everything that it says: type and text. */
  readonly attributes: readonly (readonly [oid: string, text: string])[];
}

/** Reads a name: a SEQUENCE of SETs of a type and a value each. @throws Error with Go's text */
export function readDistinguishedName(bytes: Uint8Array): DistinguishedName {
  const reader = new Asn1Reader(bytes);
  const { contents } = reader.list();
  if (!reader.done) throw new Error('x509: trailing data after X.509 Subject');
  const attributes = readList(contents, 'set').flatMap((set) => readList(set.contents, 'sequence').flatMap(attribute));
  const of = (oid: string) => attributes.flatMap(([type, text]) => (type === oid ? [text] : []));
  return { commonName: of(commonNameOid).at(-1) ?? '', organizations: of('2.5.4.10'), attributes };
}

const commonNameOid = '2.5.4.3';
/** Country, organization, unit, locality, province, street, postal code, common name, serial number. */
const encodedOrder = [
  '2.5.4.6',
  '2.5.4.10',
  '2.5.4.11',
  '2.5.4.7',
  '2.5.4.8',
  '2.5.4.9',
  '2.5.4.17',
  commonNameOid,
  '2.5.4.5',
];
const single: ReadonlySet<string> = new Set([commonNameOid, '2.5.4.5']);
const plain = /^[A-Za-z0-9'()+,\-./ :=?]*$/;

/** Writes a name in Go's order; what Go has no field for is left out. Upstream: Go's crypto/x509/pkix Name.ToRDNSequence */
export function writeDistinguishedName({ attributes }: DistinguishedName): Uint8Array {
  const sets = encodedOrder.flatMap((oid) => {
    const all = attributes.flatMap(([type, text]) => (type === oid ? [text] : []));
    const texts = single.has(oid) ? all.slice(-1) : all;
    return texts.length === 0 ? [] : [writeDer(tags.set, ...texts.map((text) => writeAttribute(oid, text)))];
  });
  return writeDer(tags.sequence, ...sets);
}

function writeAttribute(oid: string, text: string): Uint8Array {
  const tag = plain.test(text) ? tags.printableString : tags.utf8String;
  return writeDer(tags.sequence, writeOid(oid), writeDer(tag, new TextEncoder().encode(text)));
}

function attribute({ contents }: Element): readonly (readonly [oid: string, text: string])[] {
  const reader = new Asn1Reader(contents);
  const oid = reader.oid();
  const text = readText(reader.any());
  return text === undefined ? [] : [[oid, text]];
}

const printable = /^[A-Za-z0-9'()+,\-./ :=?*&]*$/;

/** A text of whatever kind; undefined when it is none. @throws Asn1Error */
function readText({ class: kind, tag, isCompound, contents }: Element): string | undefined {
  if (kind !== 0 || isCompound) return undefined;
  const latin = () => String.fromCharCode(...contents);
  switch (tag) {
    case 12:
      return readUtf8(contents);
    case 18:
      return checked(latin(), /^[0-9 ]*$/, 'NumericString');
    case 19:
      return checked(latin(), printable, 'PrintableString');
    case 20:
      return latin();
    case 22:
      return checked(latin(), /^[\0-\x7f]*$/, 'IA5String');
    case 30:
      return readBmp(contents);
    default:
      return undefined;
  }
}

function checked(text: string, pattern: RegExp, name: string): string {
  if (pattern.test(text)) return text;
  throw new Asn1Error('syntax', `${name} contains invalid character`);
}

function readUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Error('asn1: invalid UTF-8 string');
  }
}

function readBmp(bytes: Uint8Array): string {
  if (bytes.length % 2 !== 0) throw new Error('invalid BMPString');
  let text = '';
  for (let i = 0; i < bytes.length; i += 2) text += String.fromCharCode((bytes[i] ?? 0) * 256 + (bytes[i + 1] ?? 0));
  return text.replace(/\0$/, '');
}
