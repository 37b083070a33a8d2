/**
 * Runs the controllers, each as its own service account over informers that all share; each can be stopped and started alone.
 * The composition root makes one.
 *
 * Upstream: cmd/kube-controller-manager/app/controllermanager.go (v1.36)
 */
import type { Client } from '../../client/client.ts';
import { EventRecorder } from '../../client/event-recorder.ts';
import { InformerFactory } from '../../client/informer.ts';
import type { Random } from '../sim/random.ts';
import type { Sim } from '../sim/sim.ts';
import type { ControllerDescriptor, ControllerSettings } from './define-controller.ts';
import { controllerDescriptors } from './descriptors.ts';

export const controllerManagerUserAgent = 'kube-controller-manager/v1.36.3 (linux/amd64) kubernetes';

export interface ControllerManagerOptions {
  readonly sim: Sim;
  /** Reads for all: `system:kube-controller-manager`. */
  readonly client: Client;
  /** Writes of one controller: `system:serviceaccount:kube-system:<serviceAccount>`. */
  clientFor(serviceAccount: string): Client;
  readonly random: Random;
  report(error: unknown, what: string): void;
  readonly settings?: ControllerSettings;
  /** All of `descriptors.ts` unless told. */
  readonly descriptors?: readonly ControllerDescriptor[];
}

export class ControllerManager {
  readonly informers: InformerFactory;
  readonly #options: ControllerManagerOptions;
  readonly #descriptors: ReadonlyMap<string, ControllerDescriptor>;
  readonly #running = new Map<string, () => void>();

  constructor(options: ControllerManagerOptions) {
    this.#options = options;
    const descriptors = options.descriptors ?? controllerDescriptors;
    this.#descriptors = new Map(descriptors.map((descriptor) => [descriptor.name, descriptor]));
    const random = options.random.fork('informers');
    const client = options.client.withHeaders({ 'user-agent': controllerManagerUserAgent });
    this.informers = new InformerFactory(client, options.sim, { random: () => random.float() });
  }

  /** The names of all controllers, running or not. */
  get names(): readonly string[] {
    return [...this.#descriptors.keys()];
  }
  isRunning(name: string): boolean {
    return this.#running.has(name);
  }
  /** Starts all controllers, then their informers. */
  start(): void {
    for (const name of this.names) this.startController(name);
    this.informers.start();
  }
  stop(): void {
    for (const name of [...this.#running.keys()]) this.stopController(name);
    this.informers.stop();
  }
  /** Does nothing when it runs already, or is unknown. */
  startController(name: string): void {
    const descriptor = this.#descriptors.get(name);
    if (!descriptor || this.#running.has(name)) return;
    const { sim, clientFor, random, report, settings } = this.#options;
    const own = descriptor.serviceAccount === '' ? this.#options.client : clientFor(descriptor.serviceAccount);
    const client = own.withHeaders({ 'user-agent': controllerManagerUserAgent });
    const recorders = new Map<string, EventRecorder>();
    const recorder = (component: string, host?: string) => {
      const key = `${component}/${host ?? ''}`;
      const known = recorders.get(key);
      if (known) return known;
      const made = new EventRecorder(client, sim, { component, ...(host === undefined ? {} : { host }) });
      recorders.set(key, made);
      return made;
    };
    const stop = descriptor.start({
      name,
      sim,
      client,
      informers: this.informers,
      random: random.fork(name),
      recorder,
      report,
      ...(settings ? { settings } : {}),
    });
    this.#running.set(name, () => {
      stop();
      for (const one of recorders.values()) one.stop();
    });
  }
  stopController(name: string): void {
    this.#running.get(name)?.();
    this.#running.delete(name);
  }
}
