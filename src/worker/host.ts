/**
 * Hosts a cluster behind two MessagePorts: Kubernetes REST, and the control channel of `protocol/control.ts`. It maps wall time to
 * virtual time and keeps the input log: every write and every control action that came from the page, with its virtual time.
 */
import { servePort } from '../client/transport/port.ts';
import { type Cluster, createCluster } from '../engine/cluster.ts';
import { Pacer } from '../engine/cluster-pacer.ts';
import type {
  ControlCommand,
  ControlEvent,
  ControlReply,
  ControlRequest,
  FlowEvent,
  InputRecord,
} from '../protocol/control.ts';
import type { ApiHandler, ApiRequest, Exchange } from '../protocol/rest.ts';
import { Descriptions } from './descriptions.ts';
import { evaluateController } from './evaluate-controller.ts';
import { replayInputs } from './replay-inputs.ts';
import { pacerHost } from './pacer-host.ts';

const clockEveryMs = 100;

type StartCommand = Extract<ControlCommand, { readonly op: 'start' }>;

interface Hosted {
  readonly cluster: Cluster;
  readonly pacer: Pacer;
}

/** Serves until the ports close. */
export function hostCluster(rest: MessagePort, control: MessagePort): void {
  const host = new ClusterHost(control);
  servePort(rest, host);
  control.onmessage = (message: MessageEvent<ControlRequest>) => void host.answer(message.data);
}

class ClusterHost implements ApiHandler {
  readonly #control: MessagePort;
  #hosted: Hosted | undefined;
  /** Requests that came before the cluster was there. */
  #early: { request: ApiRequest; exchange: Exchange }[] = [];
  #flows: FlowEvent[] = [];
  #clockSentAt = 0;
  #controllersChanged = false;
  readonly #descriptions = new Descriptions();
  /** Puts the counting into loops of people's own code; undefined until the first controller runs. */
  #guardLoops: ((source: string) => string) | undefined;

  constructor(control: MessagePort) {
    this.#control = control;
  }

  handle(request: ApiRequest, exchange: Exchange): void {
    const hosted = this.#hosted;
    if (!hosted) return void this.#early.push({ request, exchange });
    // Only documents tell what fields mean: the first one waits for the texts.
    if (request.path.startsWith('/openapi/') && !this.#descriptions.settled)
      return void this.#descriptions.load().then(() => this.handle(request, exchange));
    const { cluster, pacer } = hosted;
    if (cluster.handleExternalAccess(request, awake(exchange, pacer))) return pacer.kick();
    if (isWrite(request)) {
      cluster.sim.settle();
      this.#emit({ event: 'input', record: recordOf(cluster.sim.elapsed, request) });
    }
    cluster.handleAsAdministrator(request, exchange);
    pacer.kick();
  }

  async answer({ id, command }: ControlRequest): Promise<void> {
    let reply: ControlReply;
    try {
      reply = { id, result: await this.#perform(command) };
    } catch (error) {
      reply = { id, error: error instanceof Error ? error.message : String(error) };
    }
    this.#control.postMessage(reply);
  }

  async #perform(command: ControlCommand): Promise<unknown> {
    if (command.op === 'start') return this.#start(command);
    const hosted = this.#hosted;
    if (!hosted) throw new Error('the cluster has not been started');
    const { cluster, pacer } = hosted;
    switch (command.op) {
      case 'pause':
        pacer.pause();
        break;
      case 'resume':
        pacer.resume();
        break;
      case 'speed':
        pacer.setSpeed(command.speed);
        break;
      case 'step':
        pacer.step(command.ms);
        break;
      case 'runUntil':
        pacer.runUntil(command.atMs);
        break;
      case 'why':
        return cluster.why(command.resource, command.namespace, command.name);
      case 'explainScheduling':
        return cluster.explainScheduling(`${command.namespace}/${command.name}`);
      case 'historyHash':
        return cluster.historyHash();
      case 'runController':
        await this.#loadGuards();
        this.#act(hosted, command);
        break;
      default:
        this.#act(hosted, command);
    }
    this.#sendClock();
    return pacer.state;
  }

  /** Does what changes the cluster, and writes it down. */
  #act({ cluster, pacer }: Hosted, command: ControlCommand): void {
    cluster.sim.settle();
    this.#emit({ event: 'input', record: { atMs: cluster.sim.elapsed, kind: 'control', command } });
    cluster.control(command);
    pacer.kick();
  }

  async #loadGuards(): Promise<void> {
    this.#guardLoops ??= (await import('./guard-loops.ts')).guardLoops;
  }

  async #start({ settings, restore = [], untilMs = 0 }: StartCommand): Promise<unknown> {
    this.#hosted?.pacer.stop();
    this.#hosted?.cluster.stop();
    this.#hosted = undefined;
    if (restore.some((record) => record.kind === 'control' && record.command.op === 'runController'))
      await this.#loadGuards();
    const cluster = createCluster({
      ...settings,
      onProblem: (problem) => this.#emit({ event: 'problem', ...problem }),
      onFlow: (flow) => void this.#flows.push(flow),
      evaluateController: (source, host) => evaluateController(source, host, this.#guardLoops ?? ((text) => text)),
      fieldDescriptions: () => this.#descriptions.loaded,
      onControllers: () => {
        this.#controllersChanged = true;
      },
    });
    await replayInputs(cluster, restore, untilMs, () =>
      this.#emit({ event: 'replayed', elapsedMs: cluster.sim.elapsed }),
    );
    // Requests of the past are not shown again.
    this.#flows = [];
    const pacer = new Pacer(cluster.sim, pacerHost);
    pacer.onSlice(() => this.#afterSlice());
    this.#hosted = { cluster, pacer };
    if (settings.paused) pacer.pause();
    pacer.start();
    for (const { request, exchange } of this.#early.splice(0)) this.handle(request, exchange);
    return pacer.state;
  }

  #afterSlice(): void {
    const now = pacerHost.now();
    // After a step there may be no next slice to tell of it.
    if (now - this.#clockSentAt < clockEveryMs && !this.#hosted?.pacer.state.paused) return;
    this.#clockSentAt = now;
    this.#sendClock();
    if (this.#controllersChanged && this.#hosted) {
      this.#controllersChanged = false;
      this.#emit({ event: 'controllers', controllers: this.#hosted.cluster.controllers() });
    }
    if (this.#flows.length > 0) this.#emit({ event: 'flows', flows: this.#flows.splice(0) });
  }

  #sendClock(): void {
    if (this.#hosted) this.#emit({ event: 'clock', clock: this.#hosted.pacer.state });
  }

  #emit(event: ControlEvent): void {
    this.#control.postMessage(event);
  }
}

/** Wakes the pacer with whatever the client sends later. */
function awake(exchange: Exchange, pacer: Pacer): Exchange {
  return {
    head: (head) => exchange.head(head),
    frame: (frame) => exchange.frame(frame),
    end: () => exchange.end(),
    onAbort: (callback) => exchange.onAbort(callback),
    onData: (callback) =>
      exchange.onData((bytes) => {
        callback(bytes);
        pacer.kick();
      }),
    get backlog() {
      return exchange.backlog;
    },
  };
}

const writes = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const isWrite = (request: ApiRequest): boolean => writes.has(request.method) && !request.upgrade;

function recordOf(atMs: number, request: ApiRequest): InputRecord {
  const { method, path, headers, body } = request;
  const text =
    body === undefined
      ? undefined
      : typeof body === 'string'
        ? body
        : body instanceof Uint8Array
          ? new TextDecoder().decode(body)
          : JSON.stringify(body);
  return { atMs, kind: 'request', method, path, headers, ...(text === undefined ? {} : { body: text }) };
}
