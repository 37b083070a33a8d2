import type * as corev1 from '../../../api/core/v1.ts';
import type * as resourcev1 from '../../../api/resource/v1.ts';
import { pods, resourceClaims } from '../../../api/resources.ts';
import { errorText } from '../../../apimachinery/error-text.ts';
import { newControllerRef } from '../../../apimachinery/object-meta.ts';
import { newNotFound } from '../../../apimachinery/status-error.ts';
import type { Client } from '../../../client/client.ts';
import type { EventRecorder } from '../../../client/event-recorder.ts';
import type { Process } from '../../../process/process.ts';
import { isForPod, resourceClaimName } from '../shared/resource-claims.ts';
import { generateNameOf, needsReservation, notForPod } from './pod-claims.ts';

const podClaimAnnotation = 'resource.kubernetes.io/pod-claim-name';
const fieldManager = 'ResourceClaimController';

export interface PodClaimSyncOptions {
  readonly client: Client;
  readonly recorder: EventRecorder;
  /** By `namespace/name`, newest known. */
  getPod(key: string): corev1.Pod | undefined;
  getClaim(key: string): resourcev1.ResourceClaim | undefined;
  getTemplate(key: string): resourcev1.ResourceClaimTemplate | undefined;
}

/** A pod's side: its claims exist, its status names them, and it is written into those it runs with. */
export class PodClaimSync {
  readonly #options: PodClaimSyncOptions;
  /** Claims made that the pod's status may not name yet, by the pod's uid and claim: a retry must not make another. */
  readonly #created = new Map<string, Map<string, resourcev1.ResourceClaim>>();

  constructor(options: PodClaimSyncOptions) {
    this.#options = options;
  }
  forget(pod: corev1.Pod): void {
    this.#created.delete(pod.metadata.uid ?? '');
  }

  /** Upstream: podNeedsWork (v1.36) */
  needsWork(pod: corev1.Pod): boolean {
    if (pod.metadata.deletionTimestamp !== undefined) return false;
    return (pod.spec?.resourceClaims ?? []).some((podClaim) => {
      const found = resourceClaimName(pod, podClaim);
      if (found.kind !== 'named') return found.kind === 'notCreated';
      const claim = this.#options.getClaim(`${pod.metadata.namespace ?? ''}/${found.name}`);
      if (!claim) return podClaim.resourceClaimTemplateName !== undefined;
      if (found.mustCheckOwner && !isForPod(pod, claim)) return false;
      return !!pod.spec?.nodeName && needsReservation(pod, claim);
    });
  }

  /** Upstream: syncPod (v1.36). @throws StatusError, to be tried again */
  *syncPod(key: string): Process<void> {
    const { getPod, recorder, client } = this.#options;
    const pod = getPod(key);
    if (!pod || pod.metadata.deletionTimestamp !== undefined) return;
    const { namespace = '', name = '' } = pod.metadata;
    const made: { name: string; resourceClaimName: string }[] = [];
    for (const podClaim of pod.spec?.resourceClaims ?? []) {
      try {
        const claim = yield* this.#handleClaim(pod, podClaim);
        if (claim) made.push({ name: podClaim.name, resourceClaimName: claim.metadata.name ?? '' });
      } catch (error) {
        const text = `PodResourceClaim ${podClaim.name}: ${errorText(error)}`;
        recorder.event({ ...pod, kind: 'Pod', apiVersion: 'v1' }, 'Warning', 'FailedResourceClaimCreation', text);
        throw error;
      }
    }
    if (made.length > 0) {
      const applied = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace },
        status: { resourceClaimStatuses: made },
      };
      yield* client.resource(pods, namespace).apply(applied, { fieldManager, force: true, subresource: 'status' });
    }
    if (pod.spec?.nodeName) yield* this.#reserveAll(pod);
  }

  /** Gives a claim that the pod's status does not name yet. */
  *#handleClaim(pod: corev1.Pod, podClaim: corev1.PodResourceClaim): Process<resourcev1.ResourceClaim | undefined> {
    const { namespace = '', uid = '' } = pod.metadata;
    const found = resourceClaimName(pod, podClaim);
    if (found.kind === 'unneeded') return undefined;
    if (found.kind === 'named') {
      const claim = this.#options.getClaim(`${namespace}/${found.name}`);
      if (claim && (!found.mustCheckOwner || isForPod(pod, claim))) return undefined;
    }
    const { resourceClaimTemplateName: template } = podClaim;
    if (template === undefined) return undefined;
    const known = found.kind === 'named' ? undefined : this.#created.get(uid)?.get(podClaim.name);
    if (known) return known;
    const claim = yield* this.#createClaim(pod, podClaim.name, template);
    const created = this.#created.get(uid) ?? new Map<string, resourcev1.ResourceClaim>();
    this.#created.set(uid, created.set(podClaim.name, claim));
    return claim;
  }
  *#createClaim(pod: corev1.Pod, claimName: string, templateName: string): Process<resourcev1.ResourceClaim> {
    const { namespace = '', name = '' } = pod.metadata;
    const template = this.#options.getTemplate(`${namespace}/${templateName}`);
    if (!template) {
      const { message } = newNotFound({ group: 'resource.k8s.io', resource: 'resourceclaimtemplate' }, templateName);
      throw new Error(`resource claim template ${JSON.stringify(templateName)}: ${message}`);
    }
    const { labels, annotations } = template.spec.metadata ?? {};
    return yield* this.#options.client.resource(resourceClaims, namespace).create({
      metadata: {
        generateName: generateNameOf(name, claimName),
        namespace,
        ...(labels ? { labels } : {}),
        annotations: { ...annotations, [podClaimAnnotation]: claimName },
        ownerReferences: [controllerRefOf(pod)],
      },
      spec: template.spec.spec,
    });
  }

  /** The scheduler reserves; this is for pods that came to their node without it. */
  *#reserveAll(pod: corev1.Pod): Process<void> {
    const { namespace = '', name = '', uid = '' } = pod.metadata;
    const { getClaim, client } = this.#options;
    for (const podClaim of pod.spec?.resourceClaims ?? []) {
      const found = resourceClaimName(pod, podClaim);
      if (found.kind !== 'named') {
        if (found.kind === 'unneeded') continue;
        return;
      }
      const claim = getClaim(`${namespace}/${found.name}`);
      if (!claim) return;
      if (found.mustCheckOwner && !isForPod(pod, claim)) throw notForPod(pod, claim);
      if (!needsReservation(pod, claim)) continue;
      const reservedFor = [...(claim.status?.reservedFor ?? []), { resource: 'pods', name, uid }];
      yield* client
        .resource(resourceClaims, namespace)
        .updateStatus({ ...claim, status: { ...claim.status, reservedFor } });
    }
  }
}

/** The pod owns what is made for it, and need not wait for its end. */
function controllerRefOf(pod: corev1.Pod) {
  const { blockOwnerDeletion: _, ...reference } = newControllerRef(pod, { group: '', version: 'v1', kind: 'Pod' });
  return reference;
}
