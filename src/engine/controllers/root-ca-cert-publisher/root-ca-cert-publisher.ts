import type * as corev1 from '../../../api/core/v1.ts';
import { configMaps, namespaces } from '../../../api/resources.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { isAlreadyExists } from '../../../apimachinery/status-error.ts';
import type { Process } from '../../../process/process.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';
import { isNamespaceTerminating } from '../shared/pod-control.ts';

const configMapName = 'kube-root-ca.crt';
const descriptionAnnotation = 'kubernetes.io/description';
const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service ' +
  'IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

/** Stands in where a cluster has no certificate authority of its own. */
const placeholder = '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n';

/**
 * Keeps the ConfigMap `kube-root-ca.crt` in every namespace.
 *
 * Upstream: pkg/controller/certificates/rootcacertpublisher (v1.36)
 */
export const rootCACertPublisher = defineController({
  name: 'root-ca-certificate-publisher-controller',
  serviceAccount: 'root-ca-cert-publisher',
  start(run) {
    const namespaceInformer = run.informer(namespaces);
    const mapInformer = run.informer(configMaps);
    const queue = run.queue();
    const enqueueMap = (map: corev1.ConfigMap) => {
      if (map.metadata.name === configMapName) queue.add(map.metadata.namespace ?? '');
    };
    const enqueueNamespace = (namespace: corev1.Namespace) => {
      if (namespace.status?.phase === 'Active') queue.add(namespace.metadata.name ?? '');
    };
    run.watch(mapInformer, { delete: enqueueMap, update: (_, map) => enqueueMap(map) });
    run.watch(namespaceInformer, { add: enqueueNamespace, update: (_, namespace) => enqueueNamespace(namespace) });
    run.work({
      queue,
      informers: [namespaceInformer, mapInformer],
      reconcile: (namespace) => publish(run, namespace, mapInformer.store.get(`${namespace}/${configMapName}`)),
    });
  },
});

function* publish(run: ControllerRun, namespace: string, found: corev1.ConfigMap | undefined): Process<void> {
  const data = { 'ca.crt': run.settings.rootCA ?? placeholder };
  const resource = run.client.resource(configMaps, namespace);
  if (found) {
    if (deepEqual(found.data, data) && found.metadata.annotations?.[descriptionAnnotation]) return;
    const annotations = { ...found.metadata.annotations, [descriptionAnnotation]: description };
    yield* resource.update({ ...found, metadata: { ...found.metadata, annotations }, data });
    return;
  }
  try {
    yield* resource.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: configMapName, namespace, annotations: { [descriptionAnnotation]: description } },
      data,
    });
  } catch (error) {
    if (!isAlreadyExists(error) && !isNamespaceTerminating(error)) throw error;
  }
}
