/** Names beside the subject's. */
import { Asn1Reader } from './asn1-reader.ts';

/** What a certificate is good for besides its subject. */
export interface AlternativeNames {
  readonly dnsNames: readonly string[];
  readonly emailAddresses: readonly string[];
  readonly uris: readonly string[];
  readonly ipAddresses: readonly Uint8Array[];
}

const malformed: Readonly<Record<number, string>> = {
  1: 'rfc822Name',
  2: 'dNSName',
  6: 'uniformResourceIdentifier',
};

/** Reads the extension; without one there are none. @throws Error with Go's text. Upstream: Go's crypto/x509 parseSANExtension. Differs: URIs are not parsed. */
export function readAlternativeNames(value: Uint8Array | undefined): AlternativeNames {
  const texts = new Map<number, string[]>([1, 2, 6].map((tag) => [tag, []]));
  const ipAddresses: Uint8Array[] = [];
  for (const { class: kind, tag, contents } of value ? generalNames(value) : []) {
    if (kind !== 2) continue;
    const name = malformed[tag];
    if (name !== undefined) {
      if (contents.some((byte) => byte > 0x7f)) throw new Error(`x509: SAN ${name} is malformed`);
      texts.get(tag)?.push(String.fromCharCode(...contents));
    } else if (tag === 7) {
      if (contents.length !== 4 && contents.length !== 16) {
        throw new Error(`x509: cannot parse IP address of length ${contents.length}`);
      }
      ipAddresses.push(contents);
    }
  }
  const of = (tag: number): readonly string[] => texts.get(tag) ?? [];
  return { emailAddresses: of(1), dnsNames: of(2), uris: of(6), ipAddresses };
}

function generalNames(value: Uint8Array) {
  const open = (): Asn1Reader => {
    try {
      return new Asn1Reader(new Asn1Reader(value).list().contents);
    } catch {
      throw new Error('x509: invalid subject alternative names');
    }
  };
  const reader = open();
  const names = [];
  while (!reader.done) {
    try {
      names.push(reader.any());
    } catch {
      throw new Error('x509: invalid subject alternative name');
    }
  }
  return names;
}
