import type { CertificateRequest } from '../../certificates/certificate-request.ts';

export const signerNames = {
  client: 'kubernetes.io/kube-apiserver-client',
  kubeletClient: 'kubernetes.io/kube-apiserver-client-kubelet',
  kubeletServing: 'kubernetes.io/kubelet-serving',
  legacyUnknown: 'kubernetes.io/legacy-unknown',
} as const;

/**
 * Why a signer does not sign a request; undefined when it does. Upstream: pkg/apis/certificates/helpers.go (v1.36)
 */
export function signerComplaint(
  signerName: string,
  request: CertificateRequest,
  usages: readonly string[],
): string | undefined {
  switch (signerName) {
    case signerNames.client:
      return clientComplaint(usages);
    case signerNames.kubeletClient:
      return kubeletClientComplaint(request, usages);
    case signerNames.kubeletServing:
      return kubeletServingComplaint(request, usages);
    default:
      return undefined;
  }
}

function clientComplaint(usages: readonly string[]): string | undefined {
  const allowed = ['client auth', 'digital signature', 'key encipherment'];
  const wrong = usages.find((usage) => !allowed.includes(usage));
  if (wrong !== undefined) return `invalid usage for client certificate: ${wrong}`;
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth';
}

export function kubeletClientComplaint(request: CertificateRequest, usages: readonly string[]): string | undefined {
  if (request.organizations.join() !== 'system:nodes') return 'subject organization is not system:nodes';
  if (request.dnsNames.length > 0) return 'DNS subjectAltNames are not allowed';
  if (request.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (request.ipAddresses.length > 0) return 'IP subjectAltNames are not allowed';
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed';
  if (!request.commonName.startsWith('system:node:')) return 'subject common name does not begin with system:node:';
  return usagesComplaint(usages, 'client auth');
}

function kubeletServingComplaint(request: CertificateRequest, usages: readonly string[]): string | undefined {
  if (request.organizations.join() !== 'system:nodes') return 'subject organization is not system:nodes';
  if (request.dnsNames.length === 0 && request.ipAddresses.length === 0) return 'DNS or IP subjectAltName is required';
  if (request.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed';
  const complaint = usagesComplaint(usages, 'server auth');
  if (complaint) return complaint;
  return request.commonName.startsWith('system:node:')
    ? undefined
    : 'subject common name does not begin with system:node:';
}

function usagesComplaint(usages: readonly string[], purpose: string): string | undefined {
  const wanted = [purpose, 'digital signature', 'key encipherment'].sort();
  const given = [...new Set(usages)].sort().join();
  const withoutRSA = wanted.filter((usage) => usage !== 'key encipherment');
  return given === wanted.join() || given === withoutRSA.join()
    ? undefined
    : `usages did not match [${wanted.join(' ')}]`;
}
