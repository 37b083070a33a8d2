import { isJsonObject } from '../../apimachinery/json-value.ts';
import {
  kindOf,
  metaOf,
  nameOf,
  namespaceOf,
  type Unstructured,
  valueAt,
  withMeta,
  withNamespace,
  withValueAt,
} from '../object.ts';
import type { Image, Kustomization, LabelEntry } from './kustomization.ts';
import type { Resource } from './resource-map.ts';

const clusterKinds = new Set(
  `APIService CSIDriver CSINode CertificateSigningRequest ClusterRole ClusterRoleBinding ComponentStatus CustomResourceDefinition
  FlowSchema IPAddress IngressClass MutatingWebhookConfiguration Namespace Node PersistentVolume PriorityClass
  PriorityLevelConfiguration RuntimeClass ServiceCIDR StorageClass SelfSubjectAccessReview SelfSubjectReview SubjectAccessReview
  TokenReview ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration VolumeAttachment
  VolumeAttributesClass`.split(/\s+/),
);
/** Kinds whose names neither prefix nor suffix changes. */
const keptNames = new Set(['CustomResourceDefinition', 'APIService', 'Namespace']);
const templateKinds = new Set(['ReplicationController', 'Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet', 'Job']);
const selectorKinds = new Set(['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet']);
const scaledKinds = new Set(['Deployment', 'ReplicationController', 'ReplicaSet', 'StatefulSet']);

/** What a layer does to all it holds, patches aside. Upstream: kustomize/api/internal/target/kusttarget_configplugin.go */
export function runTransformers(kustomization: Kustomization, resources: readonly Resource[]): void {
  const { namespace = '', namePrefix = '', nameSuffix = '', commonAnnotations, commonLabels } = kustomization;
  const labels: readonly LabelEntry[] = [
    ...(kustomization.labels ?? []),
    ...(commonLabels === undefined ? [] : [{ pairs: commonLabels, includeSelectors: true }]),
  ];
  for (const resource of resources) {
    if (namespace !== '') resource.object = inNamespace(resource, namespace);
    if (namePrefix !== '' || nameSuffix !== '') resource.object = affixed(resource, namePrefix, nameSuffix);
    for (const entry of labels) resource.object = labelled(resource.object, entry);
    if (commonAnnotations) resource.object = annotated(resource.object, commonAnnotations);
    for (const { name, count } of kustomization.replicas ?? []) {
      if (scaledKinds.has(kindOf(resource.object).kind) && hadName(resource, name)) {
        resource.object = withValueAt(resource.object, ['spec', 'replicas'], count);
      }
    }
    for (const image of kustomization.images ?? []) resource.object = withImage(resource.object, image) as Unstructured;
  }
}

const hadName = ({ object, before }: Resource, name: string): boolean =>
  nameOf(object) === name || before.some((former) => former.name === name);

const remember = ({ object, before }: Resource): void => {
  before.push({ name: nameOf(object), namespace: namespaceOf(object) });
};

function inNamespace(resource: Resource, namespace: string): Unstructured {
  const { object } = resource;
  const { kind } = kindOf(object);
  if (kind === 'Namespace') {
    remember(resource);
    return withMeta(object, { name: namespace });
  }
  const moved = clusterKinds.has(kind) ? object : withNamespace(object, namespace);
  const subjects = valueAt(object, 'subjects');
  if (!Array.isArray(subjects)) return moved;
  return {
    ...moved,
    subjects: subjects.map((subject: unknown) =>
      isJsonObject(subject) &&
      subject['kind'] === 'ServiceAccount' &&
      (subject['name'] === 'default' || subject['namespace'] !== undefined)
        ? { ...subject, namespace }
        : subject,
    ),
  };
}

function affixed(resource: Resource, prefix: string, suffix: string): Unstructured {
  const { object } = resource;
  if (keptNames.has(kindOf(object).kind)) return object;
  remember(resource);
  return withMeta(object, { name: `${prefix}${nameOf(object)}${suffix}` });
}

/** Adds entries to the map at a path; a missing map is made only when it may be. */
function addedAt(
  object: Unstructured,
  path: readonly string[],
  pairs: Readonly<Record<string, string>>,
  create: boolean,
): Unstructured {
  const before = valueAt(object, ...path);
  if (!isJsonObject(before) && !create) return object;
  return withValueAt(object, path, { ...(isJsonObject(before) ? before : {}), ...pairs });
}

function labelled(object: Unstructured, { pairs, includeSelectors, includeTemplates }: LabelEntry): Unstructured {
  const { kind, group } = kindOf(object);
  let result = addedAt(object, ['metadata', 'labels'], pairs, true);
  if (includeSelectors || includeTemplates) {
    if (templateKinds.has(kind)) result = addedAt(result, ['spec', 'template', 'metadata', 'labels'], pairs, true);
    if (kind === 'CronJob') {
      result = addedAt(result, ['spec', 'jobTemplate', 'metadata', 'labels'], pairs, true);
      result = addedAt(result, ['spec', 'jobTemplate', 'spec', 'template', 'metadata', 'labels'], pairs, true);
    }
  }
  if (!includeSelectors) return result;
  if ((kind === 'Service' && group === '') || kind === 'ReplicationController') {
    result = addedAt(result, ['spec', 'selector'], pairs, true);
  }
  if (selectorKinds.has(kind)) result = addedAt(result, ['spec', 'selector', 'matchLabels'], pairs, true);
  if (kind === 'Job' || kind === 'PodDisruptionBudget') {
    result = addedAt(result, ['spec', 'selector', 'matchLabels'], pairs, false);
  }
  if (kind === 'NetworkPolicy') result = addedAt(result, ['spec', 'podSelector', 'matchLabels'], pairs, false);
  return result;
}

function annotated(object: Unstructured, pairs: Readonly<Record<string, string>>): Unstructured {
  const { kind } = kindOf(object);
  let result = withMeta(object, { annotations: { ...metaOf(object).annotations, ...pairs } });
  if (templateKinds.has(kind)) result = addedAt(result, ['spec', 'template', 'metadata', 'annotations'], pairs, true);
  if (kind === 'CronJob') {
    result = addedAt(result, ['spec', 'jobTemplate', 'metadata', 'annotations'], pairs, true);
    result = addedAt(result, ['spec', 'jobTemplate', 'spec', 'template', 'metadata', 'annotations'], pairs, true);
  }
  return result;
}

/** Changes the images of containers wherever they stand. */
function withImage(value: unknown, image: Image): unknown {
  if (Array.isArray(value)) return value.map((item) => withImage(item, image));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      if ((key !== 'containers' && key !== 'initContainers') || !Array.isArray(member))
        return [key, withImage(member, image)];
      return [
        key,
        member.map((container: unknown) =>
          isJsonObject(container) && typeof container['image'] === 'string'
            ? { ...container, image: imageText(container['image'], image) }
            : container,
        ),
      ];
    }),
  );
}

/** Upstream: kustomize/api/filters/imagetag/updater.go */
function imageText(text: string, { name, newName, newTag, tagSuffix = '', digest }: Image): string {
  const [, present = '', tag = '', hash = ''] = /^(.*?)(:[^:/@]+)?(@.+)?$/.exec(text) ?? [];
  if (present !== name) return text;
  const base = newName ?? present;
  if (digest !== undefined) return `${base}${newTag ? `:${newTag}` : ''}@${digest}`;
  if (newTag !== undefined) return `${base}:${newTag}${tagSuffix}`;
  return `${base}${tag === '' ? '' : tag + tagSuffix}${hash}`;
}
