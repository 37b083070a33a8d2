/** Mutating plugins that change an object may have those before them look again. Upstream: apiserver/pkg/admission/reinvocation.go, plugin/webhook/mutating/reinvocationcontext.go (v1.36) */
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import type { WritableObject } from '../generic/operation.ts';
import type { AdmissionAttributes } from './admission.ts';

/** The state of one admission: whether this is the second round, and whether there is to be one. */
export class Reinvocation {
  isReinvoke = false;
  isWanted = false;
  readonly #contexts = new Map<string, ReinvokeContext>();

  context(plugin: string): ReinvokeContext {
    let context = this.#contexts.get(plugin);
    if (!context) this.#contexts.set(plugin, (context = new ReinvokeContext(this)));
    return context;
  }
}

/** Which webhooks or policies of one plugin are to be asked again. */
export class ReinvokeContext {
  readonly #whole: Reinvocation;
  #last: object | undefined;
  readonly #invoked = new Set<string>();
  readonly #again = new Set<string>();

  constructor(whole: Reinvocation) {
    this.#whole = whole;
  }

  static of({ reinvocation }: AdmissionAttributes, plugin: string): ReinvokeContext {
    return (reinvocation ?? new Reinvocation()).context(plugin);
  }

  /** A second round that finds the object changed since the first one asks again. */
  begin(object: WritableObject | undefined): void {
    if (this.#whole.isReinvoke && !deepEqual(this.#last, object)) this.#require();
  }

  shouldInvoke(key: string): boolean {
    return !this.#whole.isReinvoke || this.#again.has(key);
  }

  /** The object was changed: those asked before are to look again. */
  requireReinvocation(): void {
    this.#require();
    this.#whole.isWanted = true;
  }

  /** One that wants to be asked again if another changes the object. */
  remember(key: string): void {
    this.#invoked.add(key);
  }

  end(object: WritableObject | undefined): void {
    this.#last = object && { ...object, metadata: { ...object.metadata } };
  }

  #require(): void {
    for (const key of this.#invoked) this.#again.add(key);
    this.#invoked.clear();
  }
}
