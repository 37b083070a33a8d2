import type { FlowHop } from '../../protocol/control.ts';
import type { NetworkErrorCode } from '../../shell/network-stack.ts';
import type { NetworkNamespace } from './namespace.ts';

/** Where a packet to an address ends. */
export type Route =
  | {
      readonly kind: 'delivered';
      readonly target: NetworkNamespace;
      readonly ip: string;
      readonly port: number;
      readonly hops: readonly FlowHop[];
    }
  /** The network itself answers no, after `afterMs`. */
  | {
      readonly kind: 'failed';
      readonly code: NetworkErrorCode;
      readonly afterMs: number;
      readonly hops: readonly FlowHop[];
      readonly outcome: 'refused' | 'timeout' | 'denied' | 'unreachable';
      /** Where the packet went after a Service's address was replaced: what is sent again goes there too. */
      readonly to?: { readonly ip: string; readonly port: number; readonly via: readonly FlowHop[] };
    };
