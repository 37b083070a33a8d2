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
import { addInput, createInputStore, type InputStore, setInputs } from './input-store.ts';
import { keepFiles } from './keep-files.ts';
import { createNoticeStore, type NoticeStore, notify } from './notice-store.ts';
import { startProjection } from './projection.ts';
import { type KeptSession, nothingKept, SessionDatabase } from './session-database.ts';
import { createSettingsStore, type SettingsStore } from './settings-store.ts';
import { isShared, longestLink, readShared, shareFragment } from './share-link.ts';
import type { Workstation } from '../terminal/workstation.ts';
import { pageTurns } from './turns.ts';
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
  readonly inputs: InputStore = createInputStore();
  readonly notices: NoticeStore = createNoticeStore();
  readonly view: ViewStore = createViewStore();
  readonly files: FileStore = createFileStore();
  readonly settings: SettingsStore = createSettingsStore(localStorage);
  readonly driver: PromiseDriver;
  readonly #frames = pageFrames();
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
    const turns = pageTurns();
    this.driver = new PromiseDriver({
      now: () => this.now(),
      setTimeout: (callback, ms) => setTimeout(callback, ms),
      clearTimeout: (handle: never) => clearTimeout(handle as ReturnType<typeof setTimeout>),
      queueMicrotask: (callback) => turns.defer(callback),
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
    const kept = (await this.#openLink()) ?? (await this.#openDatabase());
    keepFiles(this.files, kept, this.#database);
    this.clusterSettings = kept.settings ?? firstCluster;
    if (!kept.visited) void this.#database?.put('settings', this.clusterSettings);
    await this.#startCluster(kept);
  }

  /** A new cluster in place of this one; files stay. */
  async restart(settings: ClusterSettings): Promise<void> {
    this.view.setState({ selected: undefined });
    await this.#replaceCluster(settings, nothingKept);
  }

  /** Brings the cluster back to an earlier moment, where time stands still. What was done since is forgotten. */
  async rewind(atMs: number): Promise<void> {
    const inputs = this.inputs.getState().inputs.filter((record) => record.atMs < atMs);
    await this.#replaceCluster(this.clusterSettings, { ...nothingKept, inputs, elapsedMs: atMs }, true);
  }

  /** The page's address with this cluster and these files in it. @throws when that is too much for an address */
  async link(): Promise<string> {
    const { files, active } = this.files.getState();
    const elapsedMs = this.clock.getState().clock?.elapsedMs ?? 0;
    const { inputs } = this.inputs.getState();
    const fragment = await shareFragment({ settings: this.clusterSettings, inputs, elapsedMs, files, active });
    if (fragment.length > longestLink) throw new Error('this cluster has lived through too much to fit in a link');
    return location.href.replace(/#.*$/, '') + fragment;
  }

  async #replaceCluster(settings: ClusterSettings, kept: KeptSession, paused = false): Promise<void> {
    this.#stopProjection?.();
    this.#worker.terminate();
    await this.#database?.clearCluster();
    await this.#database?.put('settings', settings);
    await this.#database?.put('elapsedMs', kept.elapsedMs);
    for (const record of kept.inputs) this.#database?.appendInput(record);
    this.cluster.setState(emptyCluster, true);
    this.events.setState({ events: [] });
    this.clock.setState({ clock: undefined, toldAtMs: 0 });
    this.controllers.setState({ controllers: [] });
    this.clusterSettings = settings;
    const { worker, control, transport } = this.#connect();
    this.#worker = worker;
    this.control = control;
    this.transport = transport;
    this.client = clientOver(transport);
    await this.#startCluster(kept, paused);
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

  /** What the address carries; the person's own work is left alone, and nothing is kept. */
  async #openLink(): Promise<KeptSession | undefined> {
    addEventListener('hashchange', () => {
      if (isShared(location.hash)) location.reload();
    });
    if (!isShared(location.hash)) return undefined;
    try {
      const shared = await readShared(location.hash);
      notify(this.notices, {
        level: 'info',
        title: 'A shared cluster',
        text: 'It came with the link. What you do here is not kept; your own cluster is there when you open the page without the link.',
      });
      return shared;
    } catch (error) {
      this.problem('link', error, 'The link could not be read');
      return undefined;
    }
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

  async #startCluster(kept: KeptSession, paused = false): Promise<void> {
    setInputs(this.inputs, kept.inputs);
    this.clock.setState({ replay: kept.elapsedMs > 0 ? { untilMs: kept.elapsedMs, reachedMs: 0 } : undefined });
    this.control.subscribe((event) => this.#take(event));
    try {
      await this.control.send<ClockState>({
        op: 'start',
        settings: paused ? { ...this.clusterSettings, paused } : this.clusterSettings,
        restore: kept.inputs,
        untilMs: kept.elapsedMs,
      });
    } catch (error) {
      this.problem('start', error, 'The cluster did not start');
      return;
    }
    this.#stopProjection = startProjection(this.client, this.driver, this, this.#frames);
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
      case 'replayed':
        this.clock.setState(({ replay }) => (replay ? { replay: { ...replay, reachedMs: event.elapsedMs } } : {}));
        break;
      case 'flows':
        for (const listener of this.#flowListeners) listener(event.flows);
        break;
      case 'input':
        addInput(this.inputs, event.record);
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
