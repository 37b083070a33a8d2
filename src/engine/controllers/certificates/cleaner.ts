import type * as certificatesv1 from '../../../api/certificates/v1.ts';
import { certificateSigningRequests } from '../../../api/resources.ts';
import { parseTime } from '../../../apimachinery/time.ts';
import { readCertificate } from '../../certificates/certificate.ts';
import { decodePemBlock } from '../../../apimachinery/pem.ts';
import { ignoreNotFound } from '../../../client/controller.ts';
import { defineController } from '../define-controller.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * Deletes certificate requests that were dealt with an hour ago, or that nobody dealt with for a day.
 *
 * Upstream: pkg/controller/certificates/cleaner (v1.36)
 */
export const certificateCleaner = defineController({
  name: 'certificatesigningrequest-cleaner-controller',
  serviceAccount: 'certificate-controller',
  start(run) {
    const informer = run.informer(certificateSigningRequests);
    run.every(hourMs, () => {
      for (const request of informer.store.list().filter((one) => isStale(one, run.now()))) {
        run.spawn(ignoreNotFound(run.client.resource(certificateSigningRequests).delete(request.metadata.name ?? '')));
      }
    });
  },
});

/** Whether the first certificate of a status is past its time; one that cannot be read is not. */
function hasExpired(certificate: string, nowMs: number): boolean {
  try {
    const block = decodePemBlock(atob(certificate));
    return block !== undefined && readCertificate(block.bytes).notAfterMs < nowMs;
  } catch {
    // Whatever it is, other deadlines hold for it.
    return false;
  }
}

/** Whether nobody needs a request any more. Upstream: cleaner.go handle (v1.36) */
export function isStale({ metadata, status }: certificatesv1.CertificateSigningRequest, nowMs: number): boolean {
  const olderThan = (time: string | undefined, ms: number) => time !== undefined && nowMs - parseTime(time) > ms;
  const conditions = status?.conditions ?? [];
  if (conditions.length === 0) return olderThan(metadata.creationTimestamp, dayMs);
  const limits: Readonly<Record<string, number>> = {
    Denied: hourMs,
    Failed: hourMs,
    Approved: status?.certificate ? hourMs : dayMs,
  };
  if (status?.certificate && hasExpired(status.certificate, nowMs)) return true;
  return conditions.some(({ type, lastUpdateTime }) => {
    const limit = limits[type];
    return limit !== undefined && olderThan(lastUpdateTime, limit);
  });
}
