import type * as appsv1 from '../../api/apps/v1.ts';
import { labelSelectorAsSelector } from '../../apimachinery/labels.ts';
import {
  noneIfEmpty,
  printLabelsAndAnnotations,
  printNames,
  printReasonedConditions,
  rfc1123z,
} from './describe-parts.ts';
import { describePodTemplate } from './pod-template.ts';
import { findNewReplicaSet, ownedReplicaSets } from '../polymorphic/replica-sets.ts';
import { type Describe, listAll } from './session.ts';

/** Upstream: kubectl/pkg/describe/describe.go describeDeployment (v1.36) */
export const describeDeployment: Describe = function* (object, session) {
  const deployment = object as unknown as appsv1.Deployment;
  const { metadata, spec, status } = deployment;
  const { w } = session;
  const selector = labelSelectorAsSelector(spec?.selector).toString();
  const path = `/apis/apps/v1/namespaces/${metadata?.namespace ?? ''}/replicasets`;
  let all: readonly appsv1.ReplicaSet[] = [];
  try {
    all = ownedReplicaSets(deployment, yield* listAll<appsv1.ReplicaSet>(session, path, { labelSelector: selector }));
  } catch {
    all = [];
  }
  printNames(w, metadata);
  w.write(0, `CreationTimestamp:\t${rfc1123z(metadata?.creationTimestamp)}\n`);
  printLabelsAndAnnotations(w, metadata);
  w.write(0, `Selector:\t${selector}\n`);
  w.write(
    0,
    `Replicas:\t${spec?.replicas ?? 0} desired | ${status?.updatedReplicas ?? 0} updated | ${status?.replicas ?? 0} total | ${status?.availableReplicas ?? 0} available | ${status?.unavailableReplicas ?? 0} unavailable\n`,
  );
  w.write(0, `StrategyType:\t${spec?.strategy?.type ?? ''}\n`);
  w.write(0, `MinReadySeconds:\t${spec?.minReadySeconds ?? 0}\n`);
  const rolling = spec?.strategy?.rollingUpdate;
  if (rolling) {
    w.write(
      0,
      `RollingUpdateStrategy:\t${rolling.maxUnavailable ?? '<nil>'} max unavailable, ${rolling.maxSurge ?? '<nil>'} max surge\n`,
    );
  }
  describePodTemplate(w, spec?.template);
  printReasonedConditions(w, status?.conditions);
  if (all.length === 0) return;
  const current = findNewReplicaSet(deployment, all);
  w.write(0, `OldReplicaSets:\t${replicaSetsText(all.filter((one) => one !== current))}\n`);
  w.write(0, `NewReplicaSet:\t${replicaSetsText(current === undefined ? [] : [current])}\n`);
};

const replicaSetsText = (sets: readonly appsv1.ReplicaSet[]): string =>
  noneIfEmpty(
    sets
      .map(
        ({ metadata, spec, status }) =>
          `${metadata?.name ?? ''} (${status?.replicas ?? 0}/${spec?.replicas ?? 0} replicas created)`,
      )
      .join(', '),
  );
