/**
 * What a controller is: a name, the service account it acts as, and how it starts.
 *
 * A controller asks its `ControllerRun` for informers, queues and timers, so that stopping it leaves nothing behind: that is how a
 * single controller is turned off while the cluster goes on.
 */
import type * as admissionv1 from '../../api/admissionregistration/v1.ts';
import { runController } from '../../client/controller.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Indexers } from '../../client/indexer.ts';
import type { EventHandler, Informer } from '../../client/informer.ts';
import { RateLimitingQueue } from '../../client/rate-limiting-queue.ts';
import type { RateLimiter } from '../../client/rate-limiters.ts';
import type { KubernetesObject } from '../../apimachinery/object-meta.ts';
import type { ResourceRef } from '../../apimachinery/resource-ref.ts';
import type { Process } from '../../process/process.ts';
import type { Task } from '../../process/task.ts';
import type { ComponentContext } from '../component.ts';
import type { Random } from '../sim/random.ts';
import type { Sim } from '../sim/sim.ts';

/** One line of `descriptors.ts`. */
export interface ControllerDescriptor {
  /** As upstream's --controllers names it: `replicaset-controller`. */
  readonly name: string;
  /** It acts as `system:serviceaccount:kube-system:<serviceAccount>`; empty: as the controller manager itself. */
  readonly serviceAccount: string;
  /** Starts it; the function given stops it. Does not wait. */
  start(context: ControllerContext): () => void;
}

/** What the controller manager's flags say. */
export interface ControllerSettings {
  /** PEM of the authority that the API server's certificate comes from. */
  readonly rootCA?: string;
  /** Addresses of pods; each node gets a part. Default 10.244.0.0/16. */
  readonly clusterCIDR?: string;
  /** Prefix length of a node's part; default 24. */
  readonly nodeCIDRMaskSize?: number;
  /** Signs a certificate request: PEM in, PEM out. Without it no certificates are issued. */
  signCertificate?(request: CertificateSigning): string;
  /** Makes the token that a secret of a service account holds. Without it such secrets stay empty. */
  issueSecretToken?(token: SecretTokenRequest): string;
  /** Warnings about the expressions of a policy, by the types of what it matches. Without it policies are not checked. */
  checkPolicyTypes?(policy: admissionv1.ValidatingAdmissionPolicy): readonly admissionv1.ExpressionWarning[];
  /** Milliseconds that outside services (disks, load balancers) take; 0 unless told. */
  delayMs?(what: 'volumeProvision' | 'volumeAttach' | 'volumeDetach' | 'loadBalancerProvision'): number;
}

export interface CertificateSigning {
  /** The request, base64 of PEM. */
  readonly request: string;
  readonly signerName: string;
  readonly usages: readonly string[];
  readonly expirationSeconds?: number;
}

export interface SecretTokenRequest {
  readonly namespace: string;
  readonly secretName: string;
  readonly account: { readonly name: string; readonly uid: string };
}

/** What a controller is started with. */
export interface ControllerContext extends ComponentContext {
  readonly settings?: ControllerSettings;
}

export interface WorkOptions {
  readonly queue: RateLimitingQueue;
  reconcile(key: string): Process<void>;
  /** Work begins when these hold their first lists. */
  readonly informers: readonly { waitForSync(): Process<void> }[];
  /** Keys handled side by side; 5 unless told. */
  readonly workers?: number;
  readonly maxRetries?: number;
  /** In place of the context's. */
  report?(error: unknown, what: string): void;
}

/** What a running controller asks for, and what is ended when it stops. */
export class ControllerRun {
  readonly context: ControllerContext;
  readonly #stops: (() => void)[] = [];

  constructor(context: ControllerContext) {
    this.context = context;
  }

  get sim(): Sim {
    return this.context.sim;
  }
  get client(): Client {
    return this.context.client;
  }
  get random(): Random {
    return this.context.random;
  }
  get settings(): ControllerSettings {
    return this.context.settings ?? {};
  }
  /** Milliseconds since the Unix epoch. */
  now(): number {
    return this.context.sim.now();
  }
  /** The shared informer of a resource, with the indexes wanted. */
  informer<T extends KubernetesObject>(ref: ResourceRef<T>, indexers: Indexers<T> = {}): Informer<T> {
    return this.context.informers.informer(ref, { indexers });
  }
  watch<T extends KubernetesObject>(informer: Informer<T>, handler: EventHandler<T>): void {
    this.onStop(informer.addEventHandler(handler));
  }
  recorder(component: string): EventRecorder {
    return this.context.recorder(component);
  }
  queue(limiter?: RateLimiter): RateLimitingQueue {
    const queue = new RateLimitingQueue(this.sim, limiter);
    this.onStop(() => queue.shutDown());
    return queue;
  }
  /** Reconciles the keys of a queue once the informers are filled. */
  work({ queue, reconcile, informers, workers = 5, maxRetries, report = this.context.report }: WorkOptions): void {
    const { name } = this.context;
    const options = { name, queue, workers, reconcile, report, ...(maxRetries === undefined ? {} : { maxRetries }) };
    this.spawn(
      (function* () {
        for (const informer of informers) yield* informer.waitForSync();
        yield* runController(options);
      })(),
    );
  }
  spawn<T>(process: Process<T>): Task<T> {
    const task = this.sim.spawn(process, this.context.name);
    this.onStop(() => task.kill(`${this.context.name} stopped`));
    task.onSettled((outcome) => {
      if (outcome.kind === 'threw') this.context.report(outcome.error, this.context.name);
    });
    return task;
  }
  /** Calls back again and again, as housekeeping that does not keep the loop from being idle; what it schedules counts as work. */
  every(periodMs: number, tick: () => void): void {
    let cancel = () => {};
    const arm = () => {
      cancel = this.sim.setTimer(periodMs, run, { background: true });
    };
    const run = () => {
      this.sim.foreground(() => {
        try {
          tick();
        } catch (error) {
          this.context.report(error, this.context.name);
        }
      });
      arm();
    };
    arm();
    this.onStop(() => cancel());
  }
  onStop(stop: () => void): void {
    this.#stops.push(stop);
  }
  stop(): void {
    for (const stop of this.#stops.splice(0).reverse()) stop();
  }
}

/** Makes a controller's descriptor. */
export function defineController(definition: {
  readonly name: string;
  /** The name, unless told. */
  readonly serviceAccount?: string;
  start(run: ControllerRun): void;
}): ControllerDescriptor {
  return {
    name: definition.name,
    serviceAccount: definition.serviceAccount ?? definition.name,
    start(context) {
      const run = new ControllerRun(context);
      definition.start(run);
      return () => run.stop();
    },
  };
}
