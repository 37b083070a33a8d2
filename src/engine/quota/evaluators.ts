import type * as corev1 from '../../api/core/v1.ts';
import type * as resourcev1 from '../../api/resource/v1.ts';
import type { Quantity } from '../../apimachinery/quantity.ts';
import { newQuantity, parseQuantity } from '../../apimachinery/quantity.ts';
import { type Evaluator, objectCountEvaluator } from './evaluator.ts';
import { podEvaluator } from './pod-evaluator.ts';
import { addResources, one, type ResourceList, zero } from '../../api/core/resource-list.ts';
import { scopeSelects } from './scope-selector.ts';

const serviceNames = ['count/services', 'services', 'services.nodeports', 'services.loadbalancers'];

/** Upstream: pkg/quota/v1/evaluator/core/services.go (v1.36) */
const serviceEvaluator: Evaluator<corev1.Service> = {
  group: '',
  resource: 'services',
  matchingResources: (names) => names.filter((name) => serviceNames.includes(name)),
  usage({ spec }) {
    const ports = spec?.ports ?? [];
    const balanced = spec?.type === 'LoadBalancer';
    const taken = spec?.allocateLoadBalancerNodePorts === false ? ports.filter(({ nodePort }) => nodePort) : ports;
    const nodePorts = spec?.type === 'NodePort' ? ports.length : balanced ? taken.length : 0;
    return new Map([
      ['count/services', one],
      ['services', one],
      ['services.loadbalancers', balanced ? one : zero],
      ['services.nodeports', newQuantity(nodePorts, 'DecimalSI')],
    ]);
  },
  matchesScope: () => false,
  countsUpdate: (subresource) => subresource === '',
  freesUsage: (old, service) => exposedType(old) !== exposedType(service),
};

function exposedType({ spec }: corev1.Service): string {
  return spec?.type === 'NodePort' || spec?.type === 'LoadBalancer' ? spec.type : '';
}

const claimNames = ['persistentvolumeclaims', 'requests.storage'];
const classInfix = '.storageclass.storage.k8s.io/';

/** Upstream: pkg/quota/v1/evaluator/core/persistent_volume_claims.go (v1.36) */
const claimEvaluator: Evaluator<corev1.PersistentVolumeClaim> = {
  group: '',
  resource: 'persistentvolumeclaims',
  matchingResources: (names) =>
    names.filter(
      (name) =>
        name === 'count/persistentvolumeclaims' ||
        claimNames.includes(name) ||
        claimNames.some((counted) => name.endsWith(`${classInfix}${counted}`)),
    ),
  usage(claim) {
    const usage = new Map([
      ['persistentvolumeclaims', one],
      ['count/persistentvolumeclaims', one],
    ]);
    const storage = storageOf(claim);
    if (storage) usage.set('requests.storage', storage);
    const legacy = claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'];
    const storageClass = legacy ?? claim.spec?.storageClassName;
    if (storageClass) {
      usage.set(`${storageClass}${classInfix}persistentvolumeclaims`, one);
      if (storage) usage.set(`${storageClass}${classInfix}requests.storage`, storage);
    }
    return usage;
  },
  countsUpdate: (subresource, old, claim) =>
    subresource === '' || (subresource === 'status' && claimEvaluator.freesUsage(old, claim, 0)),
  matchesScope: (scope, claim) => scope.scopeName === 'VolumeAttributesClass' && scopeSelects(scope, classesOf(claim)),
  freesUsage(old, claim) {
    const before = old.status?.allocatedResources?.['storage'];
    return (
      before !== claim.status?.allocatedResources?.['storage'] || classesOf(old).join() !== classesOf(claim).join()
    );
  },
};

function storageOf({ spec, status }: corev1.PersistentVolumeClaim): Quantity | undefined {
  const requested = spec?.resources?.requests?.['storage'];
  if (requested === undefined) return undefined;
  const wanted = parseQuantity(requested).roundUp(0);
  const allocated = status?.allocatedResources?.['storage'];
  if (allocated === undefined) return wanted;
  const given = parseQuantity(allocated).roundUp(0);
  return given.cmp(wanted) > 0 ? given : wanted;
}

function classesOf({ spec, status }: corev1.PersistentVolumeClaim): string[] {
  const target = status?.modifyVolumeStatus?.targetVolumeAttributesClassName;
  const names = [spec?.volumeAttributesClassName, status?.currentVolumeAttributesClassName, target];
  return [...new Set(names.filter((name): name is string => Boolean(name)))].sort();
}

const deviceClassSuffix = '.deviceclass.resource.k8s.io/devices';
const claimCount = 'count/resourceclaims.resource.k8s.io';
/** How many devices one claim can be given at most. Upstream: AllocationResultsMaxSize */
const maxDevices = 32;

interface DeviceRequest {
  readonly deviceClassName?: string;
  readonly allocationMode?: string;
  readonly count?: number;
}

/** The most devices that a request may be given, by the name that quotas know their class by. */
function deviceUsage(request: DeviceRequest): readonly [name: string, amount: Quantity] {
  const { deviceClassName = '', allocationMode, count = 0 } = request;
  const devices = allocationMode === 'All' ? maxDevices : allocationMode === 'ExactCount' ? count : 0;
  return [`${deviceClassName}${deviceClassSuffix}`, newQuantity(devices, 'DecimalSI')];
}

/** Of alternatives, the greatest of each class counts. */
function greatestOfEach(requests: readonly DeviceRequest[]): ResourceList {
  const greatest = new Map<string, Quantity>();
  for (const [name, amount] of requests.map(deviceUsage)) {
    const known = greatest.get(name);
    if (amount.cmp(known ?? zero) > 0) greatest.set(name, amount);
  }
  return greatest;
}

/** Upstream: pkg/quota/v1/evaluator/core/resource_claims.go (v1.36). Differs: extended resources that device classes stand for are not counted. */
const resourceClaimEvaluator: Evaluator<resourcev1.ResourceClaim> = {
  group: 'resource.k8s.io',
  resource: 'resourceclaims',
  matchingResources: (names) => names.filter((name) => name === claimCount || name.endsWith(deviceClassSuffix)),
  usage({ spec }) {
    let usage: ResourceList = new Map([[claimCount, one]]);
    for (const { exactly, firstAvailable = [] } of spec.devices?.requests ?? []) {
      if (firstAvailable.length > 0) usage = addResources(usage, greatestOfEach(firstAvailable));
      else if (exactly) usage = addResources(usage, new Map([deviceUsage(exactly)]));
    }
    return usage;
  },
  matchesScope: () => false,
  countsUpdate: (subresource) => subresource === '',
  freesUsage: () => false,
};

const special: readonly Evaluator[] = [
  podEvaluator as Evaluator,
  serviceEvaluator as Evaluator,
  claimEvaluator as Evaluator,
  resourceClaimEvaluator as Evaluator,
  objectCountEvaluator('', 'configmaps', 'configmaps'),
  objectCountEvaluator('', 'resourcequotas', 'resourcequotas'),
  objectCountEvaluator('', 'replicationcontrollers', 'replicationcontrollers'),
  objectCountEvaluator('', 'secrets', 'secrets'),
];

/** The evaluator of a namespaced resource; undefined for those that are never limited. */
export function evaluatorOf(group: string, resource: string): Evaluator | undefined {
  if (resource === 'events' && (group === '' || group === 'events.k8s.io')) return undefined;
  const found = special.find((evaluator) => evaluator.group === group && evaluator.resource === resource);
  return found ?? objectCountEvaluator(group, resource);
}

/** The resource a name counts, for `count/<resource>.<group>`. */
export function countedResource(name: string): { readonly group: string; readonly resource: string } | undefined {
  const match = /^count\/([^./]+)(?:\.(.+))?$/.exec(name);
  return match ? { group: match[2] ?? '', resource: match[1] ?? '' } : undefined;
}

/** Evaluators that count more than objects, or count them under another name. */
export const specialEvaluators = special;
