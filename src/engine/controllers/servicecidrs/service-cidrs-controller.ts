/**
 * Keeps a ServiceCIDR from going while addresses of Services come from it, and says whether it is ready.
 *
 * Reads ServiceCIDRs and IPAddresses through informers; writes finalizers and the Ready condition.
 * Upstream: pkg/controller/servicecidrs/servicecidrs_controller.go (v1.36)
 */
import type * as networkingv1 from '../../../api/networking/v1.ts';
import { ipAddresses, serviceCIDRs } from '../../../api/resources.ts';
import { cidrContains, parseCidr, parseIp } from '../../../apimachinery/ip-address.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import { ignoreNotFound } from '../../../client/controller.ts';
import type { Process } from '../../../process/process.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';
import { timeOf } from '../shared/api-time.ts';
import { getCondition } from '../shared/conditions.ts';

type ServiceCIDR = networkingv1.ServiceCIDR;
type IPAddress = networkingv1.IPAddress;

const component = 'service-cidr-controller';
const finalizer = 'networking.k8s.io/service-cidr-finalizer';
const managedByLabel = 'ipaddress.kubernetes.io/managed-by';
const familyLabel = 'ipaddress.kubernetes.io/ip-family';
const allocator = 'ipallocator.k8s.io';
const deletionGraceMs = 10_000;

export const serviceCIDRsController = defineController({
  name: 'service-cidr-controller',
  serviceAccount: 'service-cidrs-controller',
  start,
});

const nameOf = (object: { readonly metadata: { readonly name?: string } }) => object.metadata.name ?? '';
const cidrsOf = (cidr: ServiceCIDR) => cidr.spec?.cidrs ?? [];
const isAllocated = (ip: IPAddress) => ip.metadata.labels?.[managedByLabel] === allocator;

/** Whether a range (`10.96.0.0/16`) holds all of another range, or an address. */
function holds(range: string, other: string): boolean {
  const outer = parseCidr(range);
  const inner = parseCidr(other);
  const address = inner?.address ?? parseIp(other);
  if (!outer || !address || outer.address.length !== address.length) return false;
  return outer.prefixLength <= (inner?.prefixLength ?? address.length * 8) && cidrContains(outer, address);
}
const containing = (all: readonly ServiceCIDR[], range: string) =>
  all.filter((cidr) => cidrsOf(cidr).some((one) => holds(one, range)));

/**
 * Whether no address of a Service is left without a range when this one goes.
 *
 * Upstream: canDeleteCIDR (v1.36)
 */
export function canDeleteCIDR(cidr: ServiceCIDR, all: readonly ServiceCIDR[], ips: readonly IPAddress[]): boolean {
  const onlyThis = (range: string) => containing(all, range).every((other) => nameOf(other) === nameOf(cidr));
  if (!cidrsOf(cidr).some(onlyThis)) return true;
  const families = new Set(cidrsOf(cidr).map((range) => (range.includes(':') ? 'IPv6' : 'IPv4')));
  return !ips.some((ip) => {
    if (!isAllocated(ip) || !families.has(ip.metadata.labels?.[familyLabel] === 'IPv6' ? 'IPv6' : 'IPv4')) return false;
    const holders = containing(all, nameOf(ip));
    return holders.length === 1 && holders.every((holder) => nameOf(holder) === nameOf(cidr));
  });
}

function start(run: ControllerRun): void {
  const cidrs = run.informer(serviceCIDRs);
  const addresses = run.informer(ipAddresses);
  const queue = run.queue();
  const recorder = run.recorder(component);
  const enqueueHolders = (ip: IPAddress) => {
    if (isAllocated(ip)) for (const cidr of containing(cidrs.store.list(), nameOf(ip))) queue.add(nameOf(cidr));
  };
  run.watch(cidrs, {
    add: (cidr) => {
      queue.add(nameOf(cidr));
      for (const other of cidrs.store.list()) {
        if (cidrsOf(other).some((a) => cidrsOf(cidr).some((b) => holds(a, b) || holds(b, a)))) queue.add(nameOf(other));
      }
    },
    update: (_, cidr) => queue.add(nameOf(cidr)),
    delete: (cidr) => queue.add(nameOf(cidr)),
  });
  run.watch(addresses, { add: enqueueHolders, delete: enqueueHolders });

  function* reconcile(name: string): Process<void> {
    const cidr = cidrs.store.get(name);
    if (!cidr) return;
    if (cidr.metadata.deletionTimestamp !== undefined) return yield* syncDeleted(cidr);
    if (!cidr.metadata.finalizers?.includes(finalizer)) yield* patchFinalizers(cidr, { finalizers: [finalizer] });
    try {
      yield* updateConditionIfNeeded(run, cidr, 'True', '', 'Kubernetes Service CIDR is ready');
    } catch (error) {
      recorder.event(
        cidr,
        'Warning',
        'KubernetesServiceCIDRError',
        'The ServiceCIDR Status can not be set to Ready=True',
      );
      throw error;
    }
  }
  function* syncDeleted(cidr: ServiceCIDR): Process<void> {
    if (!canDeleteCIDR(cidr, cidrs.store.list(), addresses.store.list())) {
      const message =
        'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR';
      return yield* updateConditionIfNeeded(run, cidr, 'False', 'Terminating', message);
    }
    // The allocators may not have heard of the deletion yet.
    const leftMs = deletionGraceMs - (run.now() - (timeOf(cidr.metadata.deletionTimestamp) ?? 0));
    if (leftMs > 0) return queue.addAfter(nameOf(cidr), leftMs);
    if (!cidr.metadata.finalizers?.includes(finalizer)) return;
    yield* patchFinalizers(cidr, { '$deleteFromPrimitiveList/finalizers': [finalizer] });
  }
  function* patchFinalizers(cidr: ServiceCIDR, metadata: object): Process<void> {
    yield* ignoreNotFound(run.client.resource(serviceCIDRs).patch(nameOf(cidr), 'strategic', { metadata }));
  }
  run.work({ queue, informers: [cidrs, addresses], maxRetries: 15, reconcile });
}

/** Upstream: updateConditionIfNeeded (v1.36) */
function* updateConditionIfNeeded(
  run: ControllerRun,
  cidr: ServiceCIDR,
  status: 'True' | 'False',
  reason: string,
  message: string,
): Process<void> {
  const known = getCondition(cidr.status?.conditions, 'Ready');
  if (known?.status === status && (known.reason ?? '') === reason && known.message === message) return;
  const condition = { type: 'Ready', status, reason, message, lastTransitionTime: formatTime(run.now()) };
  const applied: ServiceCIDR = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: nameOf(cidr) },
    status: { conditions: [condition] },
  };
  yield* run.client
    .resource(serviceCIDRs)
    .apply(applied, { fieldManager: component, force: true, subresource: 'status' });
}
