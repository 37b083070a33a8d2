import type * as appsv1 from '../../../api/apps/v1.ts';
import { computeHash } from '../../../api/core/pod-template-hash.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { controllerRevisions, daemonSets, pods } from '../../../api/resources.ts';
import { labelSelectorAsSelector } from '../../../apimachinery/labels.ts';
import { newControllerRef } from '../../../apimachinery/object-meta.ts';
import { isAlreadyExists } from '../../../apimachinery/status-error.ts';
import type { Client } from '../../../client/client.ts';
import type { Process } from '../../../process/process.ts';
import { claim } from '../shared/controller-ref-manager.ts';
import {
  byRevision,
  controllerRevisionHashLabel,
  revisionData,
  sameData,
  templatePatch,
} from '../shared/controller-history.ts';

type Revision = appsv1.ControllerRevision;

/** The revision of the present template, and the former ones. Upstream: pkg/controller/daemon/update.go constructHistory (v1.36) */
export function* constructHistory(
  client: Client,
  ds: appsv1.DaemonSet,
  known: readonly Revision[],
  daemonPods: () => Process<readonly corev1.Pod[]>,
): Process<{ readonly current: Revision; readonly old: readonly Revision[] }> {
  const { namespace, name = '' } = ds.metadata;
  const resource = client.resource(controllerRevisions, namespace);
  const owned = yield* claim(
    {
      client,
      ref: controllerRevisions,
      owner: ds,
      ownerKind: daemonSets,
      selector: labelSelectorAsSelector(ds.spec?.selector),
      fresh: () => client.resource(daemonSets, namespace).get(name),
    },
    known,
  );
  const patch = templatePatch(ds.spec?.template);
  const matching = owned.filter((revision) => sameData(revision, patch));
  const old = owned.filter((revision) => !matching.includes(revision));
  const next = Math.max(0, ...old.map((revision) => revision.revision)) + 1;
  const found = yield* dedup(client, matching, daemonPods);
  if (!found) return { current: yield* snapshot(client, ds, next), old };
  if (found.revision >= next) return { current: found, old };
  return { current: yield* resource.update({ ...found, revision: next }), old };
}

function* dedup(
  client: Client,
  matching: readonly Revision[],
  daemonPods: () => Process<readonly corev1.Pod[]>,
): Process<Revision | undefined> {
  const keep = [...matching].sort(byRevision).at(-1);
  if (!keep || matching.length === 1) return keep;
  const hash = keep.metadata.labels?.[controllerRevisionHashLabel] ?? '';
  for (const pod of yield* daemonPods()) {
    if (pod.metadata.labels?.[controllerRevisionHashLabel] === hash) continue;
    const labels = { [controllerRevisionHashLabel]: hash };
    yield* client
      .resource(pods, pod.metadata.namespace)
      .patch(pod.metadata.name ?? '', 'merge', { metadata: { labels } });
  }
  for (const revision of matching) {
    if (revision === keep) continue;
    yield* client.resource(controllerRevisions, keep.metadata.namespace).delete(revision.metadata.name ?? '');
  }
  return keep;
}

function* snapshot(client: Client, ds: appsv1.DaemonSet, revision: number): Process<Revision> {
  const { namespace = '', name = '', annotations } = ds.metadata;
  const template = ds.spec?.template;
  const hash = computeHash(template ?? {}, ds.status?.collisionCount);
  const data = templatePatch(template);
  const resource = client.resource(controllerRevisions, namespace);
  const wanted: Revision = {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels: { ...template?.metadata?.labels, [controllerRevisionHashLabel]: hash },
      ...(annotations ? { annotations } : {}),
      ownerReferences: [newControllerRef(ds, daemonSets)],
    },
    data: revisionData(data),
    revision,
  };
  try {
    return yield* resource.create(wanted);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    const existing = yield* resource.get(`${name}-${hash}`);
    if (sameData(existing, data)) return existing;
    const collisionCount = (ds.status?.collisionCount ?? 0) + 1;
    const status = { ...(ds.status as appsv1.DaemonSetStatus), collisionCount };
    yield* client.resource(daemonSets, namespace).updateStatus({ ...ds, status });
    throw error;
  }
}

/** The revisions to drop: the oldest beyond the limit that no pod is of. Upstream: cleanupHistory (v1.36) */
export function surplusHistory(
  ds: appsv1.DaemonSet,
  old: readonly Revision[],
  daemonPods: readonly corev1.Pod[],
): readonly Revision[] {
  const surplus = old.length - (ds.spec?.revisionHistoryLimit ?? 10);
  if (surplus <= 0) return [];
  const live = new Set(daemonPods.map((pod) => pod.metadata.labels?.[controllerRevisionHashLabel]));
  return [...old]
    .sort(byRevision)
    .filter((revision) => !live.has(revision.metadata.labels?.[controllerRevisionHashLabel]))
    .slice(0, surplus);
}
