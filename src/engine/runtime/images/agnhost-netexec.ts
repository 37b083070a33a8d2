/** agnhost netexec: an HTTP and UDP server that tests ask who they reached, and let dial others. */
import { TimeoutError, withTimeout } from '../../../process/combinators.ts';
import { type Process, sleep, suspend } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { HttpError, type HttpHeaders, type HttpRequest, type HttpResponse } from '../../../shell/http.ts';
import { httpRequest } from '../../../shell/http-client.ts';
import { serveHttp } from '../../../shell/http-server.ts';
import { NetworkError, type NetworkStack, type UdpSocket } from '../../../shell/network-stack.ts';
import { runService } from '../../../shell/service.ts';
import { CollectingWriter } from '../../../shell/streams.ts';
import { decode, encode } from '../../../shell/text.ts';
import {
  goDialError,
  goHttpError,
  goLog,
  goQuote,
  goRedirect,
  parseGoDuration,
  parseGoFlags,
  plain,
} from './go-program.ts';

export function* netexec(context: ProgramContext, words: readonly string[]): Process<number> {
  const { values } = parseGoFlags(words);
  const { network } = context;
  if (!network) return 1;
  return yield* new Netexec(context, network, values).run();
}

class Netexec {
  readonly #context: ProgramContext;
  readonly #network: NetworkStack;
  readonly #flags: ReadonlyMap<string, string>;
  readonly #port: number;
  #udpReady = false;
  #terminating = false;
  #exit: (code: number) => void = () => undefined;

  constructor(context: ProgramContext, network: NetworkStack, flags: ReadonlyMap<string, string>) {
    this.#context = context;
    this.#network = network;
    this.#flags = flags;
    this.#port = Number(flags.get('http-port') ?? 8080);
  }

  *run(): Process<number> {
    const udpPort = Number(this.#flags.get('udp-port') ?? 8081);
    const certificate = this.#flags.get('tls-cert-file');
    let exitCode: number | undefined;
    const exited = suspend<number>((resume) => {
      this.#exit = (code) => {
        exitCode = code;
        resume(code);
      };
    });
    const parts: Process<unknown>[] = [
      serveHttp({
        network: this.#network,
        port: this.#port,
        handler: (request) => this.#handle(this.#overridden(request)),
        ...(certificate === undefined ? {} : { certificate: this.#readText(certificate) }),
      }),
      failWith(exited),
    ];
    if (udpPort !== -1) parts.push(this.#serveUdp(udpPort));
    yield* goLog(this.#context, `Started HTTP server on port ${this.#port}`);
    const status = yield* runService(this.#context, {
      parts,
      signals: ['SIGTERM'],
      onSignal: () => this.#terminate(),
      *onError() {},
    });
    return exitCode ?? status;
  }
  *#terminate(): Process<number> {
    const delay = Number(this.#flags.get('delay-shutdown') ?? 0);
    this.#terminating = true;
    if (delay > 0) {
      yield* goLog(this.#context, `Sleeping ${delay} seconds before terminating...`);
      yield* sleep(delay * 1000);
    }
    return 0;
  }
  #readText(path: string): string {
    return this.#context.fs.exists(path) ? decode(this.#context.fs.readFile(path)) : '';
  }
  #overridden(request: HttpRequest): HttpRequest {
    const override = this.#flags.get('http-override');
    if (!override) return request;
    const [path = '/', query = ''] = override.split('?');
    return { ...request, method: 'GET', path, target: override, query: new URLSearchParams(query) };
  }

  *#handle(request: HttpRequest): Process<HttpResponse> {
    const form = formOf(request);
    const value = (name: string) => form.get(name) ?? '';
    const log = (text: string) => goLog(this.#context, text);
    switch (request.path) {
      case '/clientip':
        yield* log('GET /clientip');
        return plain(`${request.remote.ip}:${request.remote.port}`);
      case '/serverport':
        yield* log('GET /serverport');
        return plain(String(this.#port));
      case '/header': {
        const key = value('key');
        yield* log(key === '' ? 'GET /header' : `GET /header?key=${key}`);
        return plain(key === '' ? JSON.stringify(headerObject(request.headers)) : (request.headers.get(key) ?? ''));
      }
      case '/dial':
        return yield* this.#dial(request);
      case '/echo':
        yield* log(`GET /echo?msg=${value('msg')}&code=${value('code')}`);
        return plain(value('msg'), value('code') === '' ? 200 : Number(value('code')));
      case '/exit':
        return yield* this.#handleExit(value('code'), value('timeout'), value('wait'));
      case '/healthz':
        yield* log('GET /healthz');
        return plain('', this.#healthy() ? 200 : 412);
      case '/readyz':
        yield* log('GET /readyz');
        if (this.#terminating) return plain('shutting down', 503);
        return this.#healthy() ? plain('ok') : plain('', 412);
      case '/hostname':
      case '/hostName':
        yield* log(`GET ${request.path}`);
        return plain(this.#context.hostname);
      case '/redirect':
        yield* log(`${request.method} /redirect?msg=${value('location')}&code=${value('code')}`);
        return goRedirect(value('location'), Number(value('code') || 302));
      case '/shell':
        return yield* this.#shell(value('shellCommand') || value('cmd'));
      case '/shutdown':
        yield* log('GET /shutdown');
        this.#exit(0);
        yield* sleep(1);
        return plain('');
      case '/upload':
        return yield* this.#upload(request);
      default:
        yield* log('GET /');
        return plain(
          `NOW: ${new Date(this.#context.now()).toISOString().replace('T', ' ').replace('Z', ' +0000 UTC')}`,
        );
    }
  }
  #healthy(): boolean {
    return this.#udpReady || Number(this.#flags.get('udp-port') ?? 8081) === -1;
  }

  *#handleExit(code: string, timeout: string, wait: string): Process<HttpResponse> {
    yield* goLog(this.#context, `GET /exit?code=${code}&timeout=${timeout}&wait=${wait}`);
    if (timeout !== '' && parseGoDuration(timeout) === undefined)
      return plain(`argument 'timeout' must be a valid golang duration or empty, got ${goQuote(timeout)}\n`);
    if (wait !== '' && parseGoDuration(wait) === undefined)
      return plain(`argument 'wait' must be a valid golang duration or empty, got ${goQuote(wait)}\n`);
    if (code !== '' && !/^\d+$/.test(code))
      return plain(`argument 'code' must be an integer [0-127] or empty, got ${goQuote(code)}\n`);
    yield* sleep(parseGoDuration(wait || '0') ?? 0);
    this.#exit(Number(code || 0));
    yield* sleep(1);
    return plain('');
  }

  *#dial(request: HttpRequest): Process<HttpResponse> {
    const value = (name: string) => request.query.get(name) ?? '';
    const [host, port, message, protocol, tries] = [
      value('host'),
      value('port'),
      value('request'),
      value('protocol'),
      value('tries'),
    ];
    yield* goLog(
      this.#context,
      `GET /dial?host=${host}&protocol=${protocol}&port=${port}&request=${message}&tries=${tries}`,
    );
    if (tries !== '' && !/^-?\d+$/.test(tries))
      return goHttpError(`tries parameter is invalid. strconv.Atoi: parsing ${goQuote(tries)}: invalid syntax`, 400);
    if (message === '') return goHttpError('request parameter not specified. <nil>', 400);
    const kind = protocol.toLowerCase() || 'http';
    if (kind !== 'http' && kind !== 'udp') return goHttpError(`unsupported protocol. ${protocol}`, 400);
    let ip: string;
    try {
      [ip = host] = yield* this.#network.lookup(host);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      return goHttpError(`host and/or port param are invalid. lookup ${host}: no such host`, 400);
    }
    const responses: string[] = [];
    const errors: string[] = [];
    let last = '';
    for (let attempt = 0; attempt < Number(tries || 1); attempt++) {
      const result =
        kind === 'http'
          ? yield* this.#dialHttp(ip, Number(port), message)
          : yield* this.#dialUdp(ip, Number(port), message);
      if ('error' in result) {
        errors.push(result.error);
        last = '';
      } else {
        responses.push(result.response);
        last = result.response;
      }
    }
    return plain(JSON.stringify({ ...(errors.length > 0 ? { errors } : {}), ...(last === '' ? {} : { responses }) }));
  }
  *#dialHttp(ip: string, port: number, message: string): Process<{ response: string } | { error: string }> {
    try {
      const result = yield* httpRequest(this.#network, {
        url: `http://${ip}:${port}/${message}`,
        headers: { 'User-Agent': 'Go-http-client/1.1' },
        timeoutMs: 5000,
      });
      return { response: decode(result.body) };
    } catch (error) {
      const address = `${ip}:${port}`;
      const prefix = `Get "http://${address}/${message}": `;
      if (error instanceof TimeoutError)
        return { error: `${prefix}context deadline exceeded (Client.Timeout exceeded while awaiting headers)` };
      if (error instanceof NetworkError) return { error: prefix + goDialError(error, address) };
      if (error instanceof HttpError) return { error: `${prefix}EOF` };
      throw error;
    }
  }
  *#dialUdp(ip: string, port: number, message: string): Process<{ response: string } | { error: string }> {
    const socket = this.#network.udp();
    try {
      yield* socket.send({ ip, port }, encode(message));
      const answer = yield* withTimeout(5000, socket.receive());
      return answer ? { response: decode(answer.bytes) } : { error: "reading from udp connection failed. err:'EOF'" };
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      const { ip: from, port: fromPort } = socket.address;
      return {
        error: `reading from udp connection failed. err:'read udp ${from}:${fromPort}->${ip}:${port}: i/o timeout'`,
      };
    } finally {
      socket.close();
    }
  }

  *#shell(command: string): Process<HttpResponse> {
    yield* goLog(this.#context, `GET /shell?cmd=${command}`);
    const output = new CollectingWriter();
    const child = this.#context.processes.spawn({ argv: ['/bin/sh', '-c', command], stdout: output, stderr: output });
    const status = yield* child.wait();
    const text = output.text();
    const result = {
      ...(status.code === 0
        ? {}
        : { error: status.signal ? `signal: ${status.signal.slice(3).toLowerCase()}` : `exit status ${status.code}` }),
      ...(text === '' ? {} : { output: text }),
    };
    return plain(JSON.stringify(result));
  }
  *#upload(request: HttpRequest): Process<HttpResponse> {
    yield* goLog(this.#context, 'GET /upload');
    const boundary = /boundary=("?)([^";]+)\1/.exec(request.headers.get('content-type') ?? '')?.[2];
    const body = decode(request.body);
    const part =
      boundary === undefined ? undefined : body.split(`--${boundary}`).find((each) => /name="file"/.test(each));
    if (part === undefined) return plain(JSON.stringify({ error: 'Unable to upload file.' }));
    const content = part.slice(part.indexOf('\r\n\r\n') + 4).replace(/\r\n$/, '');
    const path = `/uploads/upload${Math.floor(this.#context.random() * 1e9)}`;
    this.#context.fs.mkdir('/uploads', { parents: true });
    this.#context.fs.writeFile(path, encode(content), { mode: 0o700 });
    return plain(JSON.stringify({ output: path }), 201);
  }

  *#serveUdp(port: number): Process<void> {
    const socket: UdpSocket = this.#network.udp(port);
    yield* goLog(this.#context, `Started UDP server on port  ${port}`);
    this.#udpReady = true;
    try {
      for (let datagram = yield* socket.receive(); datagram; datagram = yield* socket.receive()) {
        const message = decode(datagram.bytes).replace(/\n$/, '');
        yield* goLog(this.#context, `Received data: ${message}`);
        yield* socket.send(datagram.from, encode(this.#answerDatagram(message, datagram.from)));
      }
    } finally {
      socket.close();
    }
  }
  #answerDatagram(message: string, from: { readonly ip: string; readonly port: number }): string {
    const lower = message.toLowerCase().trim();
    if (lower === 'hostname') return this.#context.hostname;
    if (lower === 'clientip') return `${from.ip}:${from.port}`;
    if (lower === 'serverport') return String(this.#flags.get('udp-port') ?? 8081);
    return lower.startsWith('echo ') ? message.slice(5) : lower === 'quit' ? '' : message;
  }
}

/** Ends as a failure when the process gives its code, so that the service ends with it. */
function* failWith(exited: Process<number>): Process<void> {
  const code = yield* exited;
  throw new Error(`exit ${code}`);
}

function formOf(request: HttpRequest): URLSearchParams {
  const form = new URLSearchParams(request.query);
  if (/x-www-form-urlencoded/.test(request.headers.get('content-type') ?? '')) {
    for (const [name, value] of new URLSearchParams(decode(request.body)))
      if (!form.has(name)) form.append(name, value);
  }
  return form;
}

/** http.Header as JSON. */
function headerObject(headers: HttpHeaders): Record<string, string[]> {
  const out: Record<string, string[]> = {};
  for (const [name, value] of headers.entries()) {
    if (name.toLowerCase() === 'host') continue;
    const canonical = name
      .toLowerCase()
      .replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
    (out[canonical] ??= []).push(value);
  }
  return out;
}
