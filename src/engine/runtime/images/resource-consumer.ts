/** resource-consumer: uses as much cpu and memory as it is told to, for as long as it is told to: what autoscaling tests drive. */
import { type Process, sleep } from '../../../process/process.ts';
import { fork } from '../../../process/task.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import type { HttpRequest, HttpResponse } from '../../../shell/http.ts';
import { serveHttp } from '../../../shell/http-server.ts';
import { runService } from '../../../shell/service.ts';
import { decode } from '../../../shell/text.ts';
import { alpineBase } from './bases.ts';
import { goHttpError, parseGoFlags, plain } from './go-program.ts';
import type { ImageDefinition } from './image.ts';

const idle = { cpuMilli: 1, memoryBytes: 6_000_000 };

class ResourceConsumer {
  readonly #context: ProgramContext;
  readonly #metrics = new Map<string, number>();
  #cpuMilli = 0;
  #megabytes = 0;

  constructor(context: ProgramContext) {
    this.#context = context;
    this.#use();
  }

  /** Upstream: test/images/resource-consumer/resource_consumer_handler.go (v1.36) */
  *handle(request: HttpRequest): Process<HttpResponse> {
    if (request.path === '/metrics') return plain(this.#metricsText());
    if (request.method !== 'POST') return goHttpError('Bad request. Not a POST request', 400);
    const form = new URLSearchParams([...new URLSearchParams(decode(request.body)), ...request.query]);
    switch (request.path) {
      case '/ConsumeCPU':
        return yield* this.#consume(form, 'ConsumeCPU', 'millicores', (by) => {
          this.#cpuMilli += by;
        });
      case '/ConsumeMem':
        return yield* this.#consume(form, 'ConsumeMem', 'megabytes', (by) => {
          this.#megabytes += by;
        });
      case '/BumpMetric': {
        const metric = form.get('metric') ?? '';
        if (metric === '') return goHttpError('not given function argument', 400);
        return yield* this.#consume(form, `BumpMetric\n${metric} metric`, 'delta', (by) => {
          this.#metrics.set(metric, (this.#metrics.get(metric) ?? 0) + by);
        });
      }
      case '/GetCurrentStatus':
        return plain('Warning: not implemented!\nGetCurrentStatus');
      default:
        return goHttpError(`unknown function: ${request.path}`, 404);
    }
  }

  /** Adds for a while, and takes it back. */
  *#consume(form: URLSearchParams, title: string, name: string, add: (by: number) => void): Process<HttpResponse> {
    const [amount, seconds] = [form.get(name) ?? '', form.get('durationSec') ?? ''];
    if (amount === '' || seconds === '') return goHttpError('not given function argument', 400);
    if (!Number.isFinite(Number(amount)) || !/^-?\d+$/.test(seconds))
      return goHttpError('incorrect function argument', 400);
    const by = Number(amount);
    const use = () => this.#use();
    yield* fork(
      (function* (): Process<void> {
        add(by);
        use();
        yield* sleep(Math.max(0, Number(seconds)) * 1000);
        add(-by);
        use();
      })(),
      title,
    );
    return plain(`${title}\n${amount} ${name}\n${seconds} durationSec\n`);
  }

  #use(): void {
    const memoryBytes = idle.memoryBytes + this.#megabytes * 1024 * 1024;
    this.#context.use?.({ cpuMilli: idle.cpuMilli + this.#cpuMilli, memoryBytes });
  }

  #metricsText(): string {
    const text = ([name, value]: readonly [string, number]) =>
      `# HELP ${name} info message.\n# TYPE ${name} gauge\n${name} ${value.toFixed(6)}\n`;
    return [...this.#metrics].map(text).join('');
  }
}

function* resourceConsumer(context: ProgramContext): Process<number> {
  const { network } = context;
  if (!network) return 1;
  const port = Number(parseGoFlags(context.argv.slice(1)).values.get('port') ?? 8080);
  const consumer = new ResourceConsumer(context);
  return yield* runService(context, {
    parts: [serveHttp({ network, port, handler: (request) => consumer.handle(request) })],
  });
}

export const resourceConsumerImage: ImageDefinition = {
  matches: ['*/resource-consumer'],
  programs: { 'resource-consumer': resourceConsumer },
  build: () => ({
    entrypoint: ['/consumer'],
    exposedPorts: ['8080/tcp'],
    layers: [...alpineBase(), { '/consumer': { program: 'resource-consumer' } }],
    sizeBytes: 60_000_000,
  }),
};
