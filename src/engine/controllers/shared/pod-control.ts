import type * as corev1 from '../../../api/core/v1.ts';
import { pods } from '../../../api/resources.ts';
import type { KubernetesObject, OwnerReference } from '../../../apimachinery/object-meta.ts';
import { isNotFound, type StatusError, statusCause } from '../../../apimachinery/status-error.ts';
import type { Client } from '../../../client/client.ts';
import type { EventRecorder } from '../../../client/event-recorder.ts';
import type { Process } from '../../../process/process.ts';
import { defined } from './compact.ts';

/** Whether a create was refused because the namespace is going away. */
export function isNamespaceTerminating(error: unknown): error is StatusError {
  return statusCause(error, 'NamespaceTerminating') !== undefined;
}

/** A pod as the template wants it. Upstream: pkg/controller/controller_utils.go GetPodFromTemplate (v1.36) */
export function getPodFromTemplate(
  template: corev1.PodTemplateSpec,
  owner: KubernetesObject,
  controllerRef: OwnerReference,
): corev1.Pod {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  const prefix = `${owner.metadata.name ?? ''}-`;
  const metadata = defined<corev1.Pod['metadata']>({
    generateName: prefix,
    namespace: owner.metadata.namespace,
    labels,
    annotations,
    finalizers,
    ownerReferences: [controllerRef],
  });
  return defined<corev1.Pod>({ apiVersion: 'v1', kind: 'Pod', metadata, spec: template.spec });
}

/**
 * Creates, patches and deletes the pods of an owner, and says so in events about the owner.
 *
 * Upstream: pkg/controller/controller_utils.go RealPodControl (v1.36)
 */
export class PodControl {
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  constructor(client: Client, recorder: EventRecorder) {
    this.#client = client;
    this.#recorder = recorder;
  }

  *createPod(owner: KubernetesObject, pod: corev1.Pod): Process<corev1.Pod> {
    if (Object.keys(pod.metadata.labels ?? {}).length === 0) throw new Error('unable to create pods, no labels');
    try {
      const created = yield* this.#client.resource(pods, owner.metadata.namespace).create(pod);
      this.#recorder.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${created.metadata.name ?? ''}`);
      return created;
    } catch (error) {
      if (error instanceof Error && !isNamespaceTerminating(error)) {
        this.#recorder.event(owner, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
      }
      throw error;
    }
  }
  *deletePod(owner: KubernetesObject, name: string): Process<void> {
    try {
      yield* this.#client.resource(pods, owner.metadata.namespace).delete(name);
    } catch (error) {
      if (isNotFound(error) || !(error instanceof Error)) throw error;
      this.#recorder.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${error.message}`);
      throw new Error(`unable to delete pods: ${error.message}`, { cause: error });
    }
    this.#recorder.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
  }
}

/** The index of pods by who manages them; use with `podControllerKey`. */
export const podControllerIndex = {
  podController: (pod: corev1.Pod): readonly string[] => [
    podControllerKey(pod.metadata.namespace ?? '', pod.metadata.ownerReferences?.find((ref) => ref.controller)?.uid),
  ],
};

/** The value of `podControllerIndex` for the pods of one owner, or (no uid) for those that nobody manages. */
export function podControllerKey(namespace: string, uid: string | undefined): string {
  return uid === undefined ? namespace : `${namespace}/${uid}`;
}
