import { decodePemBlock } from '../../apimachinery/pem.ts';

/** What describe shows of a PKCS#10 request. */
export interface CertificateRequest {
  readonly subject: ReadonlyMap<string, readonly string[]>;
  readonly dnsNames: readonly string[];
  readonly emailAddresses: readonly string[];
  readonly uris: readonly string[];
  readonly ipAddresses: readonly string[];
}

interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
}

const extensionRequest = '1.2.840.113549.1.9.14';
const subjectAltName = '2.5.29.17';

function readElements(bytes: Uint8Array): Element[] {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0;
    let length = bytes[at + 1] ?? 0;
    at += 2;
    if (length & 0x80) {
      const size = length & 0x7f;
      length = 0;
      for (let index = 0; index < size; index++) length = length * 256 + (bytes[at + index] ?? 0);
      at += size;
    }
    if (at + length > bytes.length) throw new Error('asn1: syntax error: data truncated');
    elements.push({ tag, content: bytes.subarray(at, at + length) });
    at += length;
  }
  return elements;
}

function objectIdentifier(bytes: Uint8Array): string {
  const [first = 0, ...rest] = bytes;
  const parts = [Math.min(2, Math.floor(first / 40)), first - 40 * Math.min(2, Math.floor(first / 40))];
  let value = 0;
  for (const byte of rest) {
    value = value * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    parts.push(value);
    value = 0;
  }
  return parts.join('.');
}

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

function ipText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0));
  return new URL(`http://[${groups.map((group) => group.toString(16)).join(':')}]`).hostname.slice(1, -1);
}

/**
 * Reads a request in PEM. It shows what stands there and checks no key, so that the page need not load cryptography
 * for it.
 *
 * Upstream: kubectl/pkg/util/certificate/certificate.go ParseCSR (v1.36)
 * @throws Error when it is no request
 */
export function parseCertificateRequest(pem: string): CertificateRequest {
  const block = decodePemBlock(pem);
  if (block?.type !== 'CERTIFICATE REQUEST') throw new Error('PEM block type must be CERTIFICATE REQUEST');
  const [request] = readElements(block.bytes);
  const [info] = readElements(request?.content ?? new Uint8Array());
  const [, name, , attributes] = readElements(info?.content ?? new Uint8Array());
  const subject = new Map<string, string[]>();
  for (const set of readElements(name?.content ?? new Uint8Array())) {
    for (const pair of readElements(set.content)) {
      const [type, value] = readElements(pair.content);
      const key = objectIdentifier(type?.content ?? new Uint8Array());
      subject.set(key, [...(subject.get(key) ?? []), text(value?.content)]);
    }
  }
  return { subject, ...alternativeNames(attributes?.content ?? new Uint8Array()) };
}

function alternativeNames(attributes: Uint8Array): Omit<CertificateRequest, 'subject'> {
  const names = {
    dnsNames: [] as string[],
    emailAddresses: [] as string[],
    uris: [] as string[],
    ipAddresses: [] as string[],
  };
  for (const attribute of readElements(attributes)) {
    const [type, values] = readElements(attribute.content);
    if (objectIdentifier(type?.content ?? new Uint8Array()) !== extensionRequest) continue;
    const [extensions] = readElements(values?.content ?? new Uint8Array());
    for (const extension of readElements(extensions?.content ?? new Uint8Array())) {
      const parts = readElements(extension.content);
      if (objectIdentifier(parts[0]?.content ?? new Uint8Array()) !== subjectAltName) continue;
      const [list] = readElements(parts.at(-1)?.content ?? new Uint8Array());
      for (const { tag, content } of readElements(list?.content ?? new Uint8Array())) {
        if (tag === 0x82) names.dnsNames.push(text(content));
        if (tag === 0x81) names.emailAddresses.push(text(content));
        if (tag === 0x86) names.uris.push(text(content));
        if (tag === 0x87) names.ipAddresses.push(ipText(content));
      }
    }
  }
  return names;
}
