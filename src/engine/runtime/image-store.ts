import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { type Process, sleep } from '../../process/process.ts';
import { createLayer, type Layer } from '../../shell/inode.ts';
import { createFileSystem, type MemoryFileSystem } from '../../shell/memory-file-system.ts';
import type { Latency } from '../sim/latency.ts';
import { checkImageExists } from './image-registry.ts';
import type { NetworkStack } from '../../shell/network-stack.ts';
import type { Image } from './images/image.ts';
import { formatImageReference, type ImageReference, parseImageReference } from '../../apimachinery/image-reference.ts';
import { askLocalRegistry, isLocalRegistry } from './local-registry.ts';
import { resolveImage } from './images/registry.ts';
import { type ImageService, type ImageStatus, type RegistryAuth, RuntimeError } from './runtime-service.ts';

const mebibyte = 1_048_576;

/** An image unpacked: what containers are made of. */
export interface StoredImage {
  readonly status: ImageStatus;
  readonly image: Image;
  readonly layer: Layer;
}

/** Unpacked images shared by all nodes of a cluster: the same reference is the same files. */
export class ImageCatalog {
  readonly #images = new Map<string, Omit<StoredImage, 'status'> & { readonly imageRef: string }>();

  get(reference: ImageReference): Omit<StoredImage, 'status'> & { readonly imageRef: string } {
    const name = formatImageReference(reference);
    const known = this.#images.get(name);
    if (known) return known;
    const image = resolveImage(reference);
    const entry = { image, layer: createLayer(image.layers), imageRef: imageRefOf(reference) };
    this.#images.set(name, entry);
    return entry;
  }
}

/** `registry/repository@sha256:…`, the same for the same name everywhere. */
function imageRefOf(reference: ImageReference): string {
  const digest =
    reference.digest ?? `sha256:${bytesToHex(sha256(new TextEncoder().encode(formatImageReference(reference))))}`;
  return `${reference.registry}/${reference.repository}@${digest}`;
}

export interface ImageStoreOptions {
  readonly now: () => number;
  readonly latency: Latency;
  readonly catalog: ImageCatalog;
  /** The node's own: registries on it are asked there. */
  readonly network?: () => NetworkStack;
}

/** The images of one node. */
export class ImageStore implements ImageService {
  readonly #options: ImageStoreOptions;
  readonly #images = new Map<string, StoredImage>();

  constructor(options: ImageStoreOptions) {
    this.#options = options;
  }

  /** What a container of this image is made of. */
  stored(name: string): StoredImage | undefined {
    const reference = parseImageReference(name);
    return reference ? this.#images.get(formatImageReference(reference)) : undefined;
  }

  imageStatus(name: string): ImageStatus | undefined {
    return this.stored(name)?.status;
  }

  listImages(): readonly ImageStatus[] {
    return [...this.#images.values()].map(({ status }) => status);
  }

  removeImage(reference: string): void {
    this.#images.delete(reference);
  }

  imageFileSystem(name: string): MemoryFileSystem | undefined {
    const stored = this.stored(name);
    return stored && createFileSystem({ now: this.#options.now, layer: stored.layer, readOnly: true });
  }

  /** Puts an image on the node without a pull: what a machine image brings along. */
  preload(name: string): void {
    const reference = parseImageReference(name);
    if (reference) this.#store(reference);
  }

  *pullImage(name: string, auth?: RegistryAuth): Process<ImageStatus> {
    const { latency, network } = this.#options;
    const reference = parseImageReference(name);
    if (!reference) throw new RuntimeError('InvalidArgument', `failed to parse image reference "${name}"`);
    const resolveMs = latency.ms('imageResolve');
    if (resolveMs > 0) yield* sleep(resolveMs);
    if (network && isLocalRegistry(reference)) yield* askLocalRegistry(network(), reference, auth);
    else checkImageExists(reference);
    const known = this.#images.get(formatImageReference(reference));
    if (known) return known.status;
    const { image } = this.#options.catalog.get(reference);
    const pullMs = (image.sizeBytes / mebibyte) * latency.ms('imagePullPerMiB');
    if (pullMs > 0) yield* sleep(pullMs);
    return this.#store(reference).status;
  }

  #store(reference: ImageReference): StoredImage {
    const name = formatImageReference(reference);
    const { image, layer, imageRef } = this.#options.catalog.get(reference);
    const { sizeBytes } = image;
    // Nobody knows whom an unknown image runs as: not as root, for those who demand that.
    const user = image.simplified ? '65532' : image.user;
    const status = { reference: name, imageRef, sizeBytes, user, lastUsedMs: this.#options.now() };
    const stored = { status, image, layer };
    this.#images.set(name, stored);
    return stored;
  }
}
