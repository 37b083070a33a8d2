/** The API server's calls outward, given to it by whoever composes a cluster: to kubelets and to services' ports. */
import type { ApiRequest, Exchange } from '../../protocol/rest.ts';

/** Carries a request on to a node's kubelet: logs, exec, attach, port-forward, proxy. */
export interface NodeProxy {
  /**
   * `request.path` is the kubelet's own: `/containerLogs/<namespace>/<pod>/<container>?follow=true`, `/exec/…`, `/attach/…`,
   * `/portForward/<namespace>/<pod>`, or any path for a plain proxy. The kubelet answers through the exchange, upgrades included.
   * Gives false when the node cannot be reached: nothing was answered then.
   */
  handle(nodeName: string, request: ApiRequest, exchange: Exchange): boolean;
}

/** A plain answer of a service or a pod. */
export interface OutwardAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Hears an answer as it is made. */
export interface OutwardReceiver {
  head(head: Omit<OutwardAnswer, 'body'>): void;
  /** Of the body; after a head of 101, of what is spoken then. */
  bytes(bytes: Uint8Array): void;
  end(): void;
  /** Nothing follows. Before the head: the request could not be made, and why, in Go's words; after it: the answer broke off. */
  failed(message: string): void;
  /** What was handed over and not yet taken: while there is much, no more is read. */
  readonly backlog: number;
}

/** The asking side of an answer that is still being made. */
export interface OutwardCall {
  abort(): void;
  /** Speaks after a head of 101; undefined: nothing more will be said. */
  send(bytes: Uint8Array | undefined): void;
}

/** How a server must prove itself. */
export interface OutwardTls {
  readonly serverName: string;
  /** Certificates in PEM of those who may vouch for it; without them, those of the system. */
  readonly caBundle?: string;
  /** Whoever answers is believed. */
  readonly insecure?: boolean;
}

/** Where an outward HTTP request goes. */
export type OutwardTarget =
  | {
      readonly kind: 'service';
      readonly namespace: string;
      readonly name: string;
      readonly port: number | string;
      readonly tls?: OutwardTls;
    }
  | {
      readonly kind: 'pod';
      readonly namespace: string;
      readonly name: string;
      readonly ip: string;
      readonly port: number;
      readonly tls?: OutwardTls;
    }
  | { readonly kind: 'url'; readonly url: string; readonly tls?: OutwardTls };

/** Opens connections to services' ports: for webhooks, aggregated APIs and the proxy subresources. */
export interface ServiceResolver {
  /** Performs one request. `failed` hears why it could not be made, in Go's words (`dial tcp 10.96.0.7:443: connect: connection refused`). */
  request(
    target: OutwardTarget,
    request: ApiRequest,
    done: (answer: OutwardAnswer) => void,
    failed: (message: string) => void,
  ): () => void;
  /** As `request`, for answers that are passed on as they come, upgrades included. */
  open(target: OutwardTarget, request: ApiRequest, receiver: OutwardReceiver): OutwardCall;
}
