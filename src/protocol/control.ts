/**
 * The control channel between page and worker: what no real cluster offers. Types only.
 * One MessagePort; every command has an id and is answered once; events are pushed.
 */

export interface ClusterSettings {
  readonly seed: string;
  readonly nodes: number;
  /** Nodes whose kubelet only walks a pod's status, as kwok does. */
  readonly hollow: boolean;
  /** `realistic`: named delays everywhere; `instant`: none. */
  readonly latency: 'realistic' | 'instant';
  /** Time stands still after the start. */
  readonly paused?: boolean;
  /** metrics-server in kube-system. */
  readonly metricsServer?: boolean;
  /** With these the cluster autoscaler runs. */
  readonly nodePools?: readonly NodePool[];
}

export interface NodeSpec {
  readonly name?: string;
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: number;
  readonly zone?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Machines of one sort that the cluster autoscaler rents and gives back. */
export interface NodePool {
  readonly name: string;
  /** It begins with so many, and never goes below. */
  readonly min: number;
  readonly max: number;
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: number;
  readonly zone?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export type ControlCommand =
  /** `restore` is replayed, and time moves on to `untilMs` since the start, before anything is shown. */
  | {
      readonly op: 'start';
      readonly settings: ClusterSettings;
      readonly restore?: readonly InputRecord[];
      readonly untilMs?: number;
    }
  | { readonly op: 'pause' }
  | { readonly op: 'resume' }
  /** Virtual seconds per wall-clock second: 0.1 to 1000. */
  | { readonly op: 'speed'; readonly speed: number }
  /** Moves on by virtual milliseconds, or to the next event. */
  | { readonly op: 'step'; readonly ms?: number }
  | { readonly op: 'runUntil'; readonly atMs: number }
  | { readonly op: 'addNode'; readonly node: NodeSpec }
  | { readonly op: 'removeNode'; readonly name: string }
  /** Power: off kills everything on the machine at once. Network: cut separates it from the others. */
  | {
      readonly op: 'fault';
      readonly node: string;
      readonly fault: 'power-off' | 'power-on' | 'network-cut' | 'network-heal';
    }
  /** Runs a controller that a person wrote (docs/writing-a-controller.md), in place of the one of this file before. */
  | { readonly op: 'runController'; readonly file: string; readonly source: string }
  | { readonly op: 'stopController'; readonly name: string }
  | { readonly op: 'why'; readonly resource: string; readonly namespace: string; readonly name: string }
  /** A SchedulingExplanation (`scheduling.ts`). */
  | { readonly op: 'explainScheduling'; readonly namespace: string; readonly name: string }
  | { readonly op: 'historyHash' };

export interface ControlRequest {
  readonly id: number;
  readonly command: ControlCommand;
}

export interface ControlReply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

export interface ClockState {
  /** Virtual ms since the Unix epoch. */
  readonly nowMs: number;
  readonly elapsedMs: number;
  readonly paused: boolean;
  readonly speed: number;
  /** Virtual seconds per wall-clock second that the engine really reaches. */
  readonly actualSpeed: number;
}

/** One write that led, directly or not, to what was asked about. Newest first. */
export interface WhyLink {
  readonly id: number;
  readonly atMs: number;
  readonly label: string;
  readonly actor?: string;
  readonly object?: {
    readonly resource: string;
    readonly namespace: string;
    readonly name: string;
    readonly revision: number;
  };
  readonly parents: readonly number[];
}

/** A controller that a person wrote. */
export interface ControllerState {
  readonly name: string;
  /** The file it came from, when it came as text. */
  readonly file?: string;
  /** `waiting`: the server does not know one of its resources yet. */
  readonly phase: 'starting' | 'waiting' | 'running' | 'stopped';
  /** Keys handled without an error, and with one. */
  readonly reconciles: number;
  readonly errors: number;
  readonly lastError?: string;
  /** The last lines, oldest first. */
  readonly log: readonly { readonly atMs: number; readonly text: string }[];
}

/** A request on its way through the cluster network, for the graph. */
export interface FlowEvent {
  readonly id: number;
  readonly atMs: number;
  readonly protocol: 'tcp' | 'udp' | 'http';
  /** What it passes, in order: pods, services, nodes, `external`. */
  readonly hops: readonly FlowHop[];
  readonly outcome: 'ok' | 'refused' | 'timeout' | 'denied' | 'unreachable' | 'error';
  /** `GET /cart → 200`. */
  readonly summary: string;
}
export interface FlowHop {
  readonly kind: 'pod' | 'service' | 'node' | 'external';
  readonly namespace?: string;
  readonly name: string;
  /** What decided here: `kube-proxy picked 10.244.1.7:8080 of 3 endpoints`. */
  readonly note?: string;
}

export type ControlEvent =
  | { readonly event: 'clock'; readonly clock: ClockState }
  /** How far the inputs of a start have been replayed, in virtual ms since the start. */
  | { readonly event: 'replayed'; readonly elapsedMs: number }
  | { readonly event: 'flows'; readonly flows: readonly FlowEvent[] }
  | { readonly event: 'input'; readonly record: InputRecord }
  /** What people's own controllers do; all of them. */
  | { readonly event: 'controllers'; readonly controllers: readonly ControllerState[] }
  /** An error inside the engine: a crashed controller, a broken invariant. */
  | { readonly event: 'problem'; readonly component: string; readonly message: string; readonly fatal: boolean };

/** The save format: everything that came from outside, with its virtual time. Replaying it gives the same cluster. */
export type InputRecord =
  | {
      readonly atMs: number;
      readonly kind: 'request';
      readonly method: string;
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  | { readonly atMs: number; readonly kind: 'control'; readonly command: ControlCommand };

/** The first message to the worker: the port for REST and the port for control. */
export interface WorkerHello {
  readonly rest: MessagePort;
  readonly control: MessagePort;
}
