import type * as certificatesv1 from '../../../api/certificates/v1.ts';
import { certificateSigningRequests, subjectAccessReviews } from '../../../api/resources.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import type { Process } from '../../../process/process.ts';
import { parseCertificateRequest } from '../../certificates/certificate-request.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';
import { kubeletClientComplaint, signerNames } from './usages.ts';

/**
 * Approves what kubelets ask for themselves, if they may.
 *
 * Upstream: pkg/controller/certificates/approver (v1.36)
 */
export const certificateApprovingController = defineController({
  name: 'certificatesigningrequest-approving-controller',
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
        if (request) yield* approve(run, request);
      },
    });
  },
});

function* approve(run: ControllerRun, object: certificatesv1.CertificateSigningRequest): Process<void> {
  const { spec, status } = object;
  if (status?.certificate || spec.signerName !== signerNames.kubeletClient) return;
  if (status?.conditions?.some(({ type }) => type === 'Approved' || type === 'Denied')) return;
  const asked = parseCertificateRequest(spec.request);
  if (kubeletClientComplaint(asked, spec.usages ?? []) !== undefined) return;
  const ways = [
    ['selfnodeclient', 'self kubelet client certificate', spec.username === asked.commonName],
    ['nodeclient', 'kubelet client certificate', true],
  ] as const;
  for (const [subresource, what, applies] of ways) {
    if (!applies || !(yield* mayCreate(run, spec, subresource))) continue;
    const now = formatTime(run.now());
    const approved = {
      type: 'Approved',
      status: 'True',
      reason: 'AutoApproved',
      message: `Auto approving ${what} after SubjectAccessReview.`,
      lastUpdateTime: now,
      lastTransitionTime: now,
    };
    const conditions = [...(status?.conditions ?? []), approved];
    const resource = run.client.resource(certificateSigningRequests);
    yield* resource.update({ ...object, status: { ...status, conditions } }, { subresource: 'approval' });
    return;
  }
}

function* mayCreate(
  run: ControllerRun,
  { username, uid, groups, extra }: certificatesv1.CertificateSigningRequestSpec,
  subresource: string,
): Process<boolean> {
  const review = yield* run.client.resource(subjectAccessReviews).create({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    metadata: {},
    spec: {
      ...(username === undefined ? {} : { user: username }),
      ...(uid === undefined ? {} : { uid }),
      ...(groups === undefined ? {} : { groups }),
      ...(extra === undefined ? {} : { extra }),
      resourceAttributes: {
        group: 'certificates.k8s.io',
        resource: 'certificatesigningrequests',
        verb: 'create',
        subresource,
        version: '*',
      },
    },
  });
  return review.status?.allowed ?? false;
}
