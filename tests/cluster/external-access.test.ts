/** The cluster's network as a machine outside sees it: node ports are reached, pods and cluster addresses are not. */
import { beforeAll, describe, expect, it } from 'vitest';
import { nodes, services } from '../../src/api/resources.ts';
import { bodyOf, requestOnce } from '../../src/client/request.ts';
import { loopbackTransport } from '../../src/client/transport/loopback.ts';
import { type Cluster, createCluster } from '../../src/engine/cluster.ts';
import type { ApiRequest, Transport } from '../../src/protocol/rest.ts';
import { createAll, webServers } from './support.ts';

function outside(cluster: Cluster): Transport {
  return loopbackTransport(
    { handle: (request, exchange) => void expect(cluster.handleExternalAccess(request, exchange)).toBe(true) },
    cluster.sim,
  );
}
const ask = (cluster: Cluster, method: string, path: string) => {
  const request: ApiRequest = { method, path, headers: {} };
  const answer = cluster.run(requestOnce(outside(cluster), request));
  return { status: answer.status, body: bodyOf(answer) };
};

describe('from outside', () => {
  let cluster: Cluster;
  beforeAll(() => {
    cluster = createCluster({ nodes: [{}], latency: 'instant' });
    createAll(
      cluster,
      webServers(1).replace('selector: { app: web }, ports', 'type: NodePort, selector: { app: web }, ports'),
    );
    cluster.advance(60_000);
    return () => cluster.stop();
  });

  it('a connection to a node port carries bytes until the server closes it', () => {
    const address = cluster.readAll(nodes)[0]?.status?.addresses?.[0]?.address ?? '';
    const port = cluster.read(services, 'default', 'web')?.spec?.ports?.[0]?.nodePort ?? 0;
    let heard = '';
    let ended = false;
    const call = outside(cluster).request(
      { method: 'CONNECT', path: `${address}:${port}`, headers: {} },
      {
        head: ({ status }) => (heard += `${status} `),
        frame: (frame) => (heard += new TextDecoder().decode(frame as Uint8Array)),
        end: () => (ended = true),
        fail: () => {},
      },
    );
    cluster.advance(1000);
    call.send(new TextEncoder().encode('GET /hostname HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'));
    cluster.advance(1000);
    expect(heard).toMatch(/^200 HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nweb-/);
    expect(ended).toBe(true);
  });

  it.each([
    ['CONNECT', 'no.such.name.example.invalid:80', 502, { code: 'ENOTFOUND' }],
    ['LOOKUP', 'web.default.svc.cluster.local', 502, { code: 'ENOTFOUND' }],
    ['LOOKUP', 'kubernetes.io', 200, { value: [expect.stringMatching(/^[0-9.]+$/)] }],
  ])('%s %s', (method, path, status, body) => {
    expect(ask(cluster, method, path)).toEqual({ status, body: expect.objectContaining(body) as object });
  });

  it('requests of the API are none of these', () => {
    const exchange = {
      head: () => {},
      frame: () => {},
      end: () => {},
      onAbort: () => {},
      onData: () => {},
      backlog: 0,
    };
    expect(cluster.handleExternalAccess({ method: 'GET', path: '/version', headers: {} }, exchange)).toBe(false);
  });
});
