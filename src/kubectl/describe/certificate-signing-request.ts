import type * as certificatesv1 from '../../api/certificates/v1.ts';
import { errorText } from '../../apimachinery/error-text.ts';
import { humanDuration } from '../../apimachinery/duration.ts';
import { formatLabels } from '../../apimachinery/labels.ts';
import { KubectlError } from '../errors.ts';
import { type CertificateRequest, parseCertificateRequest } from './certificate-request.ts';
import { rfc1123z } from './describe-parts.ts';
import type { PrefixWriter } from './describe-writer.ts';
import { plain } from './session.ts';

const subjectLists = [
  ['Organization', '2.5.4.10'],
  ['Organizational Unit', '2.5.4.11'],
  ['Country', '2.5.4.6'],
  ['Locality', '2.5.4.7'],
  ['Province', '2.5.4.8'],
  ['StreetAddress', '2.5.4.9'],
  ['PostalCode', '2.5.4.17'],
] as const;

/** Upstream: kubectl/pkg/describe/describe.go describeCertificateSigningRequest (v1.36) */
export const describeCertificateSigningRequest = plain<certificatesv1.CertificateSigningRequest>((w, csr) => {
  const { metadata, spec } = csr;
  const request = parsed(spec.request);
  w.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  w.write(0, `Labels:\t${formatLabels(metadata?.labels)}\n`);
  w.write(0, `Annotations:\t${formatLabels(metadata?.annotations)}\n`);
  w.write(0, `CreationTimestamp:\t${rfc1123z(metadata?.creationTimestamp)}\n`);
  w.write(0, `Requesting User:\t${spec.username ?? ''}\n`);
  if (spec.signerName) w.write(0, `Signer:\t${spec.signerName}\n`);
  if (spec.expirationSeconds !== undefined) {
    w.write(0, `Requested Duration:\t${humanDuration(spec.expirationSeconds * 1000)}\n`);
  }
  w.write(0, `Status:\t${statusText(csr)}\n`);
  w.write(0, 'Subject:\n');
  w.write(0, `\tCommon Name:\t${request.subject.get('2.5.4.3')?.at(-1) ?? ''}\n`);
  w.write(0, `\tSerial Number:\t${request.subject.get('2.5.4.5')?.at(-1) ?? ''}\n`);
  for (const [title, type] of subjectLists) printList(w, title, request.subject.get(type) ?? []);
  const { dnsNames, emailAddresses, uris, ipAddresses } = request;
  if (dnsNames.length + emailAddresses.length + uris.length + ipAddresses.length === 0) return;
  w.write(0, 'Subject Alternative Names:\n');
  printList(w, 'DNS Names', dnsNames);
  printList(w, 'Email Addresses', emailAddresses);
  printList(w, 'URIs', uris);
  printList(w, 'IP Addresses', ipAddresses);
});

function parsed(base64: string): CertificateRequest {
  try {
    return parseCertificateRequest(atob(base64));
  } catch (error) {
    throw new KubectlError(`Error parsing CSR: ${errorText(error)}`);
  }
}

function printList(w: PrefixWriter, title: string, values: readonly string[]): void {
  if (values.length > 0) w.write(0, `\t${title}:\t${values.join('\n\t\t')}\n`);
}

/** Upstream: describe.go extractCSRStatus (v1.36) */
function statusText({ status }: certificatesv1.CertificateSigningRequest): string {
  const has = (type: string): boolean => status?.conditions?.some((condition) => condition.type === type) ?? false;
  const decision = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending';
  return `${decision}${has('Failed') ? ',Failed' : ''}${status?.certificate ? ',Issued' : ''}`;
}
