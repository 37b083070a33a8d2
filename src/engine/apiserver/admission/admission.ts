import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import type { Process } from '../../../process/process.ts';
import type { Operation, WritableObject } from '../generic/operation.ts';
import { Reinvocation } from './reinvocation.ts';
import type { ResourceDefinition } from '../registry/resource-definition.ts';

export type AdmissionVerb = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** What an admission plugin judges. */
export interface AdmissionAttributes {
  readonly verb: AdmissionVerb;
  /** The resource of the request. */
  readonly definition: ResourceDefinition;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** Absent for deletes. A mutating plugin may write its top level and its metadata, and replaces what lies deeper. */
  readonly object: WritableObject | undefined;
  readonly old: KubernetesObject | undefined;
  readonly operation: Operation;
  /** Whether mutating plugins look a second time, and which. */
  readonly reinvocation?: Reinvocation;
}

/** What all requests of one sort have in common. */
export type AdmissionTarget = Pick<AdmissionAttributes, 'verb' | 'definition' | 'subresource'>;

/** One admission plugin: one file. */
export interface AdmissionPlugin {
  readonly name: string;
  /** Whether it looks at requests of a sort: asked once for each. */
  handles(target: AdmissionTarget): boolean;
  /** Whether it looks at this one of those that it handles; default: yes. */
  concerns?(attributes: AdmissionAttributes): boolean;
  /** May change the object. @throws StatusError */
  admit?(attributes: AdmissionAttributes): void;
  /** Only judges. @throws StatusError */
  validate?(attributes: AdmissionAttributes): void;
  /** As `admit`, for plugins that wait. */
  admitAsync?(attributes: AdmissionAttributes): Process<void>;
  /** As `validate`, for plugins that wait. */
  validateAsync?(attributes: AdmissionAttributes): Process<void>;
}

/** One plugin's part in admitting, or in judging: all of one shape, for each write asks a dozen of them. */
interface Step {
  readonly concerns: ((attributes: AdmissionAttributes) => boolean) | undefined;
  readonly run: ((attributes: AdmissionAttributes) => void) | undefined;
  readonly runAsync: ((attributes: AdmissionAttributes) => Process<void>) | undefined;
}

/** The plugins that look at requests of one sort, in order. */
interface Handlers {
  readonly admitting: readonly Step[];
  readonly validating: readonly Step[];
}

function admitStep(plugin: AdmissionPlugin): Step[] {
  const { admit, admitAsync, concerns } = plugin;
  if (!admit && !admitAsync) return [];
  return [{ concerns: concerns?.bind(plugin), run: admit?.bind(plugin), runAsync: admitAsync?.bind(plugin) }];
}

function validateStep(plugin: AdmissionPlugin): Step[] {
  const { validate, validateAsync, concerns } = plugin;
  if (!validate && !validateAsync) return [];
  return [{ concerns: concerns?.bind(plugin), run: validate?.bind(plugin), runAsync: validateAsync?.bind(plugin) }];
}

/** The plugins of a server, in order. */
export class AdmissionChain {
  readonly #plugins: readonly AdmissionPlugin[];
  readonly #handlers = new WeakMap<ResourceDefinition, Map<string, Handlers>>();

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.#plugins = plugins;
  }

  #handlersOf(target: AdmissionTarget): Handlers {
    let ofDefinition = this.#handlers.get(target.definition);
    if (!ofDefinition) this.#handlers.set(target.definition, (ofDefinition = new Map<string, Handlers>()));
    const key = target.subresource === '' ? target.verb : `${target.verb}/${target.subresource}`;
    let handlers = ofDefinition.get(key);
    if (!handlers) {
      const handling = this.#plugins.filter((plugin) => plugin.handles(target));
      handlers = { admitting: handling.flatMap(admitStep), validating: handling.flatMap(validateStep) };
      ofDefinition.set(key, handlers);
    }
    return handlers;
  }

  /** Runs the mutating plugins; all of them once more when one that changed the object asks for it. */
  *admit(attributes: AdmissionAttributes): Process<void> {
    const reinvocation = new Reinvocation();
    const { verb, definition, subresource, namespace, name, object, old, operation } = attributes;
    const given = { verb, definition, subresource, namespace, name, object, old, operation, reinvocation };
    const { admitting } = this.#handlersOf(given);
    yield* take(admitting, given);
    if (!reinvocation.isWanted) return;
    reinvocation.isReinvoke = true;
    yield* take(admitting, given);
  }

  *validate(attributes: AdmissionAttributes): Process<void> {
    yield* take(this.#handlersOf(attributes).validating, attributes);
  }
}

function* take(steps: readonly Step[], attributes: AdmissionAttributes): Process<void> {
  for (const { concerns, run, runAsync } of steps) {
    if (concerns?.(attributes) === false) continue;
    run?.(attributes);
    if (runAsync) yield* runAsync(attributes);
  }
}
