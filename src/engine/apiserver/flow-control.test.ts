import { expect, it } from 'vitest';
import type * as flowcontrolv1 from '../../api/flowcontrol/v1.ts';
import type { UserInfo } from '../../protocol/rest.ts';
import { Sim } from '../sim/sim.ts';
import { createApiServer } from './api-server.ts';
import { FlowControl } from './flow-control.ts';
import { requestInfo, splitPath } from './request-info.ts';

const server = createApiServer({ sim: new Sim({ seed: 'flows' }) });
server.start();
const flows = new FlowControl(server.resources);
const group = 'flowcontrol.apiserver.k8s.io';
const names = new Map(
  server.resources
    .list<flowcontrolv1.FlowSchema>(group, 'flowschemas')
    .map(({ metadata }) => [metadata.uid, metadata.name]),
);

const account = (namespace: string): UserInfo => ({
  username: `system:serviceaccount:${namespace}:x`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
});
const node: UserInfo = { username: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] };
const alice: UserInfo = { username: 'alice', groups: ['system:authenticated'] };
const nobody: UserInfo = { username: 'system:anonymous', groups: ['system:unauthenticated'] };

// The schemas that every cluster has, in the order of their precedence.
it.each<[UserInfo, method: string, path: string, schema: string]>([
  [{ username: 'root', groups: ['system:masters'] }, 'GET', '/api/v1/pods', 'exempt'],
  [nobody, 'GET', '/readyz', 'probes'],
  [nobody, 'GET', '/readyz/ping', 'probes'],
  [node, 'PATCH', '/api/v1/nodes/n1/status', 'system-node-high'],
  [node, 'PUT', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n1', 'system-node-high'],
  [node, 'GET', '/api/v1/pods', 'system-nodes'],
  [{ username: 'system:kube-scheduler', groups: [] }, 'GET', '/api/v1/pods', 'kube-scheduler'],
  [account('kube-system'), 'GET', '/api/v1/pods', 'kube-system-service-accounts'],
  [account('default'), 'GET', '/api/v1/pods', 'service-accounts'],
  [alice, 'GET', '/api/v1/namespaces/default/pods', 'global-default'],
  [alice, 'GET', '/version', 'global-default'],
])('%o %s %s belongs to %s', (user, method, target, expected) => {
  const { path, query } = splitPath(target);
  const info = requestInfo(method, path, query);
  const request = { method, path, headers: {} };
  const headers = flows.headersOf({ request, info, query, user, internal: false, warnings: new Set() });
  expect(names.get(headers['x-kubernetes-pf-flowschema-uid'])).toBe(expected);
  expect(headers['x-kubernetes-pf-prioritylevel-uid']).toBeDefined();
});
