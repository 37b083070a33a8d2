/** Who may approve and sign which certificates, and which none may ask for. Upstream: plugin/pkg/admission/certificates (v1.36) */
import type * as certificatesv1 from '../../../api/certificates/v1.ts';
import { quote } from '../../../apimachinery/go-format.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { parseCertificateRequest } from '../../certificates/certificate-request.ts';
import type { Authorizer } from '../authorization/attributes.ts';
import type { AdmissionAttributes, AdmissionPlugin, AdmissionTarget } from './admission.ts';
import { admissionForbidden } from './forbidden.ts';

type Request = certificatesv1.CertificateSigningRequest;

const handles =
  (subresource: string) =>
  ({ verb, definition, subresource: asked }: AdmissionTarget): boolean =>
    verb === 'UPDATE' && asked === subresource && definition.resource === 'certificatesigningrequests';

/** Whether a user may use a signer, by its name or by all names of its domain. */
function mayUse(authorizer: Authorizer, { operation }: AdmissionAttributes, verb: string, signer: string): boolean {
  const domain = `${signer.split('/', 1)[0] ?? ''}/*`;
  return [signer, domain].some(
    (name) =>
      authorizer.authorize({
        user: operation.user,
        verb,
        isResourceRequest: true,
        group: 'certificates.k8s.io',
        version: '*',
        resource: 'signers',
        subresource: '',
        namespace: '',
        name,
        path: '',
      }).allowed,
  );
}

export function certificateApproval(authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'CertificateApproval',
    handles: handles('approval'),
    validate(attributes) {
      const { signerName } = (attributes.old as Request).spec;
      if (mayUse(authorizer, attributes, 'approve', signerName)) return;
      throw admissionForbidden(
        attributes,
        `user not permitted to approve requests with signerName ${quote(signerName)}`,
      );
    },
  };
}

export function certificateSigning(authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'CertificateSigning',
    handles: handles('status'),
    validate(attributes) {
      const old = attributes.old as Request;
      const { status } = attributes.object as unknown as Request;
      const same =
        old.status?.certificate === status?.certificate &&
        deepEqual(old.status?.conditions ?? [], status?.conditions ?? []);
      const { signerName } = old.spec;
      if (same || mayUse(authorizer, attributes, 'sign', signerName)) return;
      throw admissionForbidden(attributes, `user not permitted to sign requests with signerName ${quote(signerName)}`);
    },
  };
}

const clientSignerName = 'kubernetes.io/kube-apiserver-client';

/** Nobody asks for a client certificate of superusers. Upstream: certificates/subjectrestriction/admission.go (v1.36) */
export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  handles: ({ verb, subresource, definition }) =>
    verb === 'CREATE' && subresource === '' && definition.resource === 'certificatesigningrequests',
  validate(attributes) {
    const { signerName, request } = (attributes.object as unknown as Request).spec;
    if (signerName !== clientSignerName) return;
    if (!organizationsOf(attributes, request ?? '').includes('system:masters')) return;
    throw admissionForbidden(attributes, `use of ${clientSignerName} signer with system:masters group is not allowed`);
  },
};

/** @throws StatusError Forbidden when the request cannot be read */
function organizationsOf(attributes: AdmissionAttributes, request: string): readonly string[] {
  try {
    return parseCertificateRequest(request).organizations;
  } catch (error) {
    throw admissionForbidden(attributes, `failed to parse CSR: ${error instanceof Error ? error.message : ''}`);
  }
}
