import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import type { InformerFactory } from '../client/informer.ts';
import type { Random } from './sim/random.ts';
import type { Sim } from './sim/sim.ts';

/** What the composition root gives to a component: its own identity on the API, its informers, its chance. */
export interface ComponentContext {
  readonly name: string;
  readonly sim: Sim;
  readonly client: Client;
  readonly informers: InformerFactory;
  readonly random: Random;
  /** A recorder that writes events as this component (`reportingComponent`, `source.component`). */
  recorder(component: string, host?: string): EventRecorder;
  /** Shows an error to whoever watches the engine; the component goes on. */
  report(error: unknown, what: string): void;
}
