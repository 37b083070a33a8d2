import { errorText } from '../../apimachinery/error-text.ts';
import { StatusError } from '../../apimachinery/status-error.ts';
import type { Client, Query, RawAnswer, WatchEvent } from '../../client/client.ts';
import { answerOf, textOf } from '../../client/request.ts';
import { Channel } from '../../process/channel.ts';
import type { Process } from '../../process/process.ts';
import { TimeoutError, withTimeout } from '../../process/combinators.ts';
import type { ApiRequest, Call, Receiver } from '../../protocol/rest.ts';
import { ConnectionError } from '../errors.ts';
import type { Output } from '../output.ts';
import type { WarningCollector } from './warnings.ts';

export type RestRequest = Partial<ApiRequest> & { readonly path: string };

/** A path with its query; empty and undefined values are left out. */
export function withQuery(path: string, query: Query): string {
  const parts = Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== '' && value !== false && value !== 0)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value)).replaceAll('%20', '+')}`);
  return parts.length === 0 ? path : `${path}${path.includes('?') ? '&' : '?'}${parts.join('&')}`;
}

/** What a watch gives: events, then one end, with an error if it was refused or broke. */
export type WatchMessage = WatchEvent<unknown> | { readonly type: 'END'; readonly error: unknown };

/** kubectl's way to the API server: prints warnings as answers come and turns failures of the connection into kubectl's words. */
export class RestClient {
  readonly client: Client;
  readonly #err: Output;
  readonly #warnings: WarningCollector;
  readonly #host: string;
  readonly #timeoutMs: number;

  constructor(
    client: Client,
    options: {
      readonly err: Output;
      readonly warnings: WarningCollector;
      readonly host: string;
      readonly timeoutMs: number;
    },
  ) {
    this.client = client;
    this.#err = options.err;
    this.#warnings = options.warnings;
    this.#host = options.host;
    this.#timeoutMs = options.timeoutMs;
  }

  /** How long a whole request may take; 0 for ever. */
  get timeoutMs(): number {
    return this.#timeoutMs;
  }

  get host(): string {
    return this.#host;
  }

  /** One request and its whole answer, whatever its status. @throws ConnectionError */
  *raw(request: RestRequest): Process<RawAnswer> {
    try {
      const process = this.client.raw(request);
      const answer = yield* this.#timeoutMs > 0 ? withTimeout(this.#timeoutMs, process) : process;
      yield* this.#showWarnings(answer.headers['warning']);
      return answer;
    } catch (error) {
      throw this.connectionError(error);
    }
  }

  /** One request, its answer as an object. @throws StatusError, ConnectionError */
  *json<T>(request: RestRequest): Process<T> {
    const answer = yield* this.raw(request);
    return statusOf<T>(answer, request.method ?? 'GET');
  }

  /** One request, its answer as text. @throws StatusError, ConnectionError */
  *text(request: RestRequest): Process<string> {
    const answer = yield* this.raw(request);
    if (answer.status >= 300) statusOf(answer, request.method ?? 'GET');
    return textOf(answer);
  }

  /** A stream of frames as they come. */
  stream(request: RestRequest, receiver: Receiver): Call {
    return this.client.stream(request, receiver);
  }

  /** Opens a watch; what comes lies in the channel until it is read. */
  watch(
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): { readonly events: Channel<WatchMessage>; stop(): void } {
    const events = new Channel<WatchMessage>();
    let status = 0;
    let rest = '';
    const frames: (Uint8Array | string | object)[] = [];
    const decoder = new TextDecoder();
    const call = this.client.stream(
      { path, headers },
      {
        head: (head) => {
          status = head.status;
          this.#warnings.takeHeader(head.headers['warning']);
        },
        frame: (frame) => {
          if (status !== 200) return void frames.push(frame);
          if (typeof frame === 'object' && !(frame instanceof Uint8Array))
            return events.send(frame as WatchEvent<unknown>);
          rest += typeof frame === 'string' ? frame : decoder.decode(frame, { stream: true });
          const lines = rest.split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) if (line) events.send(JSON.parse(line) as WatchEvent<unknown>);
        },
        end: () => {
          let error: unknown;
          try {
            if (status !== 200) statusOf({ status, headers: {}, frames }, 'GET');
          } catch (refused) {
            error = refused;
          }
          events.send({ type: 'END', error });
        },
        fail: (error) => events.send({ type: 'END', error: this.connectionError(error) }),
      },
    );
    return { events, stop: () => call.abort() };
  }

  /** Prints what warnings have come. */
  *showWarnings(): Process<void> {
    yield* this.#err.print(this.#warnings.take());
  }

  *#showWarnings(header: string | undefined): Process<void> {
    this.#warnings.takeHeader(header);
    yield* this.showWarnings();
  }

  /** kubectl's words for a connection that failed. */
  connectionError(error: unknown): unknown {
    if (error instanceof StatusError || error instanceof ConnectionError) return error;
    if (error instanceof TimeoutError) {
      return new ConnectionError(
        'Unable to connect to the server: net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
      );
    }
    if (!(error instanceof Error) || error.name === 'KilledError') return error;
    const code = String(
      (error as { code?: unknown }).code ?? (error.cause as { code?: unknown } | undefined)?.code ?? '',
    );
    if (code === 'ECONNREFUSED') {
      return new ConnectionError(
        `The connection to the server ${this.#host} was refused - did you specify the right host or port?`,
      );
    }
    return new ConnectionError(`Unable to connect to the server: ${errorText(error.cause ?? error)}`);
  }
}

function statusOf<T>(answer: RawAnswer, verb: string): T {
  try {
    return answerOf<T>(answer);
  } catch (error) {
    if (error instanceof StatusError && error.status.details?.causes?.[0]?.reason === 'UnexpectedServerResponse') {
      const text = textOf(answer);
      throw StatusError.fromAnswer(answer.status, text, { verb });
    }
    throw error;
  }
}
