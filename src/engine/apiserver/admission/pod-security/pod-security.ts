/** Pods keep to the level that their namespace asks for. Upstream: pod-security-admission/admission/admission.go (v1.36) */
import type * as corev1 from '../../../../api/core/v1.ts';
import type * as appsv1 from '../../../../api/apps/v1.ts';
import type * as batchv1 from '../../../../api/batch/v1.ts';
import { deepEqual } from '../../../../apimachinery/deep-equal.ts';
import { quote } from '../../../../apimachinery/go-format.ts';
import { getControllerOf, type KubernetesObject } from '../../../../apimachinery/object-meta.ts';
import { newForbidden, newInvalid } from '../../../../apimachinery/status-error.ts';
import type { ObjectReader } from '../../registry/strategy-context.ts';
import type { AdmissionAttributes, AdmissionPlugin, AdmissionTarget } from '../admission.ts';
import { checkedPod } from './check.ts';
import {
  compareLevels,
  detailsText,
  levelText,
  policyOf,
  sameLevel,
  violations,
  type LevelVersion,
  type Policy,
} from './policy.ts';

const templated: ReadonlySet<string> = new Set([
  'replicationcontrollers',
  'podtemplates',
  'apps/replicasets',
  'apps/deployments',
  'apps/statefulsets',
  'apps/daemonsets',
  'batch/jobs',
  'batch/cronjobs',
]);
/** Subresources of pods that carry a whole pod. */
const podWrites: ReadonlySet<string> = new Set(['', 'ephemeralcontainers', 'resize']);
const maxPodsToCheck = 3000;

const keyOf = ({ definition: { group, resource } }: AdmissionTarget): string =>
  group === '' ? resource : `${group}/${resource}`;

export function podSecurity(objects: ObjectReader): AdmissionPlugin {
  const policyIn = (namespace: string) =>
    policyOf(objects.get<corev1.Namespace>('', 'namespaces', '', namespace)?.metadata.labels);
  return {
    name: 'PodSecurity',
    handles(attributes) {
      if (attributes.verb !== 'CREATE' && attributes.verb !== 'UPDATE') return false;
      const key = keyOf(attributes);
      if (key === 'pods') return podWrites.has(attributes.subresource);
      return attributes.subresource === '' && (key === 'namespaces' || templated.has(key));
    },
    validate(attributes) {
      const key = keyOf(attributes);
      if (key === 'namespaces') return checkNamespace(attributes, objects);
      const policy = policyIn(attributes.namespace);
      if (key === 'pods') return checkPod(attributes, policy);
      warn(attributes, policy, templateOf(attributes.object as unknown as KubernetesObject));
    },
  };
}

type Template = corev1.PodTemplateSpec;

function templateOf(object: KubernetesObject): Template | undefined {
  if ('template' in object) return (object as corev1.PodTemplate).template;
  const { spec } = object as appsv1.Deployment | batchv1.CronJob;
  if (!spec) return undefined;
  return 'jobTemplate' in spec ? spec.jobTemplate.spec?.template : spec.template;
}

function checkPod(attributes: AdmissionAttributes, policy: Policy): void {
  const pod = attributes.object as unknown as corev1.Pod;
  const { enforce, audit, warn: warnLevel } = policy;
  if ([enforce, audit, warnLevel].every(({ level }) => level === 'privileged')) return;
  const old = attributes.old as corev1.Pod | undefined;
  if (!pod.spec || (old?.spec && !changesImages(pod.spec, old.spec))) return;
  const found = violations(enforce, checkedPod(pod.metadata, pod.spec));
  if (found.length > 0) {
    const why = `violates PodSecurity ${quote(levelText(enforce))}: ${detailsText(found)}`;
    throw newForbidden(attributes.definition, attributes.name || (pod.metadata.name ?? ''), why);
  }
  warn(attributes, policy, pod);
}

/** Warnings of workloads and pods that are let through. */
function warn({ operation }: AdmissionAttributes, policy: Policy, template: Template | undefined): void {
  if (policy.warn.level === 'privileged' || !template?.spec) return;
  const found = violations(policy.warn, checkedPod(template.metadata ?? {}, template.spec));
  if (found.length === 0) return;
  operation.warn(`would violate PodSecurity ${quote(levelText(policy.warn))}: ${detailsText(found)}`);
}

function changesImages(spec: corev1.PodSpec, old: corev1.PodSpec): boolean {
  const changed = (now: readonly corev1.Container[] = [], before: readonly corev1.Container[] = []) =>
    now.length !== before.length || now.some(({ image }, i) => image !== before[i]?.image);
  if (changed(spec.containers, old.containers) || changed(spec.initContainers, old.initContainers)) return true;
  const before = new Map((old.ephemeralContainers ?? []).map(({ name, image }) => [name, image]));
  return (spec.ephemeralContainers ?? []).some(({ name, image }) => !before.has(name) || before.get(name) !== image);
}

function checkNamespace(attributes: AdmissionAttributes, objects: ObjectReader): void {
  const { object, old, verb, operation } = attributes;
  const namespace = object as unknown as corev1.Namespace;
  const { name = '' } = namespace.metadata;
  if (old && deepEqual(old.metadata.labels, namespace.metadata.labels)) return;
  const policy = policyOf(namespace.metadata.labels);
  const before = policyOf(old?.metadata.labels);
  if (policy.errors.length > 0 && (verb === 'CREATE' || !deepEqual(policy.errors, before.errors))) {
    throw newInvalid({ group: '', kind: 'Namespace' }, name, policy.errors);
  }
  if (verb === 'CREATE' || sameLevel(policy.enforce, before.enforce) || policy.enforce.level === 'privileged') return;
  const relaxed =
    policy.enforce.minor === before.enforce.minor && compareLevels(policy.enforce.level, before.enforce.level) < 1;
  if (relaxed) return;
  for (const text of namespaceWarnings(policy.enforce, name, objects)) operation.warn(text);
}

/** What pods that are there already would break. */
function namespaceWarnings(level: LevelVersion, namespace: string, objects: ObjectReader): string[] {
  const pods = byPriority(objects.list<corev1.Pod>('', 'pods', namespace));
  const checked = pods.slice(0, maxPodsToCheck);
  const byReason = new Map<string, string[]>();
  for (const { metadata, spec } of checked) {
    const found = spec ? violations(level, checkedPod(metadata, spec)) : [];
    if (found.length === 0) continue;
    const reason = found.map((one) => one.reason).join(', ');
    byReason.set(reason, [...(byReason.get(reason) ?? []), metadata.name ?? '']);
  }
  const warnings: string[] = [];
  if (checked.length < pods.length) {
    warnings.push(
      `new PodSecurity enforce level only checked against the first ${checked.length} of ${pods.length} existing pods`,
    );
  }
  if (byReason.size === 0) return warnings;
  warnings.push(
    `existing pods in namespace ${quote(namespace)} violate the new PodSecurity enforce level ${quote(levelText(level))}`,
  );
  const lines = [...byReason].map(([reason, names]) => {
    const [first = ''] = [...names].sort();
    const others = names.length - 1;
    if (others === 0) return `${first}: ${reason}`;
    return `${first} (and ${others} other ${others === 1 ? 'pod' : 'pods'}): ${reason}`;
  });
  return [...warnings, ...lines.sort()];
}

/** One pod of each controller first. */
function byPriority(pods: readonly corev1.Pod[]): readonly corev1.Pod[] {
  const seen = new Set<string>();
  const first: corev1.Pod[] = [];
  const rest: corev1.Pod[] = [];
  for (const pod of pods) {
    const uid = getControllerOf(pod)?.uid;
    (uid !== undefined && seen.has(uid) ? rest : first).push(pod);
    if (uid !== undefined) seen.add(uid);
  }
  return [...first, ...rest];
}
