/** agnhost guestbook: a frontend, and backends that hold values and pass them on to their replicas. */
import { TimeoutError } from '../../../process/combinators.ts';
import { type Process, sleep } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { HttpError, type HttpRequest, type HttpResponse } from '../../../shell/http.ts';
import { httpRequest } from '../../../shell/http-client.ts';
import { serveHttp } from '../../../shell/http-server.ts';
import { NetworkError } from '../../../shell/network-stack.ts';
import { runService } from '../../../shell/service.ts';
import { decode } from '../../../shell/text.ts';
import { goDialError, goHttpError, goLog, parseGoFlags, plain } from './go-program.ts';

export function* agnhostGuestbook(context: ProgramContext, words: readonly string[]): Process<number> {
  const { values } = parseGoFlags(words);
  const { network } = context;
  if (!network) return 1;
  const guestbook = new AgnhostGuestbook(context, values.get('backend-port') ?? '6379');
  const primary = values.get('replicaof') ?? '';
  const parts: Process<unknown>[] = [
    serveHttp({
      network,
      port: Number(values.get('http-port') ?? 80),
      handler: (request) => guestbook.handle(request),
    }),
  ];
  if (primary !== '') parts.push(guestbook.register(primary));
  return yield* runService(context, { parts });
}

class AgnhostGuestbook {
  readonly #context: ProgramContext;
  readonly #port: string;
  readonly #store = new Map<string, string>();
  readonly #replicas: string[] = [];
  constructor(context: ProgramContext, backendPort: string) {
    this.#context = context;
    this.#port = backendPort;
  }

  *register(primary: string): Process<void> {
    const own = this.#context.network?.interfaces.find((each) => each.name !== 'lo')?.addresses[0] ?? '127.0.0.1';
    const startedAt = this.#context.now();
    while (this.#context.now() - startedAt < 60_000) {
      yield* goLog(this.#context, `Registering to primary: ${primary}:${this.#port}/register?host=${own}`);
      const answer = yield* this.#get(`${primary}:${this.#port}`, `register?host=${own}`);
      if ('text' in answer) {
        const { data } = JSON.parse(answer.text) as { readonly data: Readonly<Record<string, string>> };
        for (const [key, value] of Object.entries(data)) this.#store.set(key, value);
        return yield* goLog(this.#context, `Registered to node: ${primary}`);
      }
      yield* goLog(this.#context, `encountered error while registering to primary: ${answer.error}. Retrying in 1s.`);
      yield* sleep(1000);
    }
    throw new Error('Timed out while registering to primary.');
  }

  *handle(request: HttpRequest): Process<HttpResponse> {
    const value = (name: string) => request.query.get(name) ?? '';
    switch (request.path) {
      case '/register':
        yield* goLog(this.#context, `GET /register?host=${value('host')}`);
        this.#replicas.push(value('host'));
        yield* goLog(this.#context, `Node '${value('host')}' registered.`);
        return plain(JSON.stringify({ data: Object.fromEntries(this.#store) }));
      case '/get':
        yield* goLog(this.#context, `GET /get?key=${value('key')}`);
        return plain(
          JSON.stringify({
            data: value('key') === '' ? Object.fromEntries(this.#store) : (this.#store.get(value('key')) ?? ''),
          }),
        );
      case '/set':
        return yield* this.#set(value('key'), value('value'));
      case '/guestbook':
        return yield* this.#front(value('cmd').toLowerCase(), value('key'), value('value'));
      default:
        return goHttpError('404 page not found', 404);
    }
  }
  *#set(key: string, value: string): Process<HttpResponse> {
    yield* goLog(this.#context, `GET /set?key=${key}&value=${value}`);
    if (key === '') return goHttpError('cannot set with empty key.', 400);
    this.#store.set(key, value);
    for (const replica of this.#replicas) {
      const answer = yield* this.#get(`${replica}:${this.#port}`, `set?key=${key}&value=${value}`);
      if ('error' in answer)
        return goHttpError(`encountered error while propagating to replica '${replica}': ${answer.error}`, 417);
    }
    return plain(JSON.stringify({ message: 'Updated' }));
  }
  *#front(command: string, key: string, value: string): Process<HttpResponse> {
    yield* goLog(this.#context, `GET /guestbook?cmd=${command}&key=${key}&value=${value}`);
    if (command !== 'get' && command !== 'set') return goHttpError(`unsupported cmd: '${command}'`, 400);
    if (command === 'set' && key === '') return goHttpError('cannot set with empty key.', 400);
    const host = command === 'get' ? 'agnhost-replica' : 'agnhost-primary';
    const answer = yield* this.#get(`${host}:${this.#port}`, `${command}?key=${key}&value=${value}`);
    return 'text' in answer ? plain(answer.text) : goHttpError(`encountered error: ${answer.error}`, 417);
  }
  *#get(address: string, path: string): Process<{ readonly text: string } | { readonly error: string }> {
    const { network } = this.#context;
    if (!network) return { error: 'no network' };
    try {
      return {
        text: decode((yield* httpRequest(network, { url: `http://${address}/${path}`, timeoutMs: 5000 })).body),
      };
    } catch (error) {
      if (error instanceof NetworkError) return { error: goDialError(error, address) };
      if (error instanceof TimeoutError || error instanceof HttpError) return { error: error.message };
      throw error;
    }
  }
}
