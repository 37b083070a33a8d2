/** Pods that come from the node itself, and the mirrors that show them in the API. Upstream: pkg/kubelet/config, pod/mirror_client.go */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type * as corev1 from '../../api/core/v1.ts';
import { pods } from '../../api/resources.ts';
import { isAlreadyExists, isNotFound } from '../../apimachinery/status-error.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { Process } from '../../process/process.ts';
import type { KubeletHost } from './kubelet-host.ts';

const mirrorAnnotation = 'kubernetes.io/config.mirror';
const hashAnnotation = 'kubernetes.io/config.hash';

/** A manifest of the node as the pod that the kubelet runs: named after the node, with a uid of its own. */
export function staticPod(host: KubeletHost, manifest: corev1.Pod): corev1.Pod {
  const hash = bytesToHex(sha256(new TextEncoder().encode(`${host.nodeName}/${JSON.stringify(manifest)}`))).slice(
    0,
    32,
  );
  const { name = '', namespace = 'default', annotations, labels } = manifest.metadata;
  return {
    ...manifest,
    metadata: {
      name: `${name}-${host.nodeName}`,
      namespace,
      uid: hash,
      ...(labels ? { labels } : {}),
      annotations: {
        ...annotations,
        [hashAnnotation]: hash,
        'kubernetes.io/config.seen': formatTime(host.sim.now()),
        'kubernetes.io/config.source': 'file',
      },
    },
    spec: {
      enableServiceLinks: true,
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      ...manifest.spec,
      containers: manifest.spec?.containers ?? [],
      nodeName: host.nodeName,
      tolerations: [{ operator: 'Exists', effect: 'NoExecute' }],
    },
    status: { phase: 'Pending' },
  };
}

/** Whether an API object only shows a static pod. */
export function isMirrorPod(pod: corev1.Pod): boolean {
  return pod.metadata.annotations?.[mirrorAnnotation] !== undefined;
}

/** `name_namespace`: what a static pod and its mirror share. */
export function podFullName(pod: corev1.Pod): string {
  return `${pod.metadata.name ?? ''}_${pod.metadata.namespace ?? ''}`;
}

/** Makes the mirror of a static pod when there is none, or replaces one of an older manifest. */
export function* reconcileMirrorPod(
  host: KubeletHost,
  pod: corev1.Pod,
  mirror: corev1.Pod | undefined,
  node: corev1.Node | undefined,
): Process<void> {
  const hash = pod.metadata.annotations?.[hashAnnotation] ?? '';
  const client = host.client.resource(pods, pod.metadata.namespace);
  const { name = '', uid } = mirror?.metadata ?? {};
  if (mirror && (mirror.metadata.deletionTimestamp || mirror.metadata.annotations?.[mirrorAnnotation] !== hash)) {
    try {
      yield* client.delete(name, { gracePeriodSeconds: 0, ...(uid ? { preconditions: { uid } } : {}) });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  } else if (mirror) return;
  if (!node?.metadata.uid) return;
  const { uid: _, ...metadata } = pod.metadata;
  const owner = { apiVersion: 'v1', kind: 'Node', name: host.nodeName, uid: node.metadata.uid, controller: true };
  const { status, ...rest } = pod;
  try {
    yield* client.create({
      ...rest,
      metadata: {
        ...metadata,
        annotations: { ...metadata.annotations, [mirrorAnnotation]: hash },
        ownerReferences: [owner],
      },
    });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}
