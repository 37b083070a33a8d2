/**
 * A container could not be started; the reason is what the API shows as its waiting reason.
 * `ErrImagePull`, `ImagePullBackOff`, `CreateContainerConfigError`, `CreateContainerError`, `RunContainerError`, `CrashLoopBackOff` …
 */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly reason: string;
  /** When it may be tried again, for a back-off. */
  readonly backoffUntilMs: number | undefined;
  constructor(reason: string, message: string, backoffUntilMs?: number) {
    super(message);
    this.reason = reason;
    this.backoffUntilMs = backoffUntilMs;
  }
}
