import { beforeEach, describe, expect, it } from 'vitest';
import type * as apiregistrationv1 from '../../../api/apiregistration/v1.ts';
import type * as discoveryv1 from '../../../api/discovery/v1.ts';
import { apiServices, endpointSlices, namespaces, services } from '../../../api/resources.ts';
import { Client } from '../../../client/client.ts';
import { loopbackTransport } from '../../../client/transport/loopback.ts';
import type { Process } from '../../../process/process.ts';
import type { ApiRequest, Exchange, Frame } from '../../../protocol/rest.ts';
import { Sim } from '../../sim/sim.ts';
import { type ApiServer, createApiServer } from '../api-server.ts';
import type { OutwardAnswer, OutwardReceiver, OutwardTarget } from '../outward.ts';

const admin = { username: 'admin', groups: ['system:masters', 'system:authenticated'] };
const name = 'v1beta1.agg.example.com';
const path = '/apis/agg.example.com/v1beta1';
const resourceList = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: 'agg.example.com/v1beta1',
  resources: [
    { name: 'foos', singularName: 'foo', namespaced: true, kind: 'Foo', verbs: ['get', 'list'], shortNames: ['f'] },
    { name: 'foos/status', singularName: '', namespaced: true, kind: 'Foo', verbs: ['get'] },
  ],
};

interface Asked {
  readonly target: OutwardTarget;
  readonly request: ApiRequest;
}

class World {
  readonly sim = new Sim();
  readonly asked: Asked[] = [];
  readonly server: ApiServer;
  readonly client: Client;
  receiver: OutwardReceiver | undefined;
  /** Undefined: the test itself answers. */
  answer: OutwardAnswer | string | undefined = 'dial tcp 10.96.0.9:8443: connect: connection refused';

  constructor() {
    this.server = createApiServer({
      sim: this.sim,
      tokens: { secret: admin },
      serviceResolver: {
        request: (target, request, done, failed) => {
          this.asked.push({ target, request });
          const { answer } = this;
          if (answer !== undefined) this.sim.defer(() => (typeof answer === 'string' ? failed(answer) : done(answer)));
          return () => {};
        },
        open: (target, request, receiver) => {
          this.asked.push({ target, request });
          this.receiver = receiver;
          const { answer } = this;
          if (answer === undefined) return { abort: () => {}, send: () => {} };
          this.sim.defer(() => {
            if (typeof answer === 'string') return receiver.failed(answer);
            receiver.head(answer);
            receiver.bytes(new TextEncoder().encode(answer.body));
            receiver.end();
          });
          return { abort: () => {}, send: () => {} };
        },
      },
    });
    this.server.start();
    const transport = loopbackTransport(this.server.components, this.sim, { peer: admin });
    this.client = new Client(transport, { 'user-agent': 'test' });
    this.run(this.client.resource(namespaces).create({ metadata: { name: 'agg' } }));
  }

  run<T>(process: Process<T>): T {
    const task = this.sim.spawn(process);
    this.sim.runUntil(() => task.settled);
    if (task.outcome?.kind !== 'returned') throw (task.outcome as { error?: unknown } | undefined)?.error;
    return task.outcome.value as T;
  }

  register(): void {
    this.run(this.client.resource(apiServices).create(apiService));
    this.sim.advance(100);
  }

  condition(): apiregistrationv1.APIServiceCondition | undefined {
    return this.run(this.client.resource(apiServices).get(name)).status?.conditions?.[0];
  }

  get(asked: string, accept = 'application/json'): { status: number; body: string } {
    let status = 0;
    let body = '';
    const text = (frame: Frame) =>
      typeof frame === 'string'
        ? frame
        : frame instanceof Uint8Array
          ? new TextDecoder().decode(frame)
          : JSON.stringify(frame);
    const exchange: Exchange = {
      head: (head) => {
        ({ status } = head);
      },
      frame: (frame) => {
        body += text(frame);
      },
      end: () => {},
      onAbort: () => {},
      onData: () => {},
      backlog: 0,
    };
    const headers = { accept, authorization: 'Bearer secret' };
    this.server.handle({ method: 'GET', path: asked, headers }, exchange);
    this.sim.advance(10);
    return { status, body };
  }
}

const apiService: apiregistrationv1.APIService = {
  metadata: { name },
  spec: {
    group: 'agg.example.com',
    version: 'v1beta1',
    groupPriorityMinimum: 100,
    versionPriority: 10,
    insecureSkipTLSVerify: true,
    service: { namespace: 'agg', name: 's', port: 8443 },
  },
};

const ok = (body: object): OutwardAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/json', connection: 'close' },
  body: JSON.stringify(body),
});

function serve(world: World, port: number, slice: Partial<discoveryv1.EndpointSlice> | undefined): void {
  const ports = [{ name: 'x', port, targetPort: 9443 }];
  world.run(
    world.client.resource(services, 'agg').create({ metadata: { name: 's' }, spec: { clusterIP: '10.96.0.9', ports } }),
  );
  if (slice) {
    world.run(
      world.client.resource(endpointSlices, 'agg').create({
        metadata: { name: 's', labels: { 'kubernetes.io/service-name': 's' } },
        addressType: 'IPv4',
        endpoints: [{ addresses: ['10.0.0.9'] }],
        ports: [{ name: 'x', port: 9443 }],
        ...slice,
      }),
    );
  }
  world.sim.advance(100);
}

let world: World;
beforeEach(() => {
  world = new World();
});

describe('availability', () => {
  const url = `https://10.96.0.9:8443${path}`;
  it.each([
    ['no service', undefined, 'ServiceNotFound', 'service/s in "agg" is not present'],
    ['another port', [443, undefined], 'ServicePortError', 'service/s in "agg" is not listening on port 8443'],
    ['no slices', [8443, undefined], 'EndpointsNotFound', 'cannot find endpointslices for service/s in "agg"'],
    [
      'another port name',
      [8443, { ports: [{ name: 'y', port: 1 }] }],
      'MissingEndpoints',
      'endpointslices for service/s in "agg" have no addresses with port name "x"',
    ],
    [
      'nobody answers',
      [8443, {}],
      'FailedDiscoveryCheck',
      `failing or missing response from ${url}: Get "${url}": dial tcp 10.96.0.9:8443: connect: connection refused`,
    ],
  ] as const)('%s', (_, service, reason, message) => {
    if (service) serve(world, service[0], service[1] as Partial<discoveryv1.EndpointSlice> | undefined);
    world.register();
    expect(world.condition()).toMatchObject({ type: 'Available', status: 'False', reason, message });
  });

  it('a bad status', () => {
    world.answer = { status: 404, headers: {}, body: '' };
    serve(world, 8443, {});
    world.register();
    const message = `failing or missing response from ${url}: bad status from ${url}: 404`;
    expect(world.condition()).toMatchObject({ reason: 'FailedDiscoveryCheck', message });
  });

  it('becomes available when the service answers, and is so until it does not', () => {
    world.register();
    world.answer = ok(resourceList);
    serve(world, 8443, {});
    expect(world.condition()).toMatchObject({ status: 'True', reason: 'Passed', message: 'all checks passed' });
    expect(world.asked.at(-1)).toMatchObject({
      target: {
        kind: 'service',
        namespace: 'agg',
        name: 's',
        port: 8443,
        tls: { serverName: 's.agg.svc', insecure: true },
      },
      request: { path, headers: { 'x-remote-user': 'system:kube-aggregator', 'x-remote-group': 'system:masters' } },
    });
    world.answer = 'connection reset';
    world.sim.advance(31_000);
    expect(world.condition()).toMatchObject({ status: 'False', reason: 'FailedDiscoveryCheck' });
  });

  it('leaves nothing running once the APIService is gone', () => {
    world.register();
    world.run(world.client.resource(apiServices).delete(name));
    world.sim.advance(100);
    const before = world.asked.length;
    serve(world, 8443, {});
    world.sim.advance(60_000);
    expect(world.asked).toHaveLength(before);
    expect(world.get(path).status).toBe(404);
  });
});

describe('requests', () => {
  function asked(): World {
    world.answer = ok(resourceList);
    serve(world, 8443, {});
    world.register();
    world.answer = undefined;
    return world;
  }
  const line = (name: string) =>
    new TextEncoder().encode(`${JSON.stringify({ type: 'ADDED', object: { metadata: { name } } })}\n`);

  it('of watches are answered as the events come', () => {
    const { client, sim } = asked();
    const heard: string[] = [];
    const foos = { group: 'agg.example.com', version: 'v1beta1', resource: 'foos', kind: 'Foo', namespaced: true };
    client
      .resource(foos, 'agg')
      .watch({}, { event: ({ object }) => heard.push(object.metadata.name ?? ''), end: () => heard.push('end') });
    sim.advance(10);
    world.receiver?.head({
      status: 200,
      headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
    });
    world.receiver?.bytes(line('a'));
    sim.advance(10);
    expect(heard).toEqual(['a']);
    const second = line('zwölf');
    world.receiver?.bytes(second.subarray(0, 45));
    sim.advance(100_000);
    world.receiver?.bytes(second.subarray(45));
    sim.advance(10);
    expect(heard).toEqual(['a', 'zwölf']);
    world.receiver?.end();
    sim.advance(10);
    expect(heard).toEqual(['a', 'zwölf', 'end']);
  });

  it('that do not end within a minute fail', () => {
    asked();
    let answered: { status: number; body: string } | undefined;
    const get = () => world.get(`${path}/foos`);
    const frames: string[] = [];
    expect(get()).toEqual({ status: 0, body: '' });
    const exchange: Exchange = {
      head: ({ status }) => (answered = { status, body: '' }),
      frame: (frame) => frames.push(String(frame)),
      end: () => {},
      onAbort: () => {},
      onData: () => {},
      backlog: 0,
    };
    world.server.handle({ method: 'GET', path: `${path}/foos`, headers: { authorization: 'Bearer secret' } }, exchange);
    world.sim.advance(61_000);
    expect([answered?.status, frames]).toEqual([503, ['error trying to reach service: context deadline exceeded\n']]);
  });

  it('are refused as long as the service is not available', () => {
    world.register();
    expect(world.get(path)).toEqual({ status: 503, body: 'service unavailable\n' });
    expect(world.get(`${path}/foos`)).toEqual({ status: 503, body: 'service unavailable\n' });
  });

  it('are passed on with who asks, without credentials', () => {
    world.answer = ok(resourceList);
    serve(world, 8443, {});
    world.register();
    world.answer = ok({ kind: 'FooList' });
    expect(world.get(`${path}/namespaces/agg/foos?limit=5`)).toEqual({ status: 200, body: '{"kind":"FooList"}' });
    const { request } = world.asked.at(-1) ?? {};
    expect(request?.path).toBe(`${path}/namespaces/agg/foos?limit=5`);
    expect(request?.headers).toEqual({
      accept: 'application/json',
      'x-remote-user': 'admin',
      'x-remote-group': 'system:masters, system:authenticated',
    });
    world.answer = 'dial tcp 10.96.0.9:8443: i/o timeout';
    const body = 'error trying to reach service: dial tcp 10.96.0.9:8443: i/o timeout\n';
    expect(world.get(`${path}/foos`)).toEqual({ status: 503, body });
  });
});

describe('discovery', () => {
  const groups = () => (JSON.parse(world.get('/apis').body) as { groups: { name: string }[] }).groups;
  const items = () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    return (JSON.parse(world.get('/apis', accept).body) as { items: { versions: object[] }[] }).items;
  };

  it('tells of the group, stale at first', () => {
    world.register();
    expect(groups().at(-1)).toMatchObject({ name: 'agg.example.com', versions: [{ version: 'v1beta1' }] });
    expect(items().at(-1)).toMatchObject({ versions: [{ version: 'v1beta1', freshness: 'Stale' }] });
  });

  it('tells what the service serves', () => {
    world.answer = ok(resourceList);
    serve(world, 8443, {});
    world.register();
    const gvk = { group: 'agg.example.com', version: 'v1beta1', kind: 'Foo' };
    expect(items().at(-1)?.versions).toEqual([
      {
        version: 'v1beta1',
        freshness: 'Current',
        resources: [
          {
            resource: 'foos',
            responseKind: gvk,
            scope: 'Namespaced',
            singularResource: 'foo',
            verbs: ['get', 'list'],
            shortNames: ['f'],
            subresources: [{ subresource: 'status', responseKind: gvk, verbs: ['get'] }],
          },
        ],
      },
    ]);
  });
});

describe('APIServices of the server itself', () => {
  it('are there from the start, available', () => {
    const { items } = world.run(world.client.resource(apiServices).list());
    expect(items).toHaveLength(21);
    expect(items.every(({ status }) => status?.conditions?.[0]?.reason === 'Local')).toBe(true);
    expect(items[0]).toMatchObject({
      metadata: { name: 'v1.', labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } },
      spec: { version: 'v1', groupPriorityMinimum: 18_000, versionPriority: 1 },
    });
  });
});
