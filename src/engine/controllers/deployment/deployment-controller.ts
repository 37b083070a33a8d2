/**
 * Rolls out Deployments: for each it keeps one ReplicaSet per template, moves replicas from the old ones to the new one as the strategy
 * allows, and says how far it has come.
 *
 * Reads deployments, replica sets and pods through informers; writes replica sets, the deployment's status and its revision.
 * Upstream: pkg/controller/deployment/deployment_controller.go (v1.36)
 */
import type * as appsv1 from '../../../api/apps/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { deployments, pods, replicaSets } from '../../../api/resources.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { labelSelectorAsSelector } from '../../../apimachinery/labels.ts';
import { getControllerOf, metaNamespaceKey, type OwnerReference } from '../../../apimachinery/object-meta.ts';
import type { Process } from '../../../process/process.ts';
import { defineController, type ControllerRun } from '../define-controller.ts';
import { claim } from '../shared/controller-ref-manager.ts';
import { isNamespaceTerminating, podControllerIndex, podControllerKey } from '../shared/pod-control.ts';
import { DeploymentSync } from './deployment-sync.ts';

const maxRetries = 15;

export const deploymentController = defineController({ name: 'deployment-controller', start });

function start(run: ControllerRun): void {
  const deploymentInformer = run.informer(deployments);
  const setInformer = run.informer(replicaSets);
  const podInformer = run.informer(pods, podControllerIndex);
  const queue = run.queue();
  const recorder = run.recorder('deployment-controller');

  const resolve = (namespace: string | undefined, ref: OwnerReference | undefined): appsv1.Deployment | undefined => {
    if (ref?.kind !== 'Deployment') return undefined;
    const found = deploymentInformer.store.get(`${namespace}/${ref.name}`);
    return found?.metadata.uid === ref.uid ? found : undefined;
  };
  const enqueueOwner = (rs: appsv1.ReplicaSet) => {
    const owner = resolve(rs.metadata.namespace, getControllerOf(rs));
    if (owner) queue.add(metaNamespaceKey(owner));
  };
  const enqueueMatching = (rs: appsv1.ReplicaSet) => {
    if (Object.keys(rs.metadata.labels ?? {}).length === 0) return;
    for (const deployment of deploymentInformer.store.list(rs.metadata.namespace ?? '')) {
      const selector = labelSelectorAsSelector(deployment.spec?.selector);
      if (!selector.isEmpty && selector.matches(rs.metadata.labels)) queue.add(metaNamespaceKey(deployment));
    }
  };
  const podsOf = (rs: appsv1.ReplicaSet): readonly corev1.Pod[] =>
    podInformer.store.byIndex('podController', podControllerKey(rs.metadata.namespace ?? '', rs.metadata.uid));

  run.watch(deploymentInformer, {
    add: (deployment) => queue.add(metaNamespaceKey(deployment)),
    update: (_, deployment) => queue.add(metaNamespaceKey(deployment)),
    delete: (deployment) => queue.add(metaNamespaceKey(deployment)),
  });
  run.watch(setInformer, {
    add: (rs) => {
      if (rs.metadata.deletionTimestamp !== undefined || getControllerOf(rs)) enqueueOwner(rs);
      else enqueueMatching(rs);
    },
    update: (old, rs) => {
      if (old.metadata.resourceVersion === rs.metadata.resourceVersion) return;
      const refChanged = !deepEqual(getControllerOf(old), getControllerOf(rs));
      if (refChanged) enqueueOwner(old);
      if (getControllerOf(rs)) enqueueOwner(rs);
      else if (refChanged || !deepEqual(old.metadata.labels, rs.metadata.labels)) enqueueMatching(rs);
    },
    delete: enqueueOwner,
  });
  run.watch(podInformer, {
    delete: (pod) => {
      const ref = getControllerOf(pod);
      if (ref?.kind !== 'ReplicaSet') return;
      const rs = setInformer.store.get(`${pod.metadata.namespace}/${ref.name}`);
      const owner = rs && resolve(pod.metadata.namespace, getControllerOf(rs));
      if (!owner || owner.spec?.strategy?.type !== 'Recreate') return;
      const owned = setInformer.store.list(pod.metadata.namespace ?? '').filter((other) => {
        return getControllerOf(other)?.uid === owner.metadata.uid;
      });
      if (owned.every((other) => podsOf(other).length === 0)) queue.add(metaNamespaceKey(owner));
    },
  });

  function* reconcile(key: string): Process<void> {
    const deployment = deploymentInformer.store.get(key);
    if (!deployment) return;
    const { namespace, name = '' } = deployment.metadata;
    const { client } = run;
    if (deepEqual(deployment.spec?.selector, {})) return yield* selectsAll(run, deployment);
    const sets = yield* claim(
      {
        client,
        ref: replicaSets,
        owner: deployment,
        ownerKind: deployments,
        selector: labelSelectorAsSelector(deployment.spec?.selector),
        fresh: () => client.resource(deployments, namespace).get(name),
      },
      setInformer.store.list(namespace ?? ''),
    );
    const sync = new DeploymentSync(
      {
        client,
        recorder,
        now: () => run.now(),
        replicaSet: (inNamespace, setName) => setInformer.store.get(`${inNamespace}/${setName}`),
        requeue: (afterMs) => queue.addAfter(key, afterMs, { background: true }),
      },
      deployment,
      sets,
    );
    try {
      yield* sync.sync(new Map(sets.map((rs) => [rs.metadata.uid ?? '', podsOf(rs)])));
    } catch (error) {
      if (!isNamespaceTerminating(error)) throw error;
    }
  }
  run.work({ queue, reconcile, informers: [deploymentInformer, setInformer, podInformer], maxRetries });
}

function* selectsAll(run: ControllerRun, deployment: appsv1.Deployment): Process<void> {
  const message = 'This deployment is selecting all pods. A non-empty selector is required.';
  run.recorder('deployment-controller').event(deployment, 'Warning', 'SelectingAll', message);
  const observedGeneration = deployment.metadata.generation ?? 0;
  if ((deployment.status?.observedGeneration ?? 0) >= observedGeneration) return;
  const status = { ...deployment.status, observedGeneration };
  yield* run.client.resource(deployments, deployment.metadata.namespace).updateStatus({ ...deployment, status });
}
