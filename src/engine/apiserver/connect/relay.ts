/** Passes a request on to a service or a pod, and the answer back as it comes. */
import { type Process, suspend } from '../../../process/process.ts';
import type { ApiRequest, Exchange } from '../../../protocol/rest.ts';
import type { OutwardAnswer, OutwardReceiver, OutwardTarget, ServiceResolver } from '../outward.ts';
import { forwardedHeaders } from './forwarded-headers.ts';

export type AnswerHead = Omit<OutwardAnswer, 'body'>;

export interface Relayed {
  readonly target: OutwardTarget;
  /** As the service is to see it. */
  readonly request: ApiRequest;
  /** The head as the client is to see it. */
  head(head: AnswerHead): AnswerHead;
  /** What is made of the whole text of an answer; undefined: it is passed on as it comes. */
  rewrite?(head: AnswerHead): ((text: string) => string) | undefined;
}

/** The service could not be asked; the message says why, in Go's words. */
export class RelayError extends Error {}

/** Headers of one connection that ask for another protocol, where there are such. Upstream: apimachinery/pkg/util/httpstream IsUpgradeRequest */
export function upgradeHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const { connection = '', upgrade } = headers;
  return upgrade !== undefined && /upgrade/i.test(connection) ? { connection: 'Upgrade', upgrade } : {};
}

/** Ends when the answer has ended, or the client is gone. @throws RelayError when there is no answer */
export function* relay(resolver: ServiceResolver, exchange: Exchange, relayed: Relayed): Process<void> {
  const why = yield* suspend<string | undefined>((resume) => passOn(resolver, exchange, relayed, resume));
  if (why !== undefined) throw new RelayError(why);
}

/** Passes a request on; gives what breaks it off. @param over hears that it has ended, or why there is no answer */
export function passOn(
  resolver: ServiceResolver,
  exchange: Exchange,
  relayed: Relayed,
  over: (why: string | undefined) => void,
): () => void {
  const call = resolver.open(relayed.target, relayed.request, answering(exchange, relayed, over));
  exchange.onAbort(() => call.abort());
  exchange.onData((bytes) => call.send(bytes));
  return () => call.abort();
}

function answering(exchange: Exchange, relayed: Relayed, over: (why: string | undefined) => void): OutwardReceiver {
  const decoder = new TextDecoder();
  let begun = false;
  let rewrite: ((text: string) => string) | undefined;
  let text = '';
  return {
    head(head: AnswerHead): void {
      begun = true;
      rewrite = relayed.rewrite?.(head);
      if (head.status === 101) exchange.head(switched(head));
      else exchange.head(relayed.head(head));
    },
    bytes(bytes: Uint8Array): void {
      if (rewrite) text += decoder.decode(bytes, { stream: true });
      else if (bytes.length > 0) exchange.frame(bytes);
    },
    end(): void {
      if (rewrite) exchange.frame(rewrite(text + decoder.decode()));
      exchange.end();
      over(undefined);
    },
    failed(why: string): void {
      if (!begun) return over(why);
      // What was begun cannot be taken back: a second head cuts the connection.
      exchange.head({ status: 502, headers: {} });
      over(undefined);
    },
    get backlog(): number {
      return exchange.backlog;
    },
  };
}

/** Both sides have agreed on another protocol: the client is to see the whole handshake. */
const switched = ({ status, headers }: AnswerHead): AnswerHead => ({
  status,
  headers: { ...forwardedHeaders(headers), ...upgradeHeaders(headers) },
});
