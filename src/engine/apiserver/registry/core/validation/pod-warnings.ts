/** Warnings about pods and pod templates that are accepted. Upstream: pkg/api/pod/warnings.go (v1.36) */
import type * as corev1 from '../../../../../api/core/v1.ts';
import { deepEqual } from '../../../../../apimachinery/deep-equal.ts';
import { newPath, type Path } from '../../../../../apimachinery/field-error.ts';
import { quote } from '../../../../../apimachinery/go-format.ts';
import { getWarningsForIP } from '../../../../../apimachinery/ip-validation.ts';
import type { ObjectMeta } from '../../../../../apimachinery/object-meta.ts';
import { parseQuantity } from '../../../../../apimachinery/quantity.ts';
import { isDNS1123Label } from '../../../../../apimachinery/validation.ts';
import { sortedKeys } from './complaints.ts';
import { getNodeLabelDeprecatedMessage, getWarningsForNodeSelectorTerm } from './node-label-warnings.ts';
import { appArmorFieldForAnnotation, appArmorPrefix, seccompContainerPrefix, seccompPod } from './pod-annotations.ts';
import { portWarnings } from './port-warnings.ts';
import { visitContainers } from './visit-containers.ts';
import { podVolumeWarnings } from './pod-volume-warnings.ts';

const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
const goneAnnotations: readonly (readonly [key: string, why: string])[] = [
  ['scheduler.alpha.kubernetes.io/critical-pod', 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ['security.alpha.kubernetes.io/sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
  ['security.alpha.kubernetes.io/unsafe-sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
];
const nullSelector = 'a null labelSelector results in matching no pod';
const useSeccompField = 'non-functional in v1.27+; use the "seccompProfile" field instead';

/** What the rules look at; paths are made when there is something to say. */
interface Subject {
  readonly spec: corev1.PodSpec;
  readonly meta: ObjectMeta;
  /** A template has a path of its own, a pod has none. */
  readonly template: Path | undefined;
  readonly warnings: string[];
}

const specPathOf = ({ template }: Subject): Path => template?.child('spec') ?? newPath('spec');

function annotationPath({ template }: Subject, key: string): string {
  const metadata = template?.child('metadata') ?? newPath('metadata');
  return metadata.child('annotations').key(key).toString();
}

function schedulingWarnings(subject: Subject): void {
  const { spec, warnings } = subject;
  const path = specPathOf(subject);
  for (const key of sortedKeys(spec.nodeSelector)) {
    const message = getNodeLabelDeprecatedMessage(key);
    if (message !== undefined) warnings.push(`${path.child('nodeSelector').key(key)}: ${message}`);
  }
  const node = spec.affinity?.nodeAffinity;
  const nodePath = path.child('affinity', 'nodeAffinity');
  for (const [i, term] of (node?.[required]?.nodeSelectorTerms ?? []).entries()) {
    const at = nodePath.child(required, 'nodeSelectorTerms').index(i);
    warnings.push(...getWarningsForNodeSelectorTerm(at, term, false));
  }
  for (const [i, { preference }] of (node?.[preferred] ?? []).entries()) {
    const at = nodePath.child(preferred).index(i).child('preference');
    warnings.push(...getWarningsForNodeSelectorTerm(at, preference ?? {}, true));
  }
  for (const [i, { topologyKey, labelSelector }] of (spec.topologySpreadConstraints ?? []).entries()) {
    const at = path.child('topologySpreadConstraints').index(i);
    const message = getNodeLabelDeprecatedMessage(topologyKey);
    if (message !== undefined) warnings.push(`${at.child('topologyKey')}: ${topologyKey} is ${message}`);
    if (!labelSelector) warnings.push(`${at.child('labelSelector')}: ${nullSelector}`);
  }
}

function podAffinityWarnings(subject: Subject): void {
  const { spec, warnings } = subject;
  for (const kind of ['podAffinity', 'podAntiAffinity'] as const) {
    const affinity = spec.affinity?.[kind];
    if (!affinity) continue;
    const path = specPathOf(subject).child('affinity', kind);
    for (const [i, term] of (affinity[required] ?? []).entries()) {
      if (!term.labelSelector)
        warnings.push(`${path.child(required).index(i).child('labelSelector')}: ${nullSelector}`);
    }
    for (const [i, { podAffinityTerm: term }] of (affinity[preferred] ?? []).entries()) {
      const at = path.child(preferred).index(i).child('podAffinityTerm', 'labelSelector');
      if (!term?.labelSelector) warnings.push(`${at}: ${nullSelector}`);
    }
  }
}

function duplicateWarnings(subject: Subject): void {
  const { spec, warnings } = subject;
  const ips = new Set<string>();
  for (const [i, { ip }] of (spec.hostAliases ?? []).entries()) {
    if (ips.has(ip)) {
      warnings.push(`${specPathOf(subject).child('hostAliases').index(i).child('ip')}: duplicate ip ${quote(ip)}`);
    }
    ips.add(ip);
  }
  const secrets = spec.imagePullSecrets ?? [];
  const names = new Set<string>();
  const secretPath = (i: number): Path => specPathOf(subject).child('imagePullSecrets').index(i).child('name');
  for (const [i, { name = '' }] of secrets.entries()) {
    if (names.has(name)) warnings.push(`${secretPath(i)}: duplicate name ${quote(name)}`);
    names.add(name);
  }
  for (const [i, { name = '' }] of secrets.entries()) {
    if (name === '') warnings.push(`${secretPath(i)}: invalid empty name ""`);
  }
}

function fractionWarning(list: Readonly<Record<string, string>> | undefined, name: string, path: () => Path): string[] {
  const text = list?.[name];
  if (text === undefined) return [];
  const quantity = parseQuantity(text);
  if (quantity.milliValue() % 1000 === 0) return [];
  return [`${path().key(name)}: fractional byte value ${quote(quantity.toString())} is invalid, must be an integer`];
}

/** A variable that is set again without using its former value. */
function hiddenEnvWarnings(env: readonly corev1.EnvVar[], path: Path): string[] {
  const names = new Set<string>();
  return env.flatMap(({ name, value = '', valueFrom }, i) => {
    if (!names.has(name)) {
      names.add(name);
      return [];
    }
    const ref = `$(${name})`;
    if (!valueFrom && value !== ref && value.includes(ref)) return [];
    const why = `hides previous definition of ${quote(name)}, which may be dropped when using apply`;
    return [`${path.child('env').index(i)}: ${why}`];
  });
}

function containerWarnings(subject: Subject): void {
  const { spec, meta, template, warnings } = subject;
  const ofPod = spec.securityContext?.appArmorProfile;
  visitContainers(spec, (container, list, i) => {
    const { name, securityContext, resources, env = [] } = container;
    const path = (): Path => specPathOf(subject).child(list).index(i);
    const seccompKey = seccompContainerPrefix + name;
    if (!securityContext?.seccompProfile && meta.annotations?.[seccompKey] !== undefined) {
      warnings.push(`${annotationPath(subject, seccompKey)}: ${useSeccompField}`);
    }
    const annotation = meta.annotations?.[appArmorPrefix + name];
    if (template && annotation !== undefined && !securityContext?.appArmorProfile) {
      if (!ofPod || !deepEqual(ofPod, appArmorFieldForAnnotation(annotation))) {
        const at = annotationPath(subject, appArmorPrefix + name);
        warnings.push(`${at}: deprecated since v1.30; use the "appArmorProfile" field instead`);
      }
    }
    for (const amount of ['memory', 'ephemeral-storage']) {
      for (const which of ['limits', 'requests'] as const) {
        warnings.push(...fractionWarning(resources?.[which], amount, () => path().child('resources', which)));
      }
    }
    if (env.length > 1) warnings.push(...hiddenEnvWarnings(env, path()));
  });
}

function addressWarnings(subject: Subject): void {
  const { spec, warnings } = subject;
  for (const [i, server] of (spec.dnsConfig?.nameservers ?? []).entries()) {
    warnings.push(...getWarningsForIP(specPathOf(subject).child('dnsConfig', 'nameservers').index(i), server));
  }
  for (const [i, { ip }] of (spec.hostAliases ?? []).entries()) {
    warnings.push(...getWarningsForIP(specPathOf(subject).child('hostAliases').index(i).child('ip'), ip));
  }
}

function warningsForPodSpecAndMeta(template: Path | undefined, spec: corev1.PodSpec, meta: ObjectMeta): string[] {
  const warnings: string[] = [];
  const subject: Subject = { spec, meta, template, warnings };
  if (spec.nodeSelector ?? spec.affinity ?? spec.topologySpreadConstraints) schedulingWarnings(subject);
  for (const [key, why] of goneAnnotations) {
    if (meta.annotations?.[key] !== undefined) warnings.push(`${annotationPath(subject, key)}: ${why}`);
  }
  if (spec.volumes) warnings.push(...podVolumeWarnings(specPathOf(subject), spec.volumes));
  if (spec.hostAliases ?? spec.imagePullSecrets) duplicateWarnings(subject);
  for (const name of ['memory', 'ephemeral-storage']) {
    warnings.push(...fractionWarning(spec.overhead, name, () => specPathOf(subject).child('overhead')));
  }
  if (!spec.securityContext?.seccompProfile && meta.annotations?.[seccompPod] !== undefined) {
    warnings.push(`${annotationPath(subject, seccompPod)}: ${useSeccompField}`);
  }
  containerWarnings(subject);
  warnings.push(...portWarnings(specPathOf(subject), spec));
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) {
    const at = specPathOf(subject).child('terminationGracePeriodSeconds');
    warnings.push(`${at}: must be >= 0; negative values are invalid and will be treated as 1`);
  }
  if (spec.affinity) podAffinityWarnings(subject);
  if (spec.dnsConfig ?? spec.hostAliases) addressWarnings(subject);
  return warnings;
}

/** Warnings about a new pod. Upstream: pkg/registry/core/pod/strategy.go WarningsOnCreate (v1.36) */
export function getWarningsForPod({ metadata, spec }: corev1.Pod): string[] {
  const messages = isDNS1123Label(metadata.name ?? '');
  const why =
    "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended";
  const name = messages.length > 0 ? [`${why}: [${messages.join(' ')}]`] : [];
  return spec ? [...name, ...warningsForPodSpecAndMeta(undefined, spec, metadata)] : name;
}

/** Warnings about a template; `path` is the template's. Upstream: GetWarningsForPodTemplate (v1.36) */
export function getWarningsForPodTemplate(
  path: Path,
  template: corev1.PodTemplateSpec,
  _old?: corev1.PodTemplateSpec,
): string[] {
  return template.spec ? warningsForPodSpecAndMeta(path, template.spec, template.metadata ?? {}) : [];
}
