const blockBytes = 1 << 18;

/**
 * Arrays of numbers out of large blocks. Each cycle leaves some, and one by one they would each be memory outside the heap that the
 * collector keeps book of; arrays on the heap it would copy. A block lives as long as one of its arrays.
 */
export class NumberBlocks {
  #block = new ArrayBuffer(0);
  #used = 0;

  /** Zeros. */
  float64(length: number): Float64Array {
    const at = this.#take(length * 8);
    return new Float64Array(this.#block, at, length);
  }
  /** Zeros. */
  int32(length: number): Int32Array {
    const at = this.#take(length * 4);
    return new Int32Array(this.#block, at, length);
  }
  /** Zeros, as narrow as those of `like`. */
  like(like: Uint8Array | Int32Array, length: number): Uint8Array | Int32Array {
    if (like instanceof Int32Array) return this.int32(length);
    const at = this.#take(length);
    return new Uint8Array(this.#block, at, length);
  }

  /** Where the next `bytes` begin, in the present block. */
  #take(bytes: number): number {
    const size = (bytes + 7) & ~7;
    if (this.#used + size > this.#block.byteLength) {
      this.#block = new ArrayBuffer(Math.max(blockBytes, size));
      this.#used = 0;
    }
    const at = this.#used;
    this.#used += size;
    return at;
  }
}
