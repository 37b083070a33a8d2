import type * as certificatesv1 from '../../../api/certificates/v1.ts';
import { certificateSigningRequests } from '../../../api/resources.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import type { Process } from '../../../process/process.ts';
import { parseCertificateRequest } from '../../certificates/certificate-request.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';
import { signerComplaint, signerNames } from './usages.ts';

/**
 * Signs approved requests for the signers that Kubernetes names, where the cluster has an authority.
 *
 * Upstream: pkg/controller/certificates/signer (v1.36)
 */
export const certificateSigningController = defineController({
  name: 'certificatesigningrequest-signing-controller',
  serviceAccount: 'certificate-controller',
  start(run) {
    const informer = run.informer(certificateSigningRequests);
    const queue = run.queue();
    const enqueue = (request: certificatesv1.CertificateSigningRequest) => queue.add(request.metadata.name ?? '');
    run.watch(informer, { add: enqueue, update: (_, request) => enqueue(request) });
    run.work({
      queue,
      informers: [informer],
      *reconcile(name) {
        const request = informer.store.get(name);
        if (request) yield* sign(run, request);
      },
    });
  },
});

const known: readonly string[] = Object.values(signerNames);

function* sign(run: ControllerRun, object: certificatesv1.CertificateSigningRequest): Process<void> {
  const { spec, status } = object;
  if (status?.certificate || !hasCondition(object, 'Approved') || hasCondition(object, 'Denied')) return;
  if (hasCondition(object, 'Failed') || !known.includes(spec.signerName)) return;
  const usages = spec.usages ?? [];
  const resource = run.client.resource(certificateSigningRequests);
  const complaint = signerComplaint(spec.signerName, parseCertificateRequest(spec.request), usages);
  if (complaint !== undefined) {
    const failed = {
      type: 'Failed',
      status: 'True',
      reason: 'SignerValidationFailure',
      message: complaint,
      lastUpdateTime: formatTime(run.now()),
    };
    const conditions = [...(status?.conditions ?? []), failed];
    yield* resource.updateStatus({ ...object, status: { ...status, conditions } });
    return;
  }
  const { request, signerName, expirationSeconds } = spec;
  const pem = run.settings.signCertificate?.({
    request,
    signerName,
    usages,
    ...(expirationSeconds === undefined ? {} : { expirationSeconds }),
  });
  if (pem !== undefined) yield* resource.updateStatus({ ...object, status: { ...status, certificate: btoa(pem) } });
}

export function hasCondition({ status }: certificatesv1.CertificateSigningRequest, type: string): boolean {
  return (status?.conditions ?? []).some((one) => one.type === type && one.status === 'True');
}
