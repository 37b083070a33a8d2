/** Logs, exec, attach and port-forward as a client sees them: through the API server to the kubelet and back. */
import { beforeAll, describe, expect, it } from 'vitest';
import type * as corev1 from '../../../src/api/core/v1.ts';
import { pods } from '../../../src/api/resources.ts';
import { type Cluster, createCluster } from '../../../src/engine/cluster.ts';
import type { ApiRequest, Call, Exchange } from '../../../src/protocol/rest.ts';

const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 };
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** One request and everything that came back. */
class Conversation {
  status = 0;
  upgrade: string | undefined;
  body = '';
  ended = false;
  readonly #channels = new Map<number, string>();
  readonly #call: Pick<Call, 'abort' | 'send' | 'closeSend'>;

  constructor(cluster: Cluster, request: ApiRequest) {
    let onData: ((bytes: Uint8Array | undefined) => void) | undefined;
    let onAbort: (() => void) | undefined;
    const exchange: Exchange = {
      head: ({ status, upgrade }) => {
        this.status = status;
        this.upgrade = upgrade;
      },
      frame: (frame) => this.#take(frame),
      end: () => (this.ended = true),
      onAbort: (callback) => (onAbort = callback),
      onData: (callback) => (onData = callback),
      backlog: 0,
    };
    this.#call = {
      abort: () => onAbort?.(),
      send: (bytes) => onData?.(bytes),
      closeSend: () => onData?.(undefined),
    };
    cluster.handleAsAdministrator(request, exchange);
  }

  on(channel: number): string {
    return this.#channels.get(channel) ?? '';
  }
  get outcome(): unknown {
    return JSON.parse(this.on(channels.error));
  }
  send(channel: number, text: string): void {
    this.#call.send(Uint8Array.of(channel, ...encoder.encode(text)));
  }
  close(channel: number): void {
    this.#call.send(Uint8Array.of(channels.close, channel));
  }
  abort(): void {
    this.#call.abort();
  }

  #take(frame: Uint8Array | string | object): void {
    if (!(frame instanceof Uint8Array)) this.body += typeof frame === 'string' ? frame : JSON.stringify(frame);
    else if (this.upgrade === undefined) this.body += decoder.decode(frame);
    else {
      const [channel = 0] = frame;
      this.#channels.set(channel, this.on(channel) + decoder.decode(frame.subarray(1)));
    }
  }
}

const shell = (script: string): Pick<corev1.Container, 'image' | 'command'> => ({
  image: 'busybox:1.36',
  command: ['sh', '-c', script],
});

const pod = (name: string, containers: readonly corev1.Container[], initContainers?: readonly corev1.Container[]) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { containers, terminationGracePeriodSeconds: 1, ...(initContainers ? { initContainers } : {}) },
});

describe('through the API server', () => {
  let cluster: Cluster;
  const path = (name: string, rest: string) => `/api/v1/namespaces/default/pods/${name}/${rest}`;
  const get = (name: string, rest: string, forMs = 1000): Conversation => {
    const conversation = new Conversation(cluster, { method: 'GET', path: path(name, rest), headers: {} });
    cluster.advance(forMs);
    return conversation;
  };
  const open = (name: string, rest: string, upgrade = 'v5.channel.k8s.io'): Conversation => {
    const request = { method: 'GET', path: path(name, rest), headers: {}, upgrade: [upgrade] };
    const conversation = new Conversation(cluster, request);
    cluster.advance(1000);
    return conversation;
  };
  const exec = (name: string, command: readonly string[], options = 'stdout=true&stderr=true') =>
    open(name, `exec?${options}&${command.map((word) => `command=${encodeURIComponent(word)}`).join('&')}`);

  beforeAll(() => {
    cluster = createCluster({ nodes: 1, latency: 'instant', systemPods: false, seed: 'streams' });
    cluster.advance(5000);
    const client = cluster.client().resource(pods, 'default');
    const all = [
      pod('talker', [
        { name: 'app', ...shell('echo one; echo two >&2; echo three; n=0; while true; do sleep 10; echo tick; done') },
      ]),
      pod('pair', [
        { name: 'left', ...shell('echo left; sleep 100000') },
        { name: 'right', ...shell('echo right; sleep 100000') },
      ]),
      pod('echoing', [{ name: 'app', ...shell('while read line; do echo "got $line"; done'), stdin: true }]),
      pod('crashing', [{ name: 'app', ...shell('echo run $RANDOM; sleep 2; exit 1') }]),
      pod('web', [{ name: 'app', image: 'nginx:1.27', ports: [{ containerPort: 80 }] }]),
      pod('stuck', [{ name: 'app', image: 'nosuch.invalid/app:1' }]),
      pod('starting', [{ name: 'app', ...shell('sleep 100') }], [{ name: 'first', ...shell('sleep 100000') }]),
    ];
    for (const each of all) {
      const task = cluster.sim.spawn(client.create(each));
      cluster.sim.runUntil(() => task.settled, { limitMs: 1000 });
      if (task.outcome?.kind === 'threw') throw task.outcome.error;
    }
    cluster.advance(5000);
  });

  describe('logs', () => {
    it('give both streams in order', () => {
      expect(get('talker', 'log')).toMatchObject({ status: 200, body: 'one\ntwo\nthree\n', ended: true });
    });
    it('are cut by tailLines and limitBytes', () => {
      expect(get('talker', 'log?tailLines=1').body).toMatch(/^(three|tick)\n$/);
      expect(get('talker', 'log?limitBytes=5').body).toBe('one\nt');
    });
    it('carry timestamps', () => {
      expect(get('talker', 'log?timestamps=true&limitBytes=40').body).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z one\n/);
    });
    it('can be followed until the client goes', () => {
      const following = get('talker', 'log?follow=true', 25_000);
      expect(following.body).toMatch(/^one\ntwo\nthree\ntick\ntick\n/);
      expect(following.ended).toBe(false);
      following.abort();
      const { body } = following;
      cluster.advance(30_000);
      expect(following.body).toBe(body);
    });
    it('of several containers need a name', () => {
      expect(JSON.parse(get('pair', 'log').body)).toMatchObject({
        code: 400,
        message: 'a container name must be specified for pod pair, choose one of: [left right]',
      });
      expect(get('pair', 'log?container=right').body).toBe('right\n');
    });
    it('of a container before this one are kept', () => {
      const [now, before] = [get('crashing', 'log').body, get('crashing', 'log?previous=true').body];
      expect(now).toMatch(/^run \d+\n$/);
      expect(before).toMatch(/^run \d+\n$/);
      expect(now).not.toBe(before);
      expect(JSON.parse(get('talker', 'log?previous=true').body)).toMatchObject({
        code: 400,
        message: 'previous terminated container "app" in pod "talker" not found',
      });
    });
    it('of a container that has not started say why', () => {
      expect(JSON.parse(get('stuck', 'log').body)).toMatchObject({
        code: 400,
        message: expect.stringMatching(
          /^container "app" in pod "stuck" is waiting to start: (trying and failing to pull image|image can't be pulled)$/,
        ),
      });
      expect(JSON.parse(get('starting', 'log').body)).toMatchObject({
        code: 400,
        message: 'container "app" in pod "starting" is waiting to start: PodInitializing',
      });
    });
  });

  describe('exec', () => {
    it('runs a command and tells its output apart', () => {
      const ran = exec('talker', ['sh', '-c', 'echo out; echo err >&2']);
      expect(ran).toMatchObject({ status: 101, upgrade: 'v5.channel.k8s.io', ended: true });
      expect(ran.on(channels.stdout)).toBe('out\n');
      expect(ran.on(channels.stderr)).toBe('err\n');
      expect(ran.outcome).toEqual({ metadata: {}, status: 'Success' });
    });
    it('tells the exit code', () => {
      expect(exec('talker', ['sh', '-c', 'exit 7']).outcome).toEqual({
        metadata: {},
        status: 'Failure',
        message: 'command terminated with non-zero exit code: command terminated with exit code 7',
        reason: 'NonZeroExitCode',
        details: { causes: [{ reason: 'ExitCode', message: '7' }] },
      });
    });
    it('feeds what the client sends', () => {
      const ran = exec('talker', ['cat'], 'stdin=true&stdout=true');
      ran.send(channels.stdin, 'hello\n');
      cluster.advance(100);
      expect(ran.on(channels.stdout)).toBe('hello\n');
      ran.close(channels.stdin);
      cluster.advance(100);
      expect(ran).toMatchObject({ ended: true, outcome: { status: 'Success' } });
    });
    it('gives a terminal that can be interrupted', () => {
      const ran = exec('talker', ['sh'], 'stdin=true&stdout=true&tty=true');
      ran.send(channels.resize, JSON.stringify({ Width: 132, Height: 50 }));
      ran.send(channels.stdin, 'sleep 1000\n');
      cluster.advance(1000);
      expect(ran.on(channels.stdout)).toMatch(/# sleep 1000[^]*\r\n$/);
      ran.send(channels.stdin, '\x03');
      cluster.advance(1000);
      ran.send(channels.stdin, 'exit 3\n');
      cluster.advance(1000);
      expect(ran).toMatchObject({ ended: true, outcome: { details: { causes: [{ message: '3' }] } } });
    });
    it('of a command that is not there says so as the runtime does', () => {
      const { outcome } = exec('talker', ['nosuch']);
      expect(outcome).toMatchObject({
        status: 'Failure',
        message: expect.stringContaining('exec: "nosuch": executable file not found in $PATH'),
      });
    });
    it('needs a container that runs', () => {
      expect(exec('stuck', ['ls'])).toMatchObject({
        status: 101,
        outcome: { message: 'Internal error occurred: unable to upgrade connection: container not found ("app")' },
      });
    });
  });

  it('attach speaks with the program itself', () => {
    const attached = open('echoing', 'attach?stdin=true&stdout=true');
    attached.send(channels.stdin, 'there\n');
    cluster.advance(100);
    expect(attached.on(channels.stdout)).toBe('got there\n');
    attached.abort();
    cluster.advance(1000);
    expect(get('echoing', 'log').body).toBe('got there\n');
  });

  it('attach ends with the input of the client, and the program goes on', () => {
    const attached = open('echoing', 'attach?stdin=true&stdout=true');
    attached.send(channels.stdin, 'again\n');
    cluster.advance(100);
    attached.close(channels.stdin);
    cluster.advance(100);
    expect(attached.on(channels.stdout)).toBe('got again\n');
    expect(attached.ended).toBe(true);
    expect(cluster.read(pods, 'default', 'echoing')?.status?.phase).toBe('Running');
  });

  describe('port-forward', () => {
    it('carries bytes to a port of the pod', () => {
      const forwarded = open('web', 'portforward?ports=80', 'v4.channel.k8s.io');
      expect(forwarded.status).toBe(101);
      forwarded.send(0, 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
      cluster.advance(1000);
      expect(forwarded.on(0)).toMatch(/^..HTTP\/1\.1 200 OK\r\n[^]*Welcome to nginx!/);
      expect(forwarded.on(0).slice(0, 2)).toBe('P\0');
    });
    it('to a port where nobody listens says so', () => {
      const forwarded = open('web', 'portforward?ports=81', 'v4.channel.k8s.io');
      forwarded.send(0, 'hello');
      cluster.advance(1000);
      expect(forwarded.on(1)).toMatch(/connect: connection refused/);
    });
  });
});
