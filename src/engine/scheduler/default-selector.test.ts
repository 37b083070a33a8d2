import { expect, it } from 'vitest';
import { replicaSets, replicationControllers, services, statefulSets } from '../../api/resources.ts';
import { newDefaultSelector } from './default-selector.ts';
import { makePod, PluginFixture } from './plugin-fixture.ts';

const namespace = 'test';

interface Case {
  readonly name: string;
  /** Labels of pods that a Service of the namespace selects, by its name. */
  readonly services?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly owner?: { readonly apiVersion: string; readonly kind: string };
  readonly labels?: Readonly<Record<string, string>>;
  readonly want: string;
}
const ofPod = { podLabelKey: 'podLabelVal' };
const ofOwner = { ownerLabelKey: 'ownerLabelVal' };

// Upstream: plugins/helper/spread_test.go TestDefaultSelector, TestGetPodServices (v1.36)
it.each<Case>([
  { name: 'DefaultSelector for default case', want: '' },
  {
    name: 'DefaultSelector for no OwnerReference pod case',
    services: { 'test-service': ofPod },
    want: 'podLabelKey=podLabelVal',
  },
  {
    name: 'DefaultSelector for ReplicaSet OwnerReference pod case',
    services: { 'test-service': ofPod },
    owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
    want: 'ownerLabelKey=ownerLabelVal,podLabelKey=podLabelVal',
  },
  {
    name: 'DefaultSelector for ReplicationController OwnerReference pod case',
    services: { 'test-service': ofPod },
    owner: { apiVersion: 'v1', kind: 'ReplicationController' },
    want: 'ownerLabelKey=ownerLabelVal,podLabelKey=podLabelVal',
  },
  {
    name: 'DefaultSelector for StatefulSet OwnerReference pod case',
    services: { 'test-service': ofPod },
    owner: { apiVersion: 'apps/v1', kind: 'StatefulSet' },
    want: 'ownerLabelKey=ownerLabelVal,podLabelKey=podLabelVal',
  },
  {
    name: 'an owner of another group is none of those',
    owner: { apiVersion: 'example.com/v1', kind: 'ReplicaSet' },
    want: '',
  },
  {
    name: 'GetPodServices for pod-1',
    services: { 'service-0': { app: 'test-0' }, 'service-1': { app: 'test-1' }, 'service-2': { app: 'test-2' } },
    labels: { app: 'test-1', label: 'label-1' },
    want: 'app=test-1',
  },
  {
    name: 'GetPodServices for pod-3',
    services: { 'service-0': { app: 'test-0' }, 'service-1': { app: 'test-1' }, 'service-2': { app: 'test-2' } },
    labels: { app: 'test-3', label: 'label-3' },
    want: '',
  },
])('$name', ({ services: selecting = {}, owner, labels = ofPod, want }) => {
  const { informers } = new PluginFixture([], { nodes: [] });
  const selectorOf = newDefaultSelector(informers);
  for (const [name, selector] of Object.entries(selecting))
    informers.informer(services).store.put({ metadata: { name, namespace }, spec: { selector } });
  const metadata = { name: 'owner', namespace };
  const template = { metadata: {}, spec: { containers: [] } };
  const selector = { matchLabels: ofOwner };
  informers.informer(replicaSets).store.put({ metadata, spec: { selector, template } });
  informers.informer(replicationControllers).store.put({ metadata, spec: { selector: ofOwner } });
  informers.informer(statefulSets).store.put({ metadata, spec: { selector, template, serviceName: '' } });
  const pod = makePod({ namespace, labels });
  const ownerReferences = owner && [{ ...owner, name: 'owner', uid: 'u', controller: true }];
  const found = selectorOf({ ...pod, metadata: { ...pod.metadata, ...(ownerReferences ? { ownerReferences } : {}) } });
  expect(String(found)).toBe(want);
});
