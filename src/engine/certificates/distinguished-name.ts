/** Names of subjects. Upstream: Go's crypto/x509/pkix */
import { Asn1Error, Asn1Reader, readList, type Element } from './asn1-reader.ts';

/** What a name says that Kubernetes asks for. */
export interface DistinguishedName {
  readonly commonName: string;
  readonly organizations: readonly string[];
}

/** Reads a name: a SEQUENCE of SETs of a type and a value each. @throws Error with Go's text */
export function readDistinguishedName(bytes: Uint8Array): DistinguishedName {
  const reader = new Asn1Reader(bytes);
  const { contents } = reader.list();
  if (!reader.done) throw new Error('x509: trailing data after X.509 Subject');
  const attributes = readList(contents, 'set').flatMap((set) => readList(set.contents, 'sequence').map(attribute));
  const of = (oid: string) =>
    attributes.flatMap(([type, value]) => (type === oid && value !== undefined ? [value] : []));
  return { commonName: of('2.5.4.3').at(-1) ?? '', organizations: of('2.5.4.10') };
}

function attribute({ contents }: Element): readonly [type: string, value: string | undefined] {
  const reader = new Asn1Reader(contents);
  return [reader.oid(), readText(reader.any())];
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
