import { type DerValue, readDer, readOid, tags } from './der.ts';
import { decodePem } from './pem.ts';

/** What a certificate request asks for. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly dnsNames: readonly string[];
  readonly emailAddresses: readonly string[];
  readonly uris: readonly string[];
  readonly ipAddresses: readonly Uint8Array[];
  /** As encoded. */
  readonly subject: Uint8Array;
  readonly publicKey: Uint8Array;
  /** The extension of alternative names as encoded, if asked for. */
  readonly alternativeNames: Uint8Array | undefined;
}

const extensionRequest = '1.2.840.113549.1.9.14';
const subjectAltName = '2.5.29.17';

/** Reads the request of a CertificateSigningRequest: base64 of PEM. @throws Error with upstream's text */
export function parseCertificateRequest(base64: string): CertificateRequest {
  let text = '';
  try {
    text = atob(base64);
  } catch {
    // Not base64: no block is found below.
  }
  const bytes = decodePem(text, 'CERTIFICATE REQUEST');
  if (!bytes) throw new Error('PEM block type must be CERTIFICATE REQUEST');
  const [info] = children(readDer(bytes)[0]);
  const [, subject, publicKey, attributes] = children(info);
  if (!subject || !publicKey) throw new Error('asn1: structure error: not a certificate request');
  const names = children(subject).flatMap((set) => children(set).map(attribute));
  const of = (oid: string) => names.filter(([name]) => name === oid).map(([, value]) => value);
  const extension = findAlternativeNames(attributes);
  const alternatives = extension ? children(readDer(children(extension).at(-1)?.contents ?? new Uint8Array())[0]) : [];
  const alternative = (tag: number) => alternatives.filter((one) => one.tag === tag);
  const texts = (tag: number) => alternative(tag).map(({ contents }) => textOf(contents));
  return {
    commonName: of('2.5.4.3').at(-1) ?? '',
    organizations: of('2.5.4.10'),
    emailAddresses: texts(0x81),
    dnsNames: texts(0x82),
    uris: texts(0x86),
    ipAddresses: alternative(0x87).map(({ contents }) => contents),
    subject: subject.bytes,
    publicKey: publicKey.bytes,
    alternativeNames: extension?.bytes,
  };
}

function children(value: DerValue | undefined): DerValue[] {
  return value ? readDer(value.contents) : [];
}

function attribute(value: DerValue): readonly [oid: string, text: string] {
  const [oid, text] = children(value);
  return [readOid(oid?.contents ?? new Uint8Array()), textOf(text?.contents ?? new Uint8Array())];
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function findAlternativeNames(attributes: DerValue | undefined): DerValue | undefined {
  for (const value of children(attributes)) {
    const [oid, set] = children(value);
    if (!oid || readOid(oid.contents) !== extensionRequest) continue;
    const extensions = children(children(set)[0]);
    return extensions.find((one) => {
      const name = children(one)[0];
      return name?.tag === tags.oid && readOid(name.contents) === subjectAltName;
    });
  }
  return undefined;
}
