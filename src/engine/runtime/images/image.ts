/**
 * The seam between container images and the runtime that runs them.
 *
 * An image is data: its configuration, the files of its root file system, and the programs that its files name. The runtime
 * resolves a reference with `resolveImage` (registry.ts), makes the root file system with `createLayer(image.files)`
 * (`src/shell/memory-file-system.ts`) once per image, and starts `entrypoint` + `cmd` in a `ContainerProcesses`
 * (`src/shell/process-table.ts`), which finds programs through `programNamed` (registry.ts).
 */
import type { Signal } from '../../../process/signal.ts';
import type { Program } from '../../../shell/context.ts';
import type { LayerFiles } from '../../../shell/layer.ts';
import type { ImageReference } from '../../../apimachinery/image-reference.ts';

/** What an image declares (the OCI image configuration) and holds. */
export interface Image {
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** `80/tcp`. */
  readonly exposedPorts: readonly string[];
  /** As in a Dockerfile: ``, `nginx`, `65532`, `1000:1000`. Resolve it with `resolveUser` (`src/shell/users.ts`). */
  readonly user: string;
  /** Absolute; `/` by default. */
  readonly workingDir: string;
  /** Directories that a container of it can always write, as `VOLUME` declares them. */
  readonly volumes: readonly string[];
  /** SIGTERM by default; nginx and httpd ask for others. */
  readonly stopSignal: Signal;
  /** Files of the root file system by absolute path; later layers win. A file may be a program. */
  readonly layers: readonly LayerFiles[];
  /** Compressed size, which decides how long a pull takes. */
  readonly sizeBytes: number;
  /** True for an image nobody wrote: it runs a quiet server until it is asked to end. */
  readonly simplified: boolean;
}

/** One image (or family of images) that is known here. */
export interface ImageDefinition {
  /** Patterns over `registry/repository`, where a star stands for anything: `docker.io/library/nginx`, `*agnhost`. */
  readonly matches: readonly string[];
  /** Programs by the name that its files refer to; names are unique over all images. */
  readonly programs?: Readonly<Record<string, Program>>;
  build(reference: ImageReference): Partial<Image>;
}

/** Fills in what a definition leaves out. */
export function completeImage(image: Partial<Image>): Image {
  return {
    entrypoint: [],
    cmd: [],
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    exposedPorts: [],
    user: '',
    workingDir: '/',
    volumes: [],
    stopSignal: 'SIGTERM',
    layers: [],
    sizeBytes: 20_000_000,
    simplified: false,
    ...image,
  };
}
