/**
 * Gives Services their cluster IPs and node ports and takes them back. One family, IPv4, from the ServiceCIDRs' ranges, and 30000–32767.
 *
 * What is taken is read from the Services that are stored, so there is nothing to keep in step. Upstream:
 * pkg/registry/core/service/storage/alloc.go (v1.36)
 */
import type * as corev1 from '../../../../api/core/v1.ts';
import { deepEqual } from '../../../../apimachinery/deep-equal.ts';
import * as field from '../../../../apimachinery/field-error.ts';
import { quote } from '../../../../apimachinery/go-format.ts';
import { newInternalError, newInvalid } from '../../../../apimachinery/status-error.ts';
import type { Draft } from '../draft.ts';
import type { StrategyContext } from '../strategy-context.ts';
import { normalizeClusterIPs, patchAllocatedValues } from './service-update.ts';
import { ipNumber, ipText, nextIP, rangeOf, readyRanges, type ServiceIPRange } from './service-ip-ranges.ts';
import { validateServiceClusterIPs } from './validation/service-addresses.ts';

type ServiceDraft = Draft<corev1.Service>;
type ServiceSpecDraft = NonNullable<ServiceDraft['spec']>;

const service = { group: '', kind: 'Service' };
const firstPort = 30_000;
const lastPort = 32_767;
const staticPortBand = 86;
/** The first port a dry run shows. */
const dryRunPort = 32_769;

/** Begins the write of a Service. @throws StatusError Invalid when an address or a port cannot be had */
export function beginService(
  draft: ServiceDraft,
  old: corev1.Service | undefined,
  context: StrategyContext,
): undefined {
  const spec = (draft.spec = { ...draft.spec } as ServiceSpecDraft);
  if (old?.spec) patchAllocatedValues(spec, old.spec);
  normalizeClusterIPs(spec, old?.spec);
  const name = draft.metadata.name ?? '';
  initIPFamilyFields(name, spec, old?.spec);
  if (!old || (old.spec?.type === 'ExternalName' && spec.type !== 'ExternalName'))
    allocateClusterIPs(name, spec, context);
  const ports = new PortOperation(context, old);
  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') allocateNodePorts(name, spec, ports);
  allocateHealthCheckNodePort(spec, old?.spec, ports);
  return undefined;
}

const wantsHealthCheck = (
  spec: { readonly type?: string; readonly externalTrafficPolicy?: string } | undefined,
): boolean => spec?.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';

/** Upstream: initIPFamilyFields (v1.36) */
function initIPFamilyFields(name: string, spec: ServiceSpecDraft, old: corev1.ServiceSpec | undefined): void {
  if (spec.type === 'ExternalName' || isMatchingPreferDualStack(spec, old)) return;
  const selectorless = spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0;
  spec.ipFamilyPolicy ??= old?.ipFamilyPolicy ?? (selectorless ? 'RequireDualStack' : 'SingleStack');
  const errors: field.FieldError[] = [];
  validateServiceClusterIPs(errors, spec as corev1.ServiceSpec, old);
  throwInvalid(name, errors);
  if (old) releaseSecondary(errors, spec, old);
  checkSingleStack(errors, spec);
  inferFamilies(errors, spec);
  throwInvalid(name, errors);
  const families = spec.ipFamilies?.length ? spec.ipFamilies : ['IPv4' as const];
  if (selectorless) {
    const other = families[0] === 'IPv4' ? ('IPv6' as const) : ('IPv4' as const);
    const dual = families.length < 2 && spec.ipFamilyPolicy !== 'SingleStack';
    spec.ipFamilies = dual ? [...families, other] : [...families];
    return;
  }
  if (spec.ipFamilyPolicy === 'RequireDualStack') {
    errors.push(
      field.invalid(policyPath, spec.ipFamilyPolicy, 'this cluster is not configured for dual-stack services'),
    );
  }
  for (const [i, family] of (spec.ipFamilies ?? []).entries()) {
    if (family === 'IPv4') continue;
    errors.push(field.invalid(field.newPath('spec', 'ipFamilies').index(i), family, 'not configured on this cluster'));
  }
  throwInvalid(name, errors);
  spec.ipFamilies = [...families];
}

const policyPath = field.newPath('spec', 'ipFamilyPolicy');

function throwInvalid(name: string, errors: readonly field.FieldError[]): void {
  if (errors.length > 0) throw newInvalid(service, name, errors);
}

/** A Service that prefers two families and changes nothing of them stays as it is. */
function isMatchingPreferDualStack(spec: ServiceSpecDraft, old: corev1.ServiceSpec | undefined): boolean {
  return (
    old !== undefined &&
    old.ipFamilyPolicy === 'PreferDualStack' &&
    spec.ipFamilyPolicy === 'PreferDualStack' &&
    deepEqual(old.clusterIPs ?? [], spec.clusterIPs ?? []) &&
    deepEqual(old.ipFamilies ?? [], spec.ipFamilies ?? [])
  );
}

function releaseSecondary(errors: field.FieldError[], spec: ServiceSpecDraft, old: corev1.ServiceSpec): void {
  const refuse = (what: string): void => {
    errors.push(
      field.invalid(policyPath, spec.ipFamilyPolicy, `must be 'SingleStack' to release the secondary ${what}`),
    );
  };
  const [ips, families] = [spec.clusterIPs ?? [], spec.ipFamilies ?? []];
  if (spec.ipFamilyPolicy === 'SingleStack') {
    if (ips.length > 1 && deepEqual(ips, old.clusterIPs)) spec.clusterIPs = ips.slice(0, 1);
    if (families.length > 1 && deepEqual(families, old.ipFamilies)) spec.ipFamilies = families.slice(0, 1);
    return;
  }
  if (ips.length > 0 && ips.length < (old.clusterIPs ?? []).length) refuse('cluster IP');
  if (families.length > 0 && families.length < (old.ipFamilies ?? []).length) refuse('IP family');
}

function checkSingleStack(errors: field.FieldError[], spec: ServiceSpecDraft): void {
  if (spec.ipFamilyPolicy !== 'SingleStack') return;
  const refuse = (what: string): void => {
    const why = `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`;
    errors.push(field.invalid(policyPath, spec.ipFamilyPolicy, why));
  };
  if (spec.clusterIPs?.length === 2) refuse('cluster IPs');
  if (spec.ipFamilies?.length === 2) refuse('IP families');
}

/** Addresses tell their families where none are stated. */
function inferFamilies(errors: field.FieldError[], spec: ServiceSpecDraft): void {
  for (const [i, ip] of (spec.clusterIPs ?? []).entries()) {
    if (ip === 'None') return;
    if (i < (spec.ipFamilies?.length ?? 0)) continue;
    if (ip.includes(':')) {
      const path = field.newPath('spec', 'clusterIPs').index(i);
      errors.push(field.invalid(path, spec.clusterIPs, 'IPv6 is not configured on this cluster'));
    } else spec.ipFamilies = [...(spec.ipFamilies ?? []), 'IPv4'];
  }
}

function allocateClusterIPs(name: string, spec: ServiceSpecDraft, context: StrategyContext): void {
  if (spec.type === 'ExternalName' || spec.clusterIPs?.[0] === 'None') return;
  const asked = spec.clusterIPs?.[0] ?? '';
  const refuse = (why: string) =>
    newInvalid(service, name, [field.invalid(field.newPath('spec', 'clusterIPs'), spec.clusterIPs ?? [], why)]);
  const ranges = readyRanges(context.objects.list('networking.k8s.io', 'servicecidrs'));
  if (asked === '') {
    spec.clusterIP = freeIP(name, ranges, context);
    spec.clusterIPs = [spec.clusterIP];
    return;
  }
  const ip = ipNumber(asked);
  if (ip === undefined) return; // Validation complains of what is no address.
  const complaint = context.dryRun ? complaintOfDryRun(ranges, asked, ip) : complaintOf(ranges, asked, ip, context);
  if (complaint) throw refuse(`failed to allocate IP ${asked}: ${complaint}`);
}

function complaintOf(
  ranges: readonly ServiceIPRange[],
  asked: string,
  ip: number,
  context: StrategyContext,
): string | undefined {
  if (!rangeOf(ranges, ip)) return 'the provided network does not match the current range';
  return takenIPs(context).has(asked) ? 'provided IP is already allocated' : undefined;
}

/** A dry run asks one of the allocators, whoever has the address. Upstream: MetaAllocator DryRun (v1.36) */
function complaintOfDryRun(ranges: readonly ServiceIPRange[], asked: string, ip: number): string | undefined {
  const range = ranges[0];
  if (!range || rangeOf([range], ip)) return undefined;
  return `the provided IP (${asked}) is not in the valid range. The range of valid IPs is ${range.cidr}`;
}

function takenIPs({ objects }: StrategyContext): Set<string> {
  const taken = new Set<string>();
  for (const { spec } of objects.list<corev1.Service>('', 'services'))
    for (const ip of spec?.clusterIPs ?? []) taken.add(ip);
  for (const { metadata } of objects.list('networking.k8s.io', 'ipaddresses')) taken.add(metadata.name ?? '');
  return taken;
}

function freeIP(name: string, ranges: readonly ServiceIPRange[], context: StrategyContext): string {
  if (context.dryRun) return ipText(ranges[0]?.network ?? 0);
  const taken = takenIPs(context);
  for (const range of ranges) {
    const ip = nextIP(range, taken, (bound) => context.random.int(bound));
    if (ip !== undefined) return ip;
  }
  throw newInternalError(`failed to allocate a serviceIP for Service ${quote(name)}: range is full`);
}

/** The node ports of one write: what others hold, what this Service held, what it takes now. */
class PortOperation {
  readonly #context: StrategyContext;
  readonly #old: corev1.Service | undefined;
  readonly #given: number[] = [];
  #others: Set<number> | undefined;

  constructor(context: StrategyContext, old: corev1.Service | undefined) {
    this.#context = context;
    this.#old = old;
  }

  heldBefore(port: number): boolean {
    return (this.#old?.spec?.ports ?? []).some(({ nodePort }) => nodePort === port);
  }
  /** Gives a complaint, or undefined when the port is taken now. */
  take(port: number): string | undefined {
    if (!this.#context.dryRun && (port < firstPort || port > lastPort))
      return `provided port is not in the valid range. The range of valid ports is ${firstPort}-${lastPort}`;
    const taken = this.#taken();
    if (taken.has(port)) return 'provided port is already allocated';
    taken.add(port);
    this.#given.push(port);
    return undefined;
  }
  /** Undefined when the range is used up. */
  takeNext(): number | undefined {
    const taken = this.#taken();
    if (this.#context.dryRun) return this.#dummy();
    const size = lastPort - firstPort + 1;
    const start = staticPortBand + this.#context.random.int(size - staticPortBand);
    for (let i = 0; i < size; i++) {
      const port = firstPort + ((start + i) % size);
      if (taken.has(port)) continue;
      taken.add(port);
      return port;
    }
    return undefined;
  }

  /** What a dry run shows for a port it does not take. */
  #dummy(): number {
    const next = this.#given.length > 0 ? Math.max(...this.#given) + 1 : dryRunPort;
    this.#given.push(next);
    return next;
  }

  #taken(): Set<number> {
    if (this.#others) return this.#others;
    const taken = new Set<number>();
    for (const { spec } of this.#context.objects.list<corev1.Service>('', 'services')) {
      for (const { nodePort } of spec?.ports ?? []) if (nodePort) taken.add(nodePort);
      if (spec?.healthCheckNodePort) taken.add(spec.healthCheckNodePort);
    }
    this.#others = taken;
    return taken;
  }
}

function allocateNodePorts(name: string, spec: ServiceSpecDraft, operation: PortOperation): void {
  const allocates = spec.type === 'NodePort' || spec.allocateLoadBalancerNodePorts !== false;
  const given = spec.ports ?? [];
  const byPort = new Map<number, number>();
  const takenNow = new Set<number>();
  const take = (nodePort: number, i: number) => {
    if (operation.heldBefore(nodePort) || takenNow.has(nodePort)) return;
    const complaint = operation.take(nodePort);
    if (complaint)
      throw newInvalid(service, name, [
        field.invalid(field.newPath('spec', 'ports').index(i).child('nodePort'), nodePort, complaint),
      ]);
    takenNow.add(nodePort);
  };
  spec.ports = given.map((port, i) => {
    if (!port.nodePort && !allocates) return port;
    const shared = byPort.get(port.port);
    const wanted =
      port.nodePort || (shared ?? given.find((other) => other.port === port.port && other.nodePort)?.nodePort);
    if (wanted) {
      if (wanted !== shared) take(wanted, i);
      byPort.set(port.port, wanted);
      return { ...port, nodePort: wanted };
    }
    const next = operation.takeNext();
    if (next === undefined) throw newInternalError('failed to allocate a nodePort: range is full');
    byPort.set(port.port, next);
    return { ...port, nodePort: next };
  });
}

function allocateHealthCheckNodePort(
  spec: ServiceSpecDraft,
  old: corev1.ServiceSpec | undefined,
  operation: PortOperation,
): void {
  if (!wantsHealthCheck(spec) || wantsHealthCheck(old)) return;
  if (spec.healthCheckNodePort) {
    const complaint = operation.take(spec.healthCheckNodePort);
    if (complaint)
      throw newInternalError(
        `failed to allocate requested HealthCheck NodePort ${spec.healthCheckNodePort}: ${complaint}`,
      );
    return;
  }
  const next = operation.takeNext();
  if (next === undefined) throw newInternalError('failed to allocate a HealthCheck NodePort 0: range is full');
  spec.healthCheckNodePort = next;
}

/** The IPAddress that stands for one of a Service's addresses. */
export function ipAddressOf(owner: corev1.Service, ip: string): { readonly metadata: { readonly name: string } } {
  return {
    kind: 'IPAddress',
    apiVersion: 'networking.k8s.io/v1',
    metadata: {
      name: ip,
      labels: {
        'ipaddress.kubernetes.io/ip-family': 'IPv4',
        'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
      },
    },
    spec: { parentRef: { resource: 'services', namespace: owner.metadata.namespace, name: owner.metadata.name } },
  } as { readonly metadata: { readonly name: string } };
}
