import type { Transport } from '../../protocol/rest.ts';
import type { ProgramContext } from '../../shell/context.ts';
import type { Output } from '../output.ts';

/** What client-go logs to stderr, as klog formats it. */
export class ClientLog {
  readonly #context: ProgramContext;
  readonly #verbosity: number;
  readonly #server: string;

  constructor(context: ProgramContext, verbosity: number, server: string) {
    this.#context = context;
    this.#verbosity = verbosity;
    this.#server = server;
  }

  /** `I1123 02:08:28.000000    1234 file.go:1] message`. */
  line(severity: 'I' | 'W' | 'E', file: string, message: string): string {
    const date = new Date(this.#context.now());
    const two = (value: number) => String(value).padStart(2, '0');
    const day = `${two(date.getUTCMonth() + 1)}${two(date.getUTCDate())}`;
    const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
    const micros = `${String(date.getUTCMilliseconds()).padStart(3, '0')}000`;
    return `${severity}${day} ${time}.${micros} ${String(this.#context.pid).padStart(7)} ${file}] ${message}\n`;
  }

  /** A transport that logs requests from verbosity 6 on. */
  wrap(transport: Transport, err: Output): Transport {
    if (this.#verbosity < 6) return transport;
    return {
      request: (request, receiver) => {
        const start = this.#context.now();
        return transport.request(request, {
          ...receiver,
          head: (head) => {
            const ms = Math.round(this.#context.now() - start);
            const url = `${this.#server}${request.path}`;
            const text = `"Response" verb="${request.method}" url="${url}" status="${head.status} ${reason(head.status)}" milliseconds=${ms}`;
            void err.print(this.line('I', 'round_trippers.go:632', text)).next();
            receiver.head(head);
          },
          frame: (frame) => receiver.frame(frame),
          end: () => receiver.end(),
          fail: (error) => receiver.fail(error),
        });
      },
    };
  }
}

const reasons: Readonly<Record<number, string>> = {
  101: 'Switching Protocols',
  200: 'OK',
  201: 'Created',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  422: 'Unprocessable Entity',
};
const reason = (status: number): string => reasons[status] ?? '';
