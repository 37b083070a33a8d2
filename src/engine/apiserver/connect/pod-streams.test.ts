import { expect, it } from 'vitest';
import type { UserInfo } from '../../../protocol/rest.ts';
import { createCluster } from '../../cluster.ts';

const admin: UserInfo = { username: 'admin', groups: ['system:masters'] };
const reader: UserInfo = { username: 'reader', groups: [] };

/** The status of an answer, and its message. */
function ask(
  cluster: ReturnType<typeof createCluster>,
  peer: UserInfo,
  method: string,
  path: string,
  body?: object,
): string {
  let text = '';
  let status = 0;
  cluster.handle(
    {
      method,
      path,
      headers: { 'content-type': 'application/json' },
      peer,
      upgrade: ['v5.channel.k8s.io'],
      ...(body ? { body } : {}),
    },
    {
      head: (head) => {
        status = head.status;
      },
      frame: (frame) => {
        text = (frame as { message?: string }).message ?? '';
      },
      end: () => {},
      onAbort: () => {},
      onData: () => {},
      backlog: 0,
    },
  );
  cluster.advance(1000);
  return `${status} ${text}`;
}

it.each(['exec?command=ls&stdout=1', 'attach?stdout=1', 'portforward?ports=80'])(
  'who may only get may not begin %s as a WebSocket',
  (stream) => {
    const cluster = createCluster({ controllers: false, scheduler: false, nodes: 0, latency: 'instant' });
    const roles = '/apis/rbac.authorization.k8s.io/v1/namespaces/default';
    const rules = [{ apiGroups: [''], resources: ['pods/exec', 'pods/attach', 'pods/portforward'], verbs: ['get'] }];
    ask(cluster, admin, 'POST', `${roles}/roles`, { metadata: { name: 'reader' }, rules });
    ask(cluster, admin, 'POST', `${roles}/rolebindings`, {
      metadata: { name: 'reader' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
      subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'reader' }],
    });
    const path = `/api/v1/namespaces/default/pods/box/${stream}`;
    expect(ask(cluster, reader, 'GET', path)).toBe('403 pods "box" is forbidden: ');
    expect(ask(cluster, admin, 'GET', path)).toBe('404 pods "box" not found');
    cluster.stop();
  },
);

it('a kubelet without an address, or without a node, cannot be asked', () => {
  const cluster = createCluster({ controllers: false, scheduler: false, nodes: 0, latency: 'instant' });
  ask(cluster, admin, 'POST', '/api/v1/nodes', { metadata: { name: 'bare' } });
  ask(cluster, admin, 'POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } });
  for (const nodeName of ['bare', 'gone']) {
    const spec = { nodeName, containers: [{ name: 'c', image: 'i' }] };
    ask(cluster, admin, 'POST', '/api/v1/namespaces/default/pods', { metadata: { name: `on-${nodeName}` }, spec });
  }
  const refusal = '500 no preferred addresses found; known addresses: []';
  expect([
    ask(cluster, admin, 'GET', '/api/v1/namespaces/default/pods/on-bare/log'),
    ask(cluster, admin, 'GET', '/api/v1/nodes/bare/proxy/healthz'),
    ask(cluster, admin, 'GET', '/api/v1/namespaces/default/pods/on-gone/log'),
    ask(cluster, admin, 'GET', '/api/v1/nodes/gone/proxy/healthz'),
  ]).toEqual([refusal, refusal, '404 pods "gone" not found', '404 nodes "gone" not found']);
  cluster.stop();
});
