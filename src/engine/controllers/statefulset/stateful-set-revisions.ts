import type * as appsv1 from '../../../api/apps/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { controllerRevisions, statefulSets } from '../../../api/resources.ts';
import { newControllerRef } from '../../../apimachinery/object-meta.ts';
import { isAlreadyExists } from '../../../apimachinery/status-error.ts';
import type { Client } from '../../../client/client.ts';
import type { Process } from '../../../process/process.ts';
import { byRevision, revisionData, revisionHash, sameData, templatePatch } from '../shared/controller-history.ts';
import { getPodRevision } from './stateful-pods.ts';

type Revision = appsv1.ControllerRevision;

const hashLabel = 'controller.kubernetes.io/hash';
const maxPrefix = 223;

export interface Revisions {
  readonly current: Revision;
  readonly update: Revision;
  readonly collisionCount: number;
}

/** The revision that is, and the one that is wanted. Upstream: stateful_set_control.go getStatefulSetRevisions (v1.36) */
export function* getStatefulSetRevisions(
  client: Client,
  set: appsv1.StatefulSet,
  known: readonly Revision[],
): Process<Revisions> {
  const sorted = [...known].sort(byRevision);
  const latest = sorted.at(-1);
  const data = templatePatch(set.spec?.template);
  const equal = sorted.filter((revision) => sameData(revision, data)).at(-1);
  const next = (latest?.revision ?? 0) + 1;
  let collisionCount = set.status?.collisionCount ?? 0;
  let update: Revision;
  if (equal && equal === latest) update = equal;
  else if (equal) {
    update = yield* client.resource(controllerRevisions, set.metadata.namespace).update({ ...equal, revision: next });
  } else ({ update, collisionCount } = yield* create(client, set, data, next, collisionCount));
  const current = sorted.find((revision) => revision.metadata.name === set.status?.currentRevision) ?? update;
  return { current, update, collisionCount };
}

function* create(
  client: Client,
  set: appsv1.StatefulSet,
  data: object,
  revision: number,
  startCount: number,
): Process<{ readonly update: Revision; readonly collisionCount: number }> {
  const { name = '', namespace = '', annotations } = set.metadata;
  const resource = client.resource(controllerRevisions, namespace);
  const firstHash = revisionHash(data, startCount);
  for (let collisionCount = startCount; ; collisionCount++) {
    const revisionName = `${name.slice(0, maxPrefix)}-${revisionHash(data, collisionCount)}`;
    try {
      const update = yield* resource.create({
        apiVersion: 'apps/v1',
        kind: 'ControllerRevision',
        metadata: {
          name: revisionName,
          namespace,
          labels: { ...set.spec?.template.metadata?.labels, [hashLabel]: firstHash },
          ...(annotations ? { annotations } : {}),
          ownerReferences: [newControllerRef(set, statefulSets)],
        },
        data: revisionData(data),
        revision,
      });
      return { update, collisionCount };
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const existing = yield* resource.get(revisionName);
      if (sameData(existing, data)) return { update: existing, collisionCount };
    }
  }
}

/** The revisions beyond the limit that nothing uses, oldest first; none where the limit is below zero. Upstream: truncateHistory (v1.36) */
export function surplusRevisions(
  set: appsv1.StatefulSet,
  known: readonly Revision[],
  pods: readonly corev1.Pod[],
  { current, update }: Pick<Revisions, 'current' | 'update'>,
): readonly Revision[] {
  const live = new Set([current.metadata.name, update.metadata.name, ...pods.map(getPodRevision)]);
  const unused = [...known].sort(byRevision).filter((revision) => !live.has(revision.metadata.name));
  const limit = set.spec?.revisionHistoryLimit ?? 10;
  return limit < 0 ? [] : unused.slice(0, Math.max(0, unused.length - limit));
}
