/** How agnhost's webhook judges what it is asked about, by the path it is asked at. Upstream: test/images/agnhost/webhook (v1.36) */

type Json = Readonly<Record<string, unknown>>;
type Patch = readonly { readonly op: string; readonly path: string; readonly value?: unknown }[];

export interface Verdict {
  readonly allowed: boolean;
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly patch?: Patch;
  /** The answer is this late; for ever when it is Infinity. */
  readonly delayMs?: number;
}

export interface AdmissionSettings {
  readonly sidecarImage: string;
}

export type Decider = (request: Json, settings: AdmissionSettings) => Verdict;

const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const labelsOf = (request: Json): Json => object(object(object(request.object).metadata).labels);
const dataOf = (value: unknown): Json => object(object(value).data);

const allow: Verdict = { allowed: true };
const mark = 'webhook-e2e-test';

const addLabel: Decider = (request) => {
  const labels = labelsOf(request);
  const path = '/metadata/labels/added-label';
  if (Object.keys(labels).length === 0) {
    return { allowed: true, patch: [{ op: 'add', path: '/metadata/labels', value: { 'added-label': 'yes' } }] };
  }
  if (!('added-label' in labels)) return { allowed: true, patch: [{ op: 'add', path, value: 'yes' }] };
  return labels['added-label'] === 'yes' ? allow : { allowed: true, patch: [{ op: 'replace', path, value: 'yes' }] };
};

const admitPods: Decider = (request) => {
  const { [mark]: label } = labelsOf(request);
  const reasons: string[] = [];
  if (label === 'webhook-disallow') reasons.push('the pod contains unwanted label;');
  for (const container of list(object(object(request.object).spec).containers)) {
    if (String(object(container).name).includes('webhook-disallow'))
      reasons.push('the pod contains unwanted container name;');
  }
  if (label === 'wait-forever') return { allowed: false, delayMs: Infinity };
  return reasons.length === 0 ? allow : { allowed: false, message: reasons.join(' ') };
};

/** Adds a container unless it is there. */
const adding =
  (where: 'initContainers' | 'containers', wanted: (pod: Json) => boolean, added: Json, patch: Patch): Decider =>
  (request) => {
    const pod = object(request.object);
    const isThere = list(object(pod.spec)[where]).some((container) => object(container).name === added.name);
    return wanted(pod) && !isThere ? { allowed: true, patch } : allow;
  };

const initContainer = { image: 'webhook-added-image', name: 'webhook-added-init-container', resources: {} };
const mutatePods = adding(
  'initContainers',
  (pod) => object(pod.metadata).name === 'webhook-to-be-mutated',
  initContainer,
  [{ op: 'add', path: '/spec/initContainers', value: [initContainer] }],
);

const mutatePodsSidecar: Decider = (request, settings) => {
  const { sidecarImage: image } = settings;
  if (image === '') {
    return { allowed: false, code: 500, message: 'No image specified by the sidecar-image parameter' };
  }
  const sidecar = { image, name: 'webhook-added-sidecar', resources: {} };
  const patch = [{ op: 'add', path: '/spec/containers/-', value: sidecar }];
  return adding('containers', () => true, sidecar, patch)(request, settings);
};

/** Refuses data that is not wanted, and to delete what says that it stays. */
const admitData =
  (unwanted: string, undeletable: string): Decider =>
  (request) => {
    const deletes = request.operation === 'DELETE';
    const { [mark]: value } = dataOf(deletes ? request.oldObject : request.object);
    if (deletes) return value === 'webhook-nondeletable' ? { allowed: false, reason: undeletable } : allow;
    const changes = request.operation === 'CREATE' || request.operation === 'UPDATE';
    return changes && value === 'webhook-disallow' ? { allowed: false, reason: unwanted } : allow;
  };

const mutateData: Decider = (request) => {
  const data = dataOf(request.object);
  const stage = data['mutation-stage-1'] === 'yes' ? 2 : data['mutation-start'] === 'yes' ? 1 : 0;
  if (stage === 0) return allow;
  return { allowed: true, patch: [{ op: 'add', path: `/data/mutation-stage-${stage}`, value: 'yes' }] };
};

const denyAttachment: Decider = (request) => {
  const { stdin, container } = object(request.object);
  if (request.name !== 'to-be-attached-pod' || stdin !== true || container !== 'container1') return allow;
  return { allowed: false, message: "attaching to pod 'to-be-attached-pod' is not allowed" };
};

export const deciders: ReadonlyMap<string, Decider> = new Map<string, Decider>([
  ['/always-allow-delay-5s', () => ({ allowed: true, message: 'this webhook allows all requests', delayMs: 5000 })],
  ['/always-deny', () => ({ allowed: false, message: 'this webhook denies all requests' })],
  ['/add-label', addLabel],
  ['/pods', admitPods],
  ['/pods/attach', denyAttachment],
  ['/mutating-pods', mutatePods],
  ['/mutating-pods-sidecar', mutatePodsSidecar],
  [
    '/configmaps',
    admitData(
      'the configmap contains unwanted key and value',
      'the configmap cannot be deleted because it contains unwanted key and value',
    ),
  ],
  ['/mutating-configmaps', mutateData],
  [
    '/custom-resource',
    admitData(
      'the custom resource contains unwanted data',
      'the custom resource cannot be deleted because it contains unwanted key and value',
    ),
  ],
  ['/mutating-custom-resource', mutateData],
  [
    '/crd',
    (request) =>
      labelsOf(request)[mark] === 'webhook-disallow'
        ? { allowed: false, message: 'the crd contains unwanted label' }
        : allow,
  ],
]);
