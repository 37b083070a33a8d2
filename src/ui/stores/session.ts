/**
 * One visit: the worker's two ports, the client over them, and the stores that the panels select from. Everything that the page
 * does to the cluster passes through here.
 */
import { errorText } from '../../apimachinery/error-text.ts';
import { Client } from '../../client/client.ts';
import { portTransport } from '../../client/transport/port.ts';
import { PromiseDriver } from '../../process/promise-driver.ts';
import type { ClockState, ClusterSettings, ControlEvent, FlowEvent, WorkerHello } from '../../protocol/control.ts';
import type { Transport } from '../../protocol/rest.ts';
import { type ClockStore, createClockStore, virtualNow } from './clock-store.ts';
import { type ClusterStore, createClusterStore, emptyCluster } from './cluster-store.ts';
import { ControlChannel } from './control-channel.ts';
import { type ControllerStore, createControllerStore } from './controller-store.ts';
import { createEventStore, type EventStore } from './event-store.ts';
import { createFileStore, type FileStore } from './file-store.ts';
import { pageFrames } from './frame-batcher.ts';
import { keepFiles } from './keep-files.ts';
import { createNoticeStore, type NoticeStore, notify } from './notice-store.ts';
import { startProjection } from './projection.ts';
import { type KeptSession, nothingKept, SessionDatabase } from './session-database.ts';
import { createSettingsStore, type SettingsStore } from './settings-store.ts';
import type { Workstation } from '../terminal/workstation.ts';
import { createViewStore, type ViewStore } from './view-store.ts';

/** Starts a fresh worker: given by the page, so that this folder does not name the engine. */
export type StartWorker = () => Worker;

const firstCluster: ClusterSettings = {
  seed: 'tabernetes',
  nodes: 3,
  hollow: false,
  latency: 'realistic',
  metricsServer: true,
};

export class Session {
  readonly cluster: ClusterStore = createClusterStore();
  readonly events: EventStore = createEventStore();
  readonly clock: ClockStore = createClockStore();
  readonly controllers: ControllerStore = createControllerStore();
  readonly notices: NoticeStore = createNoticeStore();
  readonly view: ViewStore = createViewStore();
  readonly files: FileStore = createFileStore();
  readonly settings: SettingsStore = createSettingsStore(localStorage);
  readonly driver: PromiseDriver;
  control: ControlChannel;
  transport: Transport;
  client: Client;
  clusterSettings: ClusterSettings = firstCluster;
  readonly #startWorker: StartWorker;
  readonly #flowListeners = new Set<(flows: readonly FlowEvent[]) => void>();
  #worker: Worker;
  #database: SessionDatabase | undefined;
  #stopProjection: (() => void) | undefined;
  #keptClockAt = 0;
  #workstation: Promise<Workstation> | undefined;

  constructor(startWorker: StartWorker) {
    this.#startWorker = startWorker;
    this.driver = new PromiseDriver({
      now: () => this.now(),
      setTimeout: (callback, ms) => setTimeout(callback, ms),
      clearTimeout: (handle: never) => clearTimeout(handle as ReturnType<typeof setTimeout>),
      queueMicrotask: (callback) => queueMicrotask(callback),
      onUnhandled: (error, name) => this.problem(name, error),
    });
    const { worker, control, transport } = this.#connect();
    this.#worker = worker;
    this.control = control;
    this.transport = transport;
    this.client = clientOver(transport);
  }

  /** Virtual time; wall-clock time before the cluster has told its own. */
  now(): number {
    return virtualNow(this.clock.getState(), performance.now()) || Date.now();
  }

  /** Opens what was kept and brings the cluster back to where it was. */
  async start(): Promise<void> {
    const kept = await this.#openDatabase();
    keepFiles(this.files, kept, this.#database);
    this.clusterSettings = kept.settings ?? firstCluster;
    if (!kept.visited) void this.#database?.put('settings', this.clusterSettings);
    await this.#startCluster(kept);
  }

  /** A new cluster in place of this one; files stay. */
  async restart(settings: ClusterSettings): Promise<void> {
    this.#stopProjection?.();
    this.#worker.terminate();
    await this.#database?.clearCluster();
    await this.#database?.put('settings', settings);
    this.cluster.setState(emptyCluster, true);
    this.events.setState({ events: [] });
    this.clock.setState({ clock: undefined, toldAtMs: 0 });
    this.controllers.setState({ controllers: [] });
    this.view.setState({ selected: undefined });
    this.clusterSettings = settings;
    const { worker, control, transport } = this.#connect();
    this.#worker = worker;
    this.control = control;
    this.transport = transport;
    this.client = clientOver(transport);
    await this.#startCluster(nothingKept);
  }

  /** The person's machine, with shell and kubectl; loaded when it is first wanted. */
  workstation(): Promise<Workstation> {
    this.#workstation ??= import('../terminal/workstation.ts').then(
      (module) => new module.Workstation(this),
      (error: unknown) => {
        // The next call tries again: the connection may have been away.
        this.#workstation = undefined;
        throw error;
      },
    );
    return this.#workstation;
  }

  onFlows(listener: (flows: readonly FlowEvent[]) => void): () => void {
    this.#flowListeners.add(listener);
    return () => this.#flowListeners.delete(listener);
  }

  /** Shows an error that nobody handled. */
  problem(where: string, error: unknown, title = 'Something went wrong'): void {
    const text = errorText(error);
    notify(this.notices, { level: 'error', title, text: `${where}: ${text}` });
  }

  async #openDatabase(): Promise<KeptSession> {
    try {
      this.#database = await SessionDatabase.open();
      const kept = await this.#database.read();
      if (!this.#database.writer) {
        notify(this.notices, {
          level: 'warning',
          title: 'Open in another tab',
          text: 'This tab shows a copy of your work. What you do here is not kept.',
        });
      }
      if (kept.skipped > 0) {
        notify(this.notices, {
          level: 'warning',
          title: 'Part of the last visit could not be read',
          text: `${kept.skipped} records were left out.`,
        });
      }
      return kept;
    } catch {
      notify(this.notices, {
        level: 'warning',
        title: 'Nothing will be kept',
        text: 'The browser gives this page no storage.',
      });
      return nothingKept;
    }
  }

  async #startCluster(kept: KeptSession): Promise<void> {
    this.control.subscribe((event) => this.#take(event));
    try {
      const state = await this.control.send<ClockState>({
        op: 'start',
        settings: this.clusterSettings,
        restore: kept.inputs,
      });
      if (kept.elapsedMs > (state?.elapsedMs ?? 0)) await this.control.send({ op: 'runUntil', atMs: kept.elapsedMs });
    } catch (error) {
      this.problem('start', error, 'The cluster did not start');
      return;
    }
    this.#stopProjection = startProjection(this.client, this.driver, this, pageFrames);
  }

  #connect(): { worker: Worker; control: ControlChannel; transport: Transport } {
    const worker = this.#startWorker();
    const rest = new MessageChannel();
    const control = new MessageChannel();
    const hello: WorkerHello = { rest: rest.port1, control: control.port1 };
    worker.postMessage(hello, [rest.port1, control.port1]);
    worker.addEventListener('error', (event) => this.problem('engine', event.message, 'The engine stopped'));
    return { worker, control: new ControlChannel(control.port2), transport: portTransport(rest.port2) };
  }

  #take(event: ControlEvent): void {
    switch (event.event) {
      case 'clock':
        this.clock.setState({ clock: event.clock, toldAtMs: performance.now() });
        this.#keepClock(event.clock.elapsedMs);
        break;
      case 'flows':
        for (const listener of this.#flowListeners) listener(event.flows);
        break;
      case 'input':
        this.#database?.appendInput(event.record);
        break;
      case 'controllers':
        this.controllers.setState({ controllers: event.controllers });
        break;
      case 'problem':
        notify(this.notices, {
          level: event.fatal ? 'error' : 'warning',
          title: event.fatal ? 'The engine stopped' : `${event.component} reported an error`,
          text: event.message,
        });
    }
  }

  #keepClock(elapsedMs: number): void {
    const now = performance.now();
    if (now - this.#keptClockAt < 1000) return;
    this.#keptClockAt = now;
    void this.#database?.put('elapsedMs', elapsedMs);
  }
}

const clientOver = (transport: Transport) => new Client(transport, { 'user-agent': 'tabernetes-page' });
