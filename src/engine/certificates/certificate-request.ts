import { readAlgorithm } from './algorithm.ts';
import { Asn1Error, Asn1Reader, readList } from './asn1-reader.ts';
import { type AlternativeNames, readAlternativeNames } from './alternative-names.ts';
import { type DistinguishedName, readDistinguishedName } from './distinguished-name.ts';
import { decodePemBlock } from '../../apimachinery/pem.ts';
import { parsePublicKey } from './public-key.ts';
import { checkSignature } from './signature.ts';

/** What a certificate request asks for. */
export interface CertificateRequest extends AlternativeNames {
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly name: DistinguishedName;
  /** As encoded. */
  readonly publicKey: Uint8Array;
  /** The extension of alternative names as encoded, if asked for. */
  readonly alternativeNames: Uint8Array | undefined;
  /** @throws Error with Go's text when the request is not signed with its own key */
  checkSignature(): void;
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
  const block = decodePemBlock(text);
  if (block?.type !== 'CERTIFICATE REQUEST') throw new Error('PEM block type must be CERTIFICATE REQUEST');
  return readCertificateRequest(block.bytes);
}

/** Upstream: Go's crypto/x509 ParseCertificateRequest */
function readCertificateRequest(bytes: Uint8Array): CertificateRequest {
  const outer = new Asn1Reader(bytes);
  const whole = new Asn1Reader(outer.struct('certificateRequest').contents);
  const body = whole.struct('tbsCertificateRequest');
  const inner = new Asn1Reader(body.contents);
  inner.int();
  const subject = inner.any();
  const key = inner.struct('publicKeyInfo');
  const keyReader = new Asn1Reader(key.contents);
  const keyAlgorithm = readAlgorithm(keyReader);
  const keyBits = keyReader.bitString();
  const attributes = inner.list({ contextTag: 0 });
  const algorithm = readAlgorithm(whole);
  const signature = whole.bitString();
  if (!outer.done) throw new Asn1Error('syntax', 'trailing data');
  const publicKey = parsePublicKey(keyAlgorithm, keyBits);
  const name = readDistinguishedName(subject.bytes);
  const extension = requestedExtensions(attributes.contents).find(({ oid }) => oid === subjectAltName);
  return {
    commonName: name.commonName,
    organizations: name.organizations,
    name,
    ...readAlternativeNames(extension?.value),
    publicKey: key.bytes,
    alternativeNames: extension?.bytes,
    checkSignature: () => checkSignature({ algorithm, signed: body.bytes, signature, publicKey }),
  };
}

interface Extension {
  readonly oid: string;
  readonly value: Uint8Array;
  readonly bytes: Uint8Array;
}

/** Attributes that cannot be read are passed over. Upstream: Go's crypto/x509 parseCSRExtensions */
function requestedExtensions(attributes: Uint8Array): Extension[] {
  const found: Extension[] = [];
  const reader = new Asn1Reader(attributes);
  while (!reader.done) {
    const list = extensionList(reader.any().bytes);
    if (!list) continue;
    for (const { contents, bytes } of readList(new Asn1Reader(list).list().contents, 'sequence')) {
      const member = new Asn1Reader(contents);
      const oid = member.oid();
      member.optionalBool();
      if (found.some((other) => other.oid === oid)) {
        throw new Error('x509: certificate request contains duplicate requested extensions');
      }
      found.push({ oid, value: member.octetString(), bytes });
    }
  }
  return found;
}

/** The extensions that an attribute asks for. */
function extensionList(attribute: Uint8Array): Uint8Array | undefined {
  try {
    const reader = new Asn1Reader(new Asn1Reader(attribute).struct('pkcs10Attribute').contents);
    const oid = reader.oid();
    const values = new Asn1Reader(reader.list({ set: true }).contents);
    const first = values.optionalAny();
    return oid === extensionRequest ? first?.bytes : undefined;
  } catch (error) {
    if (error instanceof Asn1Error) return undefined;
    throw error;
  }
}
