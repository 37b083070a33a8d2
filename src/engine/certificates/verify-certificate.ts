/** Whether a server's certificate is to be believed. Upstream: Go's crypto/x509/verify.go Certificate.Verify */
import { equalBytes } from '@noble/curves/utils.js';
import { readAlternativeNames } from './alternative-names.ts';
import { type Certificate, readCertificate } from './certificate.ts';
import { pemBlocks } from '../../apimachinery/pem.ts';
import { checkSignature } from './signature.ts';

export interface VerifyOptions {
  /** The name that the server was asked under. */
  readonly serverName: string;
  /** PEM of the authorities that are believed. */
  readonly authorities: string;
  readonly nowMs: number;
}

/** Why a certificate in PEM is not believed, in Go's words; undefined when it is. Differs: the chain has one link. */
export function certificateDistrust(
  pem: string,
  { serverName, authorities, nowMs }: VerifyOptions,
): string | undefined {
  const [leaf] = certificatesIn(pem);
  if (!leaf) return 'x509: certificate signed by unknown authority';
  return validityComplaint(leaf, nowMs) ?? hostnameComplaint(leaf, serverName) ?? authorityComplaint(leaf, authorities);
}

/** Whether a text stands for a certificate without being one that can be read. */
export const isStandIn = (pem: string): boolean => certificatesIn(pem).length === 0;

/** The certificates of a PEM text that can be read. */
function certificatesIn(pem: string): Certificate[] {
  const found: Certificate[] = [];
  for (const block of pemBlocks(pem)) {
    if (block.type !== 'CERTIFICATE') continue;
    try {
      found.push(readCertificate(block.bytes));
    } catch {
      // What cannot be read is no authority.
    }
  }
  return found;
}

const timeText = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

function validityComplaint({ notBeforeMs, notAfterMs }: Certificate, nowMs: number): string | undefined {
  const now = `x509: certificate has expired or is not yet valid: current time ${timeText(nowMs)}`;
  if (nowMs < notBeforeMs) return `${now} is before ${timeText(notBeforeMs)}`;
  return nowMs > notAfterMs ? `${now} is after ${timeText(notAfterMs)}` : undefined;
}

function matches(pattern: string, host: string): boolean {
  const [first, ...rest] = pattern.toLowerCase().split('.');
  const [label, ...others] = host.toLowerCase().split('.');
  return rest.join('.') === others.join('.') && (first === label || (first === '*' && rest.length > 0));
}

function hostnameComplaint({ alternativeNames }: Certificate, host: string): string | undefined {
  if (!alternativeNames) return 'x509: certificate relies on legacy Common Name field, use SANs instead';
  const { dnsNames } = readAlternativeNames(alternativeNames);
  if (dnsNames.some((name) => matches(name, host))) return undefined;
  return dnsNames.length === 0
    ? `x509: certificate is not valid for any names, but wanted to match ${host}`
    : `x509: certificate is valid for ${dnsNames.join(', ')}, not ${host}`;
}

function authorityComplaint(leaf: Certificate, authorities: string): string | undefined {
  const isBelieved = certificatesIn(authorities).some(
    (authority) =>
      equalBytes(authority.bytes, leaf.bytes) ||
      (equalBytes(authority.subject, leaf.issuer) && hasSigned(authority, leaf)),
  );
  return isBelieved ? undefined : 'x509: certificate signed by unknown authority';
}

function hasSigned({ publicKey }: Certificate, { algorithm, body, signature }: Certificate): boolean {
  try {
    checkSignature({ algorithm, signed: body, signature, publicKey });
    return true;
  } catch {
    return false;
  }
}
