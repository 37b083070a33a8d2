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

/** The plugins that look at requests of one sort, in order. */
interface Handlers {
  readonly admitting: readonly AdmissionPlugin[];
  readonly validating: readonly AdmissionPlugin[];
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
      handlers = {
        admitting: handling.filter((plugin) => plugin.admit || plugin.admitAsync),
        validating: handling.filter((plugin) => plugin.validate || plugin.validateAsync),
      };
      ofDefinition.set(key, handlers);
    }
    return handlers;
  }

  /** Runs the mutating plugins; all of them once more when one that changed the object asks for it. */
  *admit(attributes: AdmissionAttributes): Process<void> {
    const reinvocation = new Reinvocation();
    const given = { ...attributes, reinvocation };
    yield* this.#admitOnce(given);
    if (!reinvocation.isWanted) return;
    reinvocation.isReinvoke = true;
    yield* this.#admitOnce(given);
  }

  *#admitOnce(attributes: AdmissionAttributes): Process<void> {
    const { admitting } = this.#handlersOf(attributes);
    for (const plugin of admitting) {
      if (plugin.concerns?.(attributes) === false) continue;
      plugin.admit?.(attributes);
      if (plugin.admitAsync) yield* plugin.admitAsync(attributes);
    }
  }

  *validate(attributes: AdmissionAttributes): Process<void> {
    const { validating } = this.#handlersOf(attributes);
    for (const plugin of validating) {
      if (plugin.concerns?.(attributes) === false) continue;
      plugin.validate?.(attributes);
      if (plugin.validateAsync) yield* plugin.validateAsync(attributes);
    }
  }
}
