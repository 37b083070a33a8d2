/** Makes the contexts in which components run: each with its own identity on the API, as the real ones have. */
import { userAgent } from '../apimachinery/build-version.ts';
import { Client } from '../client/client.ts';
import { EventRecorder } from '../client/event-recorder.ts';
import { InformerFactory } from '../client/informer.ts';
import { loopbackTransport } from '../client/transport/loopback.ts';
import type { ApiHandler, Transport, UserInfo } from '../protocol/rest.ts';
import type { ComponentContext } from './component.ts';
import type { Latency } from './sim/latency.ts';
import type { Sim } from './sim/sim.ts';

export interface ComponentIdentity {
  /** Of the component: `kube-scheduler`. Its chance and its delays are forked by it. */
  readonly name: string;
  readonly user: UserInfo;
  /** What stands before the version in its user agent: the field manager of its writes. */
  readonly agent: string;
}

export interface ComponentsOptions {
  readonly sim: Sim;
  readonly handler: ApiHandler;
  readonly latency: Latency;
  readonly report: (component: string, error: unknown, what: string) => void;
}

/** The user that a controller of the controller manager acts as. */
export const serviceAccountUser = (name: string, namespace = 'kube-system'): UserInfo => ({
  username: `system:serviceaccount:${namespace}:${name}`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
});

export const componentUser = (username: string, ...groups: string[]): UserInfo => ({
  username,
  groups: [...groups, 'system:authenticated'],
});

/** Makes contexts and ends what they started. */
export class Components {
  readonly #options: ComponentsOptions;
  readonly #stops: (() => void)[] = [];

  constructor(options: ComponentsOptions) {
    this.#options = options;
  }

  /** A client that acts as somebody, with the delays of the loopback. */
  client(identity: ComponentIdentity): Client {
    return new Client(this.transport(identity), {
      'user-agent': userAgent(identity.agent),
    });
  }

  transport(identity: ComponentIdentity): Transport {
    const { sim, handler, latency } = this.#options;
    const own = latency.fork(identity.name);
    const delays =
      latency.preset === 'instant'
        ? {}
        : { requestDelayMs: () => own.ms('apiRequest'), deliveryDelayMs: () => own.ms('watchDelivery') };
    return loopbackTransport(handler, sim, { peer: identity.user, ...delays });
  }

  /** `informers`: shared with other components of the same binary; own ones when left out. */
  context(identity: ComponentIdentity, informers?: InformerFactory): ComponentContext {
    const { sim, report } = this.#options;
    const client = this.client(identity);
    const random = sim.random.fork(identity.name);
    const own = informers ?? this.informers(client, identity.name);
    return {
      name: identity.name,
      sim,
      client,
      informers: own,
      random,
      recorder: (component, host) => {
        const recorder = new EventRecorder(client, sim, { component, ...(host === undefined ? {} : { host }) });
        this.onStop(() => recorder.stop());
        return recorder;
      },
      report: (error, what) => report(identity.name, error, what),
    };
  }

  informers(client: Client, name: string): InformerFactory {
    const random = this.#options.sim.random.fork(`${name}/reflectors`);
    const factory = new InformerFactory(client, this.#options.sim, { random: () => random.float() });
    this.onStop(() => factory.stop());
    return factory;
  }

  onStop(stop: () => void): void {
    this.#stops.push(stop);
  }
  stop(): void {
    for (const stop of this.#stops.splice(0).reverse()) stop();
  }
}
