/** Rules of the names of signers. Upstream: pkg/apis/core/validation/names.go (v1.36) */
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { quote } from '../../../../../apimachinery/go-format.ts';
import { byteLength, isDNS1123Label, isDNS1123Subdomain } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complainAt } from './complaints.ts';

const maxDomainLength = 253;
const maxSignerNameLength = maxDomainLength + 253 + 63 + 2;

/** Whether the name is one of Kubernetes' own signers. */
export function isKubernetesSignerName(signerName: string): boolean {
  const host = signerName.split('/', 1)[0] ?? '';
  return host === 'kubernetes.io' || host.endsWith('.kubernetes.io');
}

/** The complaints about the first part that is wrong. */
function partComplaints(parts: readonly string[], rule: (part: string) => string[]): string[] {
  for (const part of parts) {
    const messages = rule(part);
    if (messages.length > 0) return messages.map((why) => `validating label ${quote(part)}: ${why}`);
  }
  return [];
}

/** Complains about a name that is not `example.com/signer`. */
export function validateSignerName(errors: Complaints, path: Path, signerName: string): void {
  if (signerName === '') {
    errors.push(field.required(path));
    return;
  }
  const [domain = '', rest, ...more] = signerName.split('/');
  if (rest === undefined || more.length > 0) {
    const why = "must be a fully qualified domain and path of the form 'example.com/signer-name'";
    errors.push(field.invalid(path, signerName, why));
    return;
  }
  if (byteLength(domain) > maxDomainLength) errors.push(field.tooLong(path, maxDomainLength));
  const labels = domain.split('.');
  complainAt(errors, path, domain, partComplaints(labels, isDNS1123Label));
  if (labels.length < 2) {
    errors.push(field.invalid(path, domain, 'should be a domain with at least two segments separated by dots'));
  }
  complainAt(errors, path, rest, partComplaints(rest.split('.'), isDNS1123Subdomain));
  if (byteLength(signerName) > maxSignerNameLength) errors.push(field.tooLong(path, maxSignerNameLength));
}

/** The complaints about a trust bundle's name: `example.com:signer:name`, or one without colons. */
export function clusterTrustBundleNameComplaints(name: string): string[] {
  return isDNS1123Subdomain(name.slice(name.lastIndexOf(':') + 1));
}
