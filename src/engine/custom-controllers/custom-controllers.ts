/**
 * Controllers that a person writes and runs in the cluster: each under a service account of its own, with informers and a work queue, in
 * virtual time. What one throws is shown and tried again with back-off; it harms nobody else. A definition of the same name takes the
 * place of the one that runs.
 *
 * The composition root makes one for a cluster; definitions come from the library's caller or, as text, over the control channel.
 */
import type { Client } from '../../client/client.ts';
import type { ControllerState } from '../../protocol/control.ts';
import type { Process } from '../../process/process.ts';
import type { Task } from '../../process/task.ts';
import type { ComponentContext } from '../component.ts';
import type { Sim } from '../sim/sim.ts';
import type { ControllerDefinition } from './definition.ts';
import { controllersNamespace, ensureIdentity } from './identity.ts';
import { RunningController } from './running-controller.ts';

export interface CustomControllersOptions {
  readonly sim: Sim;
  /** Whoever starts controllers: makes their service accounts and rights. */
  readonly admin: Client;
  /** A context with the identity of a service account. */
  readonly context: (name: string, namespace: string) => ComponentContext;
  readonly onChange: () => void;
}

const keptLines = 200;

interface Running {
  readonly task: Task<void>;
  state: ControllerState;
}

const textOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

export class CustomControllers {
  readonly #options: CustomControllersOptions;
  readonly #running = new Map<string, Running>();

  constructor(options: CustomControllersOptions) {
    this.#options = options;
  }

  /** All that were started, in the order of their start. */
  states(): readonly ControllerState[] {
    return [...this.#running.values()].map(({ state }) => state);
  }

  /** Starts a controller, in place of one of the same name, or from the same file. */
  run(definition: ControllerDefinition, file?: string): void {
    const { name } = definition;
    const renamed = file === undefined ? undefined : this.#ofFile(file);
    if (renamed !== undefined && renamed !== name) {
      this.#running.get(renamed)?.task.kill('replaced');
      this.#running.delete(renamed);
    }
    const before = this.#running.get(name);
    before?.task.kill('replaced');
    const state: ControllerState = {
      name,
      ...(file === undefined ? {} : { file }),
      phase: 'starting',
      reconciles: before?.state.reconciles ?? 0,
      errors: before?.state.errors ?? 0,
      log: before?.state.log ?? [],
    };
    const task = this.#options.sim.spawn(this.#start(definition), `controller ${name}`);
    this.#running.set(name, { task, state });
    task.onSettled((outcome) => {
      if (outcome.kind === 'threw' && this.#running.get(name)?.task === task)
        this.#failed(name, outcome.error, 'stopped');
    });
    this.#log(name, before ? 'loaded anew' : 'started');
  }

  /** A file that could not be loaded is shown; what ran from it before goes on. */
  refuse(file: string, error: unknown): void {
    const name = this.#ofFile(file) ?? file;
    if (!this.#running.has(name)) {
      const state: ControllerState = { name, file, phase: 'stopped', reconciles: 0, errors: 0, log: [] };
      const task = this.#options.sim.spawn((function* (): Process<void> {})(), 'not loaded');
      this.#running.set(name, { task, state });
    }
    this.#failed(name, error);
  }

  stop(name: string): void {
    const running = this.#running.get(name);
    if (!running) return;
    running.task.kill('stopped');
    this.#set(name, { phase: 'stopped' });
    this.#log(name, 'stopped');
  }

  #ofFile(file: string): string | undefined {
    return this.states().find((state) => state.file === file)?.name;
  }

  stopAll(): void {
    for (const { task } of this.#running.values()) task.kill('cluster stopped');
    this.#running.clear();
  }

  *#start(definition: ControllerDefinition): Process<void> {
    const { admin, context } = this.#options;
    const { name } = definition;
    yield* ensureIdentity(admin, definition);
    const running = new RunningController(definition, context(name, controllersNamespace), {
      waiting: (resource) => {
        this.#set(name, { phase: 'waiting' });
        this.#log(name, `waits until the server knows ${resource}`);
      },
      running: () => this.#set(name, { phase: 'running' }),
      reconciled: () => this.#set(name, { reconciles: (this.#running.get(name)?.state.reconciles ?? 0) + 1 }),
      failed: (error) => this.#failed(name, error),
      log: (text) => this.#log(name, text),
    });
    yield* running.run();
  }

  #failed(name: string, error: unknown, phase?: ControllerState['phase']): void {
    const errors = (this.#running.get(name)?.state.errors ?? 0) + 1;
    this.#set(name, { errors, lastError: textOf(error), ...(phase ? { phase } : {}) });
    this.#log(name, textOf(error));
  }

  #log(name: string, text: string): void {
    const lines = this.#running.get(name)?.state.log ?? [];
    this.#set(name, { log: [...lines.slice(1 - keptLines), { atMs: this.#options.sim.now(), text }] });
  }

  #set(name: string, change: Partial<ControllerState>): void {
    const running = this.#running.get(name);
    if (!running) return;
    running.state = { ...running.state, ...change };
    this.#options.onChange();
  }
}
