import { describe, expect, it } from 'vitest';
import type { FieldRequirement } from '../../../apimachinery/fields.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import type { ObjectReader } from '../registry/strategy-context.ts';
import { NodeAuthorizer } from './node.ts';

const objects: Readonly<Record<string, readonly object[]>> = {
  pods: [
    {
      metadata: { name: 'p', namespace: 'ns' },
      spec: {
        nodeName: 'n1',
        serviceAccountName: 'sa',
        imagePullSecrets: [{ name: 'pull' }],
        containers: [
          { name: 'a', env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'k' } } }] },
        ],
        volumes: [
          { name: 'v', persistentVolumeClaim: { claimName: 'claim' } },
          { name: 'w', ephemeral: {} },
          { name: 'x', iscsi: { secretRef: { name: 'chap' } } },
        ],
        resourceClaims: [{ name: 'r', resourceClaimTemplateName: 't' }],
      },
      status: { resourceClaimStatuses: [{ name: 'r', resourceClaimName: 'made' }] },
    },
    {
      metadata: { name: 'mirror', namespace: 'ns', annotations: { 'kubernetes.io/config.mirror': 'x' } },
      spec: { nodeName: 'n1', serviceAccountName: 'other', containers: [] },
    },
    { metadata: { name: 'q', namespace: 'ns' }, spec: { nodeName: 'n2', containers: [] } },
  ],
  persistentvolumes: [
    {
      metadata: { name: 'pv' },
      spec: {
        claimRef: { namespace: 'ns', name: 'claim' },
        csi: {
          nodeStageSecretRef: { namespace: 'vault', name: 'stage' },
          controllerPublishSecretRef: { namespace: 'vault', name: 'publish' },
        },
      },
    },
  ],
  resourceslices: [{ metadata: { name: 'slice' }, spec: { nodeName: 'n1' } }],
};

const reader: ObjectReader = {
  get: <T extends KubernetesObject>(_: string, resource: string, namespace: string, name: string) =>
    (objects[resource] as readonly T[] | undefined)?.find(
      ({ metadata }) => metadata.name === name && (metadata.namespace ?? '') === namespace,
    ),
  list: <T extends KubernetesObject>(_: string, resource: string) => (objects[resource] ?? []) as readonly T[],
};

interface Asked {
  readonly group?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly fieldRequirements?: readonly FieldRequirement[];
}

const ask = (verb: string, resource: string, asked: Asked = {}, node = 'n1') =>
  new NodeAuthorizer(reader).authorize({
    ...{ group: '', version: 'v1', subresource: '', namespace: 'ns', name: '', path: '', isResourceRequest: true },
    ...{ verb, resource },
    ...asked,
    user: { username: `system:node:${node}`, groups: ['system:nodes'] },
  });

const own: readonly FieldRequirement[] = [{ field: 'spec.nodeName', operator: '=', value: 'n1' }];
const draGroup = 'resource.k8s.io';
const unrelated = "no relationship found between node 'n1' and this object";

describe('a node may', () => {
  it.each<[string, string, Asked]>([
    ['get', 'secrets', { name: 'pull' }],
    ['list', 'secrets', { name: 'chap' }],
    ['get', 'secrets', { namespace: 'vault', name: 'stage' }],
    ['watch', 'configmaps', { name: 'settings' }],
    ['get', 'persistentvolumeclaims', { name: 'p-w' }],
    ['patch', 'persistentvolumeclaims', { name: 'claim', subresource: 'status' }],
    ['get', 'persistentvolumes', { namespace: '', name: 'pv' }],
    ['get', 'resourceclaims', { group: draGroup, name: 'made' }],
    ['create', 'serviceaccounts', { name: 'sa', subresource: 'token' }],
    ['get', 'pods', { name: 'p' }],
    ['list', 'pods', { fieldRequirements: own }],
    ['list', 'pods', { name: 'p' }],
    ['deletecollection', 'resourceslices', { group: draGroup, namespace: '', fieldRequirements: own }],
    ['delete', 'resourceslices', { group: draGroup, namespace: '', name: 'slice' }],
    ['update', 'nodes', { namespace: '', name: 'n1', subresource: 'status' }],
    ['create', 'events', {}],
  ])('%s %s %j', (verb, resource, asked) => expect(ask(verb, resource, asked)).toEqual({ allowed: true, reason: '' }));
});

describe('a node may not', () => {
  it.each<[string, string, Asked, string]>([
    ['get', 'secrets', { name: 'other' }, unrelated],
    ['get', 'secrets', { namespace: 'vault', name: 'publish' }, unrelated],
    ['list', 'secrets', {}, 'No Object name found'],
    ['update', 'secrets', { name: 'pull' }, 'can only read resources of this type'],
    ['get', 'serviceaccounts', { name: 'other' }, unrelated],
    ['get', 'pods', { name: 'q' }, unrelated],
    ['get', 'pods', { name: 'gone' }, unrelated],
    ['list', 'pods', {}, 'can only list/watch pods with spec.nodeName field selector'],
    ['update', 'pods', { name: 'p' }, ''],
    ['list', 'nodes', { namespace: '' }, "node 'n1' cannot read all nodes, only its own Node object"],
    ['get', 'nodes', { namespace: '', name: 'n2' }, "node 'n1' cannot read 'n2', only its own Node object"],
    ['get', 'resourceslices', { group: draGroup, namespace: '', name: 'x' }, unrelated],
    ['get', 'podcertificaterequests', { group: 'certificates.k8s.io', name: 'x' }, ''],
  ])('%s %s %j', (verb, resource, asked, reason) =>
    expect(ask(verb, resource, asked)).toEqual({ allowed: false, reason }),
  );

  it('be nobody', () =>
    expect(ask('get', 'pods', {}, '')).toEqual({ allowed: false, reason: 'unknown node for user "system:node:"' }));
});
