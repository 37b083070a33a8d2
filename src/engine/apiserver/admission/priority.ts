/** Turns the name of a priority class into a number. Upstream: plugin/pkg/admission/priority (v1.36) */
import type * as schedulingv1 from '../../../api/scheduling/v1.ts';
import type { ObjectReader } from '../registry/strategy-context.ts';
import type { AdmissionAttributes, AdmissionPlugin, AdmissionTarget } from './admission.ts';
import { admissionForbidden } from './forbidden.ts';
import { changeSpec, isPod, podOf } from './pod-draft.ts';

type PriorityClass = schedulingv1.PriorityClass;

/** The default class: of several, the one of lowest value. */
function defaultClass(objects: ObjectReader): PriorityClass | undefined {
  let found: PriorityClass | undefined;
  for (const one of objects.list<PriorityClass>('scheduling.k8s.io', 'priorityclasses')) {
    if (one.globalDefault && (!found || (one.value ?? 0) < (found.value ?? 0))) found = one;
  }
  return found;
}

export function priority(objects: ObjectReader): AdmissionPlugin {
  return {
    name: 'Priority',
    handles: (attributes) => isPod(attributes) || isPriorityClass(attributes),
    admit(attributes) {
      if (!isPod(attributes)) return;
      if (attributes.verb === 'CREATE') admitPod(attributes, objects);
      if (attributes.verb === 'UPDATE') keepPriority(attributes);
    },
    validate(attributes) {
      if (isPriorityClass(attributes)) validateDefault(attributes, objects);
    },
  };
}

function isPriorityClass({ definition, subresource, verb }: AdmissionTarget): boolean {
  return definition.resource === 'priorityclasses' && subresource === '' && verb !== 'DELETE';
}

function admitPod(attributes: AdmissionAttributes, objects: ObjectReader): void {
  const { spec } = podOf(attributes);
  if (!spec) return;
  const named = classOf(attributes, spec.priorityClassName, objects);
  const value = named?.value ?? 0;
  const policy = named?.preemptionPolicy ?? 'PreemptLowerPriority';
  if (spec.priority !== undefined && spec.priority !== value) {
    throw admissionForbidden(
      attributes,
      `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
    );
  }
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy) {
    throw admissionForbidden(
      attributes,
      `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`,
    );
  }
  const className = spec.priorityClassName || named?.metadata.name;
  changeSpec(attributes, {
    priority: value,
    preemptionPolicy: policy,
    ...(className ? { priorityClassName: className } : {}),
  });
}

function classOf(
  attributes: AdmissionAttributes,
  name: string | undefined,
  objects: ObjectReader,
): PriorityClass | undefined {
  if (!name) return defaultClass(objects);
  const found = objects.get<PriorityClass>('scheduling.k8s.io', 'priorityclasses', '', name);
  if (!found) throw admissionForbidden(attributes, `no PriorityClass with name ${name} was found`);
  return found;
}

/** An update that leaves priority out keeps it. */
function keepPriority(attributes: AdmissionAttributes): void {
  const { spec } = podOf(attributes);
  const old = (attributes.old as ReturnType<typeof podOf> | undefined)?.spec;
  if (!spec || !old) return;
  const priorityLost = spec.priority === undefined && old.priority !== undefined;
  const policyLost = spec.preemptionPolicy === undefined && old.preemptionPolicy !== undefined;
  if (!priorityLost && !policyLost) return;
  changeSpec(attributes, {
    ...(priorityLost && old.priority !== undefined ? { priority: old.priority } : {}),
    ...(policyLost && old.preemptionPolicy !== undefined ? { preemptionPolicy: old.preemptionPolicy } : {}),
  });
}

function validateDefault(attributes: AdmissionAttributes, objects: ObjectReader): void {
  const wanted = attributes.object as unknown as PriorityClass | undefined;
  if (!wanted?.globalDefault) return;
  const present = defaultClass(objects);
  if (!present || (attributes.verb === 'UPDATE' && present.metadata.name === wanted.metadata.name)) return;
  throw admissionForbidden(
    attributes,
    `PriorityClass ${present.metadata.name ?? ''} is already marked as default. Only one default can exist`,
  );
}
