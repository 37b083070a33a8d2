import { getControllerOf, type KubernetesObject } from '../../../apimachinery/object-meta.ts';
import { shareStructure } from '../../../apimachinery/structural-sharing.ts';

const most = 64;

/** Objects that one owner made of one template are equal in most of their parts: each shares those with the one made before it. */
export class Siblings {
  /** The newest of each owner, by uid. The owner that made something last is last. */
  readonly #newest = new Map<string, KubernetesObject>();

  /** The new object, with what is equal in its elder taken from there. */
  share(object: KubernetesObject): KubernetesObject {
    const owner = getControllerOf(object)?.uid;
    if (owner === undefined) return object;
    const elder = this.#newest.get(owner);
    const shared = elder ? shareStructure(elder, object) : object;
    this.#newest.delete(owner);
    this.#newest.set(owner, shared);
    if (this.#newest.size > most) {
      for (const oldest of this.#newest.keys()) {
        this.#newest.delete(oldest);
        break;
      }
    }
    return shared;
  }
}
