import { podReference } from '../../../client/event-recorder.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { formatDuration } from '../../../apimachinery/duration.ts';
import { quote } from '../../../apimachinery/go-format.ts';
import type { Process } from '../../../process/process.ts';
import { parseImageReference } from '../../../apimachinery/image-reference.ts';
import { type ImageStatus, type RegistryAuth, RuntimeError } from '../../runtime/runtime-service.ts';
import { Turnstile } from '../../runtime/turnstile.ts';
import { Backoff } from '../backoff.ts';
import { type KubeletHost, recordContainerEvent } from '../kubelet-host.ts';
import { lookupCredentials } from './pull-secrets.ts';
import { StartError } from './start-error.ts';

const imageBackOffMs = 10_000;
const maxImageBackOffMs = 300_000;

/** What an image is wanted for: a container, or (without a name) a volume of the pod. */
export interface ImageRequest {
  readonly pod: corev1.Pod;
  readonly containerName?: string;
  readonly image: string;
  readonly pullPolicy: string;
  readonly pullSecrets: readonly corev1.Secret[];
}

/**
 * Makes sure that images are on the node, by their pull policies; one pull at a time.
 *
 * Upstream: pkg/kubelet/images/image_manager.go (v1.36)
 */
export class ImageManager {
  readonly #host: KubeletHost;
  readonly #backOff: Backoff;
  readonly #previousErrors = new Map<string, string>();
  readonly #turnstile = new Turnstile();

  constructor(host: KubeletHost) {
    this.#host = host;
    const now = () => host.sim.now();
    this.#backOff = new Backoff({ initialMs: imageBackOffMs, maxMs: maxImageBackOffMs, now });
  }

  /** @throws StartError InvalidImageName, ErrImageNeverPull, ErrImagePull, ImagePullBackOff */
  *ensureImageExists(request: ImageRequest): Process<void> {
    const { image, pullPolicy } = request;
    if (!parseImageReference(image)) {
      const message = `Failed to apply default image tag ${quote(image)}: couldn't parse image name ${quote(image)}: invalid reference format`;
      this.#event(request, 'Warning', 'InspectFailed', message);
      throw new StartError('InvalidImageName', message);
    }
    const present = pullPolicy !== 'Always' && this.#host.images.imageStatus(image) !== undefined;
    if (present) {
      const message = `Container image ${quote(image)} already present on machine and can be accessed by the pod`;
      return this.#event(request, 'Normal', 'Pulled', message);
    }
    if (pullPolicy === 'Never') {
      const message = `Container image ${quote(image)} is not present with pull policy of Never`;
      this.#event(request, 'Warning', 'ErrImageNeverPull', message);
      throw new StartError('ErrImageNeverPull', message);
    }
    yield* this.#pullImage(request);
  }

  /** Forgets the failures of a pod that is gone. */
  forget(podUid: string): void {
    this.#backOff.forget(`${podUid}_`);
    for (const key of this.#previousErrors.keys()) if (key.startsWith(`${podUid}_`)) this.#previousErrors.delete(key);
  }

  *#pullImage(request: ImageRequest): Process<void> {
    const { pod, image, pullSecrets } = request;
    const { sim } = this.#host;
    const key = `${pod.metadata.uid ?? ''}_${image}`;
    if (this.#backOff.isInBackOffSinceUpdate(key, sim.now())) this.#refuse(request, key);
    this.#previousErrors.delete(key);
    this.#event(request, 'Normal', 'Pulling', `Pulling image ${quote(image)}`);
    const startedAt = sim.now();
    let pullStartedAt = startedAt;
    const pull = () => this.#pullWithCredentials(image, lookupCredentials(image, pullSecrets));
    const timed = function* () {
      pullStartedAt = sim.now();
      return yield* pull();
    };
    try {
      const { sizeBytes } = yield* this.#turnstile.pass(timed());
      const [pulled, all] = [sim.now() - pullStartedAt, sim.now() - startedAt].map((ms) =>
        formatDuration(Math.trunc(ms)),
      );
      const message = `Successfully pulled image ${quote(image)} in ${pulled} (${all} including waiting). Image size: ${sizeBytes} bytes.`;
      this.#event(request, 'Normal', 'Pulled', message);
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      this.#event(request, 'Warning', 'Failed', `Failed to pull image ${quote(image)}: ${error.text}`);
      this.#backOff.next(key, sim.now());
      this.#previousErrors.set(key, `ErrImagePull: ${error.text}`);
      throw new StartError('ErrImagePull', error.text);
    }
  }

  /** As each of them in turn until one may; as nobody when there is none. Upstream: pkg/kubelet/kuberuntime/kuberuntime_image.go PullImage */
  *#pullWithCredentials(image: string, credentials: readonly RegistryAuth[]): Process<ImageStatus> {
    const { images } = this.#host;
    for (const [i, auth] of credentials.entries()) {
      try {
        return yield* images.pullImage(image, auth);
      } catch (error) {
        if (!(error instanceof RuntimeError) || i === credentials.length - 1) throw error;
      }
    }
    return yield* images.pullImage(image);
  }

  #refuse(request: ImageRequest, key: string): never {
    const message = `Back-off pulling image ${quote(request.image)}`;
    this.#event(request, 'Normal', 'BackOff', message);
    const previous = this.#previousErrors.get(key);
    throw new StartError('ImagePullBackOff', previous ? `${message}: ${previous}` : message);
  }

  #event({ pod, containerName }: ImageRequest, type: 'Normal' | 'Warning', reason: string, message: string): void {
    if (containerName === undefined) this.#host.recorder.event(podReference(pod), type, reason, message);
    else recordContainerEvent(this.#host, { pod, containerName }, type, reason, message);
  }
}
