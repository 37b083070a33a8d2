/** Defaults and bounds of resources by LimitRanges. Upstream: plugin/pkg/admission/limitranger (v1.36) */
import type * as corev1 from '../../../api/core/v1.ts';
import { aggregateText } from '../../../apimachinery/field-error.ts';
import { parseQuantity, type Quantity } from '../../../apimachinery/quantity.ts';
import type { ObjectReader } from '../registry/strategy-context.ts';
import { podLimits, podRequests } from '../../../api/core/pod-resources.ts';
import { parseResourceList, type ResourceList } from '../../../api/core/resource-list.ts';
import type { AdmissionAttributes, AdmissionPlugin, AdmissionTarget } from './admission.ts';
import { admissionForbidden } from './forbidden.ts';
import { changeSpec, isResource, podOf } from './pod-draft.ts';

const annotation = 'kubernetes.io/limit-ranger';

export function limitRanger(objects: ObjectReader): AdmissionPlugin {
  const ranges = ({ namespace }: AdmissionAttributes) =>
    objects.list<corev1.LimitRange>('', 'limitranges').filter(({ metadata }) => metadata.namespace === namespace);
  return {
    name: 'LimitRanger',
    handles: supports,
    admit(attributes) {
      if (attributes.definition.resource !== 'pods' || attributes.old?.metadata.deletionTimestamp !== undefined) return;
      for (const range of ranges(attributes)) mutatePod(attributes, range);
    },
    validate(attributes) {
      if (attributes.old?.metadata.deletionTimestamp !== undefined) return;
      for (const range of ranges(attributes)) {
        const errors =
          attributes.definition.resource === 'pods'
            ? podErrors(podOf(attributes), range)
            : claimErrors(attributes, range);
        if (errors.length > 0) throw admissionForbidden(attributes, aggregateText(errors));
      }
    },
  };
}

function supports(target: AdmissionTarget): boolean {
  const { verb, definition, subresource } = target;
  if (definition.group !== '') return false;
  if (subresource === 'resize') return definition.resource === 'pods' && verb === 'UPDATE';
  if (isResource(target, 'CREATE', '', 'pods')) return true;
  return (
    subresource === '' && definition.resource === 'persistentvolumeclaims' && (verb === 'CREATE' || verb === 'UPDATE')
  );
}

function mutatePod(attributes: AdmissionAttributes, { spec }: corev1.LimitRange): void {
  const limits: Record<string, string> = {};
  const requests: Record<string, string> = {};
  for (const item of spec?.limits ?? []) {
    if (item.type !== 'Container') continue;
    Object.assign(requests, item.defaultRequest);
    Object.assign(limits, item.default);
  }
  const notes: string[] = [];
  const merge = (what: string) => (container: corev1.Container) =>
    mergeContainer(container, { limits, requests, what, notes });
  const pod = podOf(attributes);
  const containers = (pod.spec?.containers ?? []).map(merge('container'));
  const initContainers = pod.spec?.initContainers?.map(merge('init container'));
  if (notes.length === 0) return;
  const resources = pod.spec?.resources;
  changeSpec(attributes, {
    containers,
    ...(initContainers ? { initContainers } : {}),
    ...(resources ? { resources: { ...resources } } : {}),
  });
  const { object, definition } = attributes;
  if (!object) return;
  // What the pod as a whole requests follows from its containers; upstream works it out again when it reads the stored pod.
  if (resources) definition.strategy.defaults?.(object as never);
  const text = `LimitRanger plugin set: ${notes.join('; ')}`;
  object.metadata['annotations'] = { ...(object.metadata['annotations'] as object | undefined), [annotation]: text };
}

type Amounts = Readonly<Record<string, string>>;

interface Merge {
  readonly limits: Amounts;
  readonly requests: Amounts;
  readonly what: string;
  readonly notes: string[];
}

function mergeContainer(container: corev1.Container, { limits, requests, what, notes }: Merge): corev1.Container {
  const missing = (given: Amounts | undefined, defaults: Amounts) =>
    Object.keys(defaults)
      .filter((name) => given?.[name] === undefined)
      .sort();
  const { resources } = container;
  const newRequests = missing(resources?.requests, requests);
  const newLimits = missing(resources?.limits, limits);
  if (newRequests.length > 0) notes.push(`${newRequests.join(', ')} request for ${what} ${container.name}`);
  if (newLimits.length > 0) notes.push(`${newLimits.join(', ')} limit for ${what} ${container.name}`);
  if (newRequests.length + newLimits.length === 0) return container;
  const pick = (defaults: Amounts, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, defaults[name] ?? '0']));
  return {
    ...container,
    resources: {
      ...resources,
      ...(newLimits.length > 0 || resources?.limits
        ? { limits: { ...resources?.limits, ...pick(limits, newLimits) } }
        : {}),
      ...(newRequests.length > 0 || resources?.requests
        ? { requests: { ...resources?.requests, ...pick(requests, newRequests) } }
        : {}),
    },
  };
}

type Check = (
  type: string,
  name: string,
  enforced: Quantity,
  requests: ResourceList,
  limits: ResourceList,
) => string | undefined;

const minConstraint: Check = (type, name, enforced, requests, limits) => {
  const head = `minimum ${name} usage per ${type} is ${enforced.toString()}`;
  const request = requests.get(name);
  const limit = limits.get(name);
  if (!request) return `${head}.  No request is specified`;
  if (request.cmp(enforced) < 0) return `${head}, but request is ${request.toString()}`;
  return limit && limit.cmp(enforced) < 0 ? `${head}, but limit is ${limit.toString()}` : undefined;
};

const maxConstraint: Check = (type, name, enforced, requests, limits) => {
  const head = `maximum ${name} usage per ${type} is ${enforced.toString()}`;
  const request = requests.get(name);
  const limit = limits.get(name);
  if (!limit) return `${head}.  No limit is specified`;
  if (limit.cmp(enforced) > 0) return `${head}, but limit is ${limit.toString()}`;
  return request && request.cmp(enforced) > 0 ? `${head}, but request is ${request.toString()}` : undefined;
};

const maxRequestConstraint: Check = (type, name, enforced, requests) => {
  const head = `maximum ${name} usage per ${type} is ${enforced.toString()}`;
  const request = requests.get(name);
  if (!request) return `${head}.  No request is specified`;
  return request.cmp(enforced) > 0 ? `${head}, but request is ${request.toString()}` : undefined;
};

const ratioConstraint: Check = (type, name, enforced, requests, limits) => {
  const head = `${name} max limit to request ratio per ${type} is ${enforced.toString()}`;
  const request = Number(requests.get(name)?.milliValue() ?? 0);
  const limit = Number(limits.get(name)?.milliValue() ?? 0);
  if (request === 0) return `${head}, but no request is specified or request is 0`;
  if (limit === 0) return `${head}, but no limit is specified or limit is 0`;
  const ratio = limit / request;
  return ratio * 1000 > Number(enforced.milliValue())
    ? `${head}, but provided ratio is ${ratio.toFixed(6)}`
    : undefined;
};

function check(item: corev1.LimitRangeItem, requests: ResourceList, limits: ResourceList): string[] {
  const errors: (string | undefined)[] = [];
  const each = (list: Amounts | undefined, constraint: Check) => {
    for (const name of Object.keys(list ?? {}).sort()) {
      errors.push(constraint(item.type, name, parseQuantity(list?.[name] ?? '0'), requests, limits));
    }
  };
  each(item.min, minConstraint);
  each(item.max, item.type === 'PersistentVolumeClaim' ? maxRequestConstraint : maxConstraint);
  if (item.type !== 'PersistentVolumeClaim') each(item.maxLimitRequestRatio, ratioConstraint);
  return errors.filter((error) => error !== undefined);
}

function podErrors(pod: corev1.Pod, { spec }: corev1.LimitRange): string[] {
  const errors: string[] = [];
  const options = { excludeOverhead: true };
  for (const item of spec?.limits ?? []) {
    if (item.type === 'Pod') errors.push(...check(item, podRequests(pod, options), podLimits(pod, options)));
    if (item.type !== 'Container') continue;
    for (const { resources } of [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]) {
      errors.push(...check(item, parseResourceList(resources?.requests), parseResourceList(resources?.limits)));
    }
  }
  return errors;
}

function claimErrors({ object }: AdmissionAttributes, { spec }: corev1.LimitRange): string[] {
  const claim = object as unknown as corev1.PersistentVolumeClaim;
  const items = (spec?.limits ?? []).filter(({ type }) => type === 'PersistentVolumeClaim');
  return items.flatMap((item) => check(item, parseResourceList(claim.spec?.resources?.requests), new Map()));
}
