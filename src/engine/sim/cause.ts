/**
 * Why something happened: a link of the chain that leads from an effect back to a person's keystroke.
 * Every timer, task and process inherits the cause that was present when it was scheduled.
 */
export interface Cause {
  readonly id: number;
  /** What happened, in words: `PUT /api/v1/pods/a by deployment-controller`, `kubectl apply`, `node-1 lost power`. */
  readonly label: string;
  /** Virtual time in ms since the cluster's start. */
  readonly at: number;
  /** What led to it; several where several events were handled in one go; empty at a root. */
  readonly parents: readonly Cause[];
  /** The component or person that acted. */
  readonly actor?: string;
  /** The object that was written, when it was a write. */
  readonly object?: {
    readonly resource: string;
    readonly namespace: string;
    readonly name: string;
    readonly revision: number;
  };
}
