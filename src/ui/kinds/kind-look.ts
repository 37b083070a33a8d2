import type { KubernetesObject } from '../../apimachinery/object-meta.ts';
import type { ResourceRef } from '../../apimachinery/resource-ref.ts';

/** How an object fares, for shape, colour and sorting. */
export type StatusLevel = 'ok' | 'progress' | 'warning' | 'error' | 'done' | 'neutral';

export interface StatusView {
  readonly level: StatusLevel;
  /** A word or two, as kubectl would say: `Running`, `CrashLoopBackOff`, `2/3 ready`. */
  readonly text: string;
  /** A sentence that says why, when the object tells. */
  readonly detail?: string;
}

/** What lenses draw of an object beside its name and status. Only what applies is set. */
export interface Facets {
  /** The node that a pod is bound to. */
  readonly nodeName?: string;
  readonly ip?: string;
  readonly cpuMilli?: number;
  readonly memoryBytes?: number;
  /** What a node can give to pods. */
  readonly allocatable?: { readonly cpuMilli: number; readonly memoryBytes: number; readonly pods: number };
  readonly roles?: readonly string[];
  readonly zone?: string;
  readonly unschedulable?: boolean;
  /** `ready/desired`, when the object counts others. */
  readonly count?: { readonly ready: number; readonly desired: number };
  /** Labels of the pods that a service sends to. */
  readonly selector?: Readonly<Record<string, string>>;
  /** EndpointSlice: the service it belongs to and where it leads. */
  readonly serviceName?: string;
  readonly endpoints?: readonly { readonly podName?: string; readonly ready: boolean }[];
  /** Names of services (Ingress), claims (Pod), volumes (PVC) in the same namespace. */
  readonly services?: readonly string[];
  readonly claims?: readonly string[];
  readonly volumeName?: string;
  /** The StorageClass of a claim or volume. */
  readonly className?: string;
  readonly ports?: readonly string[];
  /** Containers, with what the inspector and the terminal need. */
  readonly containers?: readonly string[];
  /** An old ReplicaSet, a finished Job: drawn small or not at all. */
  readonly retired?: boolean;
}

/** One line of the inspector's summary. */
export interface SummaryRow {
  readonly label: string;
  readonly value: string;
  /** An object that the value names. */
  readonly link?: { readonly kind: string; readonly namespace: string; readonly name: string };
  readonly level?: StatusLevel;
  readonly mono?: boolean;
}

/** How the page shows one kind. Kinds without one get {@link KindLook.status} from their conditions. */
export interface KindLook<T extends KubernetesObject = KubernetesObject> {
  readonly ref: ResourceRef<T>;
  readonly plural: string;
  /** Path data on a 16 × 16 grid, drawn as strokes. */
  readonly symbol: string;
  /** Where it stands among kinds in lists. */
  readonly order: number;
  status(object: T): StatusView;
  facets?(object: T): Facets;
  summary?(object: T): readonly SummaryRow[];
}

/** Lets each file state its kind's type and the registry hold them all. */
export function defineKind<T extends KubernetesObject>(look: KindLook<T>): KindLook {
  return look as unknown as KindLook;
}
