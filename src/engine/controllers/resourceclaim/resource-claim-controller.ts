/**
 * Makes ResourceClaims of the templates that pods name, and takes back what pods no longer use.
 *
 * Reads pods, claims and templates through informers; writes claims (create, delete, reservations, allocations) and the pods'
 * `status.resourceClaimStatuses`. Keys are `pod:namespace/name` and `claim:namespace/name`.
 *
 * Upstream: pkg/controller/resourceclaim/controller.go (v1.36). Differs: no claims of pod groups (an alpha feature).
 */
import type * as corev1 from '../../../api/core/v1.ts';
import { pods, resourceClaims, resourceClaimTemplates } from '../../../api/resources.ts';
import { metaNamespaceKey } from '../../../apimachinery/object-meta.ts';
import { defineController } from '../define-controller.ts';
import { resourceClaimName } from '../shared/resource-claims.ts';
import { isPodDone } from './pod-claims.ts';
import { PodClaimSync } from './pod-sync.ts';
import { ClaimSync } from './claim-sync.ts';

const maxUidCacheEntries = 500;

/** Pods by their claims and templates, `namespace/name`. */
const podIndexers = {
  resourceClaim: (pod: corev1.Pod): readonly string[] =>
    (pod.spec?.resourceClaims ?? []).flatMap((podClaim) => {
      const found = resourceClaimName(pod, podClaim);
      return found.kind === 'named' ? [`${pod.metadata.namespace ?? ''}/${found.name}`] : [];
    }),
  resourceClaimTemplate: (pod: corev1.Pod): readonly string[] =>
    (pod.spec?.resourceClaims ?? []).flatMap(({ resourceClaimTemplateName: template }) =>
      template === undefined ? [] : [`${pod.metadata.namespace ?? ''}/${template}`],
    ),
};

export const resourceClaimController = defineController({
  name: 'resourceclaim-controller',
  serviceAccount: 'resource-claim-controller',
  start(run) {
    const podInformer = run.informer(pods, podIndexers);
    const claimInformer = run.informer(resourceClaims);
    const templateInformer = run.informer(resourceClaimTemplates);
    const queue = run.queue();
    /** The last pods that went. */
    const deleted = new Set<string>();
    const getPod = (key: string) => podInformer.store.get(key);
    const getClaim = (key: string) => claimInformer.store.get(key);
    const podSync = new PodClaimSync({
      client: run.client,
      recorder: run.recorder('resource_claim'),
      getPod,
      getClaim,
      getTemplate: (key) => templateInformer.store.get(key),
    });
    const claimSync = new ClaimSync({ client: run.client, getPod, getClaim, isDeleted: (uid) => deleted.has(uid) });

    const enqueueClaimsOf = (pod: corev1.Pod) => {
      const { namespace = '' } = pod.metadata;
      for (const podClaim of pod.spec?.resourceClaims ?? []) {
        const found = resourceClaimName(pod, podClaim);
        if (found.kind === 'named') queue.add(`claim:${namespace}/${found.name}`);
      }
      const extended = pod.status?.extendedResourceClaimStatus?.resourceClaimName;
      if (extended) queue.add(`claim:${namespace}/${extended}`);
    };
    const enqueuePod = (pod: corev1.Pod, isDeleted: boolean) => {
      if (!pod.spec?.resourceClaims?.length && !pod.status?.extendedResourceClaimStatus) return;
      const { uid = '' } = pod.metadata;
      if (isDeleted) remember(deleted, uid);
      if (isDeleted || isPodDone(pod)) enqueueClaimsOf(pod);
      if (!isDeleted && podSync.needsWork(pod)) queue.add(`pod:${metaNamespaceKey(pod)}`);
    };
    const enqueuePodsOf = (index: keyof typeof podIndexers, key: string) => {
      for (const pod of podInformer.store.byIndex(index, key)) enqueuePod(pod, false);
    };
    run.watch(podInformer, {
      add: (pod) => enqueuePod(pod, false),
      update: (_, pod) => enqueuePod(pod, false),
      delete: (pod) => {
        podSync.forget(pod);
        enqueuePod(pod, true);
      },
    });
    const claimChanged = (key: string, isGone: boolean) => {
      if (!isGone) queue.add(`claim:${key}`);
      enqueuePodsOf('resourceClaim', key);
    };
    run.watch(claimInformer, {
      add: (claim) => claimChanged(metaNamespaceKey(claim), false),
      update: (_, claim) => claimChanged(metaNamespaceKey(claim), false),
      delete: (claim) => claimChanged(metaNamespaceKey(claim), true),
    });
    run.watch(templateInformer, {
      add: (template) => enqueuePodsOf('resourceClaimTemplate', metaNamespaceKey(template)),
      update: (_, template) => enqueuePodsOf('resourceClaimTemplate', metaNamespaceKey(template)),
    });
    run.work({
      queue,
      informers: [podInformer, claimInformer, templateInformer],
      *reconcile(key) {
        const at = key.indexOf(':');
        const object = key.slice(at + 1);
        if (key.startsWith('pod:')) yield* podSync.syncPod(object);
        else yield* claimSync.syncClaim(object);
      },
    });
  },
});

function remember(deleted: Set<string>, uid: string): void {
  deleted.delete(uid);
  deleted.add(uid);
  const [oldest] = deleted;
  if (deleted.size > maxUidCacheEntries && oldest !== undefined) deleted.delete(oldest);
}
