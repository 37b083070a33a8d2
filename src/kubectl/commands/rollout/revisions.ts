import type * as appsv1 from '../../../api/apps/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { schemaFor } from '../../../api/schema.ts';
import { errorText } from '../../../apimachinery/error-text.ts';
import type { JsonObject } from '../../../apimachinery/json-value.ts';
import { labelSelectorAsSelector } from '../../../apimachinery/labels.ts';
import { applyStrategicMergePatch } from '../../../apimachinery/strategic-merge-patch.ts';
import { listAll } from '../../describe/session.ts';
import type { Process } from '../../../process/process.ts';
import { KubectlError } from '../../errors.ts';
import type { Factory } from '../../factory.ts';
import { findNewReplicaSet, ownedReplicaSets } from '../../polymorphic/replica-sets.ts';
import { kindOf, metaOf, type Unstructured, valueAt } from '../../object.ts';
import type { Info } from '../../resource/info.ts';
import type { RestMapping } from '../../rest/discovery.ts';

export const changeCause = 'kubernetes.io/change-cause';

/** One step of an object's past. */
export interface Revision {
  readonly revision: number;
  readonly template: corev1.PodTemplateSpec;
  readonly cause: string;
  /** A deployment's replica set; otherwise the object as it was then. */
  readonly object: Unstructured;
  /** What brings a set's revision back. */
  readonly patch?: JsonObject;
}

export interface History {
  readonly object: Unstructured;
  readonly revisions: readonly Revision[];
}

/** `ConfigMap`, `Deployment.apps`. */
export const groupKindText = ({ kind, group }: RestMapping): string => (group === '' ? kind : `${kind}.${group}`);

/** The revisions of a deployment, daemon set or stateful set. Upstream: kubectl/pkg/polymorphichelpers/history.go (v1.36) */
export function* readHistory(
  { factory, served, namespace, name }: Info,
  verb: 'history' | 'rollbacker',
): Process<History> {
  const words: Readonly<Record<string, string>> = {
    'Deployment.apps': 'deployment',
    'DaemonSet.apps': 'DaemonSet',
    'StatefulSet.apps': 'Statefulset',
  };
  const key = groupKindText(served);
  const word = Object.hasOwn(words, key) ? words[key] : undefined;
  if (word === undefined) throw notImplemented(served, verb);
  let object: Unstructured;
  try {
    object = yield* factory.helper(served).get(namespace, name);
  } catch (error) {
    throw new KubectlError(`failed to retrieve ${word} ${name}: ${errorText(error)}`);
  }
  const revisions =
    word === 'deployment' ? yield* ofDeployment(factory, object) : yield* ofControllerRevisions(factory, object);
  return { object, revisions };
}

const knownKinds = ['Pod', 'ReplicationController', 'Job.batch', 'CronJob.batch', 'ReplicaSet.apps'];

function notImplemented(mapping: RestMapping, verb: 'history' | 'rollbacker'): KubectlError {
  const name = groupKindText(mapping);
  if (!knownKinds.includes(name)) {
    return new KubectlError(
      `error retrieving ${verb} for "${name}", no visitor method exists for {${mapping.group} ${mapping.kind}}`,
    );
  }
  const what = verb === 'history' ? 'history viewer' : 'rollbacker';
  return new KubectlError(`no ${what} has been implemented for "${name}"`);
}

function* ofDeployment(factory: Factory, object: Unstructured): Process<Revision[]> {
  const deployment = object as unknown as appsv1.Deployment;
  const { namespace = '' } = deployment.metadata ?? {};
  const labelSelector = labelSelectorAsSelector(deployment.spec?.selector).toString();
  const path = `/apis/apps/v1/namespaces/${namespace}/replicasets`;
  const sets = yield* listAll<appsv1.ReplicaSet>({ factory, chunkSize: 0 }, path, { labelSelector });
  const owned = ownedReplicaSets(deployment, sets);
  const current = findNewReplicaSet(deployment, owned);
  const ordered = [...owned.filter((set) => set !== current), ...(current === undefined ? [] : [current])];
  return ordered.map((set) => {
    const annotations = set.metadata?.annotations;
    const cause = annotations?.[changeCause] ?? '';
    const template = set.spec?.template ?? {};
    const withCause =
      cause === ''
        ? template
        : {
            ...template,
            metadata: {
              ...template.metadata,
              annotations: { ...template.metadata?.annotations, [changeCause]: cause },
            },
          };
    const revision = Number(annotations?.['deployment.kubernetes.io/revision'] ?? '0');
    const shown = { apiVersion: 'apps/v1', kind: 'ReplicaSet', ...set } as unknown as Unstructured;
    return { revision, template: withCause as corev1.PodTemplateSpec, cause, object: shown };
  });
}

function* ofControllerRevisions(factory: Factory, object: Unstructured): Process<Revision[]> {
  const { namespace = '', uid } = metaOf(object);
  const selector = labelSelectorAsSelector(valueAt(object, 'spec', 'selector') as object);
  const path = `/apis/apps/v1/namespaces/${namespace}/controllerrevisions`;
  const all = yield* listAll<appsv1.ControllerRevision>({ factory, chunkSize: 0 }, path, {
    labelSelector: selector.toString(),
  });
  const schema = schemaFor(kindOf(object));
  return all
    .filter(({ metadata }) => metadata?.ownerReferences?.some((owner) => owner.controller && owner.uid === uid))
    .map(({ revision, data, metadata }) => {
      const patch = (data ?? {}) as JsonObject;
      const past = (schema === undefined ? object : applyStrategicMergePatch(object, patch, schema)) as Unstructured;
      const template = valueAt(past, 'spec', 'template') as corev1.PodTemplateSpec;
      return { revision, template, cause: metadata?.annotations?.[changeCause] ?? '', object: past, patch };
    });
}
