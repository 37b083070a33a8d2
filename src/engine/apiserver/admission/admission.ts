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

/** One admission plugin: one file. */
export interface AdmissionPlugin {
  readonly name: string;
  handles(attributes: AdmissionAttributes): boolean;
  /** May change the object. @throws StatusError */
  admit?(attributes: AdmissionAttributes): void;
  /** Only judges. @throws StatusError */
  validate?(attributes: AdmissionAttributes): void;
  /** As `admit`, for plugins that wait. */
  admitAsync?(attributes: AdmissionAttributes): Process<void>;
  /** As `validate`, for plugins that wait. */
  validateAsync?(attributes: AdmissionAttributes): Process<void>;
}

/** The plugins of a server, in order. */
export class AdmissionChain {
  readonly #admitting: readonly AdmissionPlugin[];
  readonly #validating: readonly AdmissionPlugin[];

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.#admitting = plugins.filter((plugin) => plugin.admit || plugin.admitAsync);
    this.#validating = plugins.filter((plugin) => plugin.validate || plugin.validateAsync);
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
    for (const plugin of this.#admitting) {
      if (!plugin.handles(attributes)) continue;
      plugin.admit?.(attributes);
      if (plugin.admitAsync) yield* plugin.admitAsync(attributes);
    }
  }

  *validate(attributes: AdmissionAttributes): Process<void> {
    for (const plugin of this.#validating) {
      if (!plugin.handles(attributes)) continue;
      plugin.validate?.(attributes);
      if (plugin.validateAsync) yield* plugin.validateAsync(attributes);
    }
  }
}
