/**
 * The cloud's part for services of type LoadBalancer: gives each an address, and takes it back. What kind clusters get from
 * cloud-provider-kind; clusters without a cloud do not run it.
 *
 * Reads services through an informer; writes their status and a finalizer. Upstream: cloud-provider/controllers/service (v1.36)
 */
import type * as corev1 from '../../../api/core/v1.ts';
import { services } from '../../../api/resources.ts';
import { metaNamespaceKey } from '../../../apimachinery/object-meta.ts';
import { isNotFound } from '../../../apimachinery/status-error.ts';
import { type Process, sleep } from '../../../process/process.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';

const finalizer = 'service.kubernetes.io/load-balancer-cleanup';
const prefix = '172.18.255.';
const firstHost = 200;
const lastHost = 250;

export const serviceLoadBalancerController = defineController({
  name: 'service-lb-controller',
  serviceAccount: 'service-controller',
  start(run) {
    const informer = run.informer(services);
    const queue = run.queue();
    const recorder = run.recorder('service-controller');
    const used = new Map<string, string>();
    const enqueue = (service: corev1.Service) => {
      const addressed = (service.status?.loadBalancer?.ingress ?? []).length > 0;
      const held = service.metadata.finalizers?.includes(finalizer) === true;
      if (wantsLoadBalancer(service) ? !addressed || !held : held || used.has(metaNamespaceKey(service))) {
        queue.add(metaNamespaceKey(service));
      }
    };
    const event = (service: corev1.Service, reason: string, message: string) =>
      recorder.event(service, 'Normal', reason, message);
    run.watch(informer, {
      add: (service) => {
        const ip = service.status?.loadBalancer?.ingress?.[0]?.ip;
        if (ip !== undefined && ip.startsWith(prefix)) used.set(metaNamespaceKey(service), ip);
        enqueue(service);
      },
      update: (_, service) => enqueue(service),
      delete: (service) => void used.delete(metaNamespaceKey(service)),
    });
    run.work({
      queue,
      informers: [informer],
      *reconcile(key) {
        const service = informer.store.get(key);
        if (!service) return;
        if (!wantsLoadBalancer(service)) {
          event(service, 'DeletingLoadBalancer', 'Deleting load balancer');
          used.delete(key);
          yield* write(run, service, undefined);
          return event(service, 'DeletedLoadBalancer', 'Deleted load balancer');
        }
        event(service, 'EnsuringLoadBalancer', 'Ensuring load balancer');
        yield* sleep(run.settings.delayMs?.('loadBalancerProvision') ?? 0);
        const ip = used.get(key) ?? allocate(service, new Set(used.values()));
        if (ip === undefined) throw new Error('no load balancer address is left');
        used.set(key, ip);
        yield* write(run, service, ip);
        event(service, 'EnsuredLoadBalancer', 'Ensured load balancer');
      },
    });
  },
});

/** One of a class is somebody else's. */
function wantsLoadBalancer(service: corev1.Service): boolean {
  const { type, loadBalancerClass } = service.spec ?? {};
  return type === 'LoadBalancer' && loadBalancerClass === undefined && service.metadata.deletionTimestamp === undefined;
}

function allocate(service: corev1.Service, taken: ReadonlySet<string>): string | undefined {
  const wanted = service.spec?.loadBalancerIP;
  if (wanted !== undefined && !taken.has(wanted)) return wanted;
  for (let host = firstHost; host <= lastHost; host++) if (!taken.has(prefix + host)) return prefix + host;
  return undefined;
}

function* write(run: ControllerRun, seen: corev1.Service, ip: string | undefined): Process<void> {
  const resource = run.client.resource(services, seen.metadata.namespace);
  const name = seen.metadata.name ?? '';
  try {
    const service = yield* resource.get(name);
    const finalizers = service.metadata.finalizers ?? [];
    if (ip !== undefined && !finalizers.includes(finalizer)) {
      yield* resource.patch(name, 'merge', { metadata: { finalizers: [...finalizers, finalizer] } });
    }
    const ingress = ip === undefined ? null : [{ ip, ipMode: 'VIP' }];
    const options = { subresource: 'status' };
    yield* resource.patch(name, 'merge', { status: { loadBalancer: { ingress } } }, options);
    if (ip === undefined && finalizers.includes(finalizer)) {
      const left = finalizers.filter((other) => other !== finalizer);
      yield* resource.patch(name, 'merge', { metadata: { finalizers: left } });
    }
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
