/** redis-server and redis-cli: RESP over TCP, with replication good enough for a guestbook. */
import { type Process, sleep } from '../../../process/process.ts';
import { BrokenPipeError } from '../../../process/pipe.ts';

import { ByteReader } from '../../../shell/byte-reader.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { serveConnections } from '../../../shell/http-server.ts';
import { type Connection, NetworkError, type NetworkStack } from '../../../shell/network-stack.ts';
import { runService } from '../../../shell/service.ts';
import { LineReader, writeText } from '../../../shell/streams.ts';
import { decode, encode } from '../../../shell/text.ts';
import { formatTime } from '../../../shell/coreutils/dates.ts';
import { alpineBase, debianBase } from './bases.ts';
import { CpuMeter } from './cpu-meter.ts';
import type { ImageDefinition } from './image.ts';
import { RedisStore, writeCommands } from './redis-store.ts';
import { encodeResp, readResp, RespFailure, RespStatus, type RespValue } from './resp.ts';

const ok = new RespStatus('OK');

class RedisServer {
  readonly #context: ProgramContext;
  readonly #network: NetworkStack;
  readonly #store: RedisStore;
  readonly #config: ReadonlyMap<string, string>;
  readonly #meter: CpuMeter;
  readonly #replicas = new Set<Connection>();
  readonly #startedAt: number;
  #primary: { readonly host: string; readonly port: number } | undefined;
  #linkUp = false;
  #commandsRun = 0;

  constructor(context: ProgramContext, network: NetworkStack, config: ReadonlyMap<string, string>) {
    this.#context = context;
    this.#network = network;
    this.#config = config;
    this.#store = new RedisStore(() => context.now());
    this.#meter = new CpuMeter(context, 2);
    this.#startedAt = context.now();
    const [host, port] = (config.get('replicaof') ?? config.get('slaveof') ?? '').split(' ');
    if (host && host !== 'no') this.#primary = { host, port: Number(port ?? 6379) };
    context.use?.({ memoryBytes: 9_000_000 });
  }
  get #port(): number {
    return Number(this.#config.get('port') ?? 6379);
  }

  *run(): Process<number> {
    const version = this.#context.env.get('REDIS_VERSION') ?? '7.4.5';
    yield* this.#log('C', '*', 'oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo');
    yield* this.#log('C', '*', `Redis version=${version}, bits=64, commit=00000000, modified=0, pid=1, just started`);
    yield* this.#log('M', '*', `Running mode=standalone, port=${this.#port}.`);
    yield* this.#log('M', '*', 'Server initialized');
    const listener = this.#network.listen(this.#port);
    yield* this.#log('M', '*', 'Ready to accept connections tcp');
    return yield* runService(this.#context, {
      parts: [serveConnections(listener, (connection) => this.#serve(connection)), this.#follow()],
      onSignal: (signal) => this.#stop(signal),
    });
  }
  *#stop(signal: string): Process<number> {
    yield* this.#log('signal-handler', '', `Received ${signal} scheduling shutdown...`);
    yield* this.#log('M', '*', 'User requested shutdown...');
    yield* this.#log('M', '#', 'Redis is now ready to exit, bye bye...');
    return 0;
  }
  #log(role: string, level: string, text: string): Process<void> {
    const now = Math.floor(this.#context.now());
    const stamp = `${formatTime('%d %b %Y %H:%M:%S', now)}.${String(now % 1000).padStart(3, '0')}`;
    const shown = role === 'M' && this.#primary ? 'S' : role;
    return writeText(
      this.#context.stdout,
      role === 'signal-handler'
        ? `1:signal-handler (${Math.floor(now / 1000)}) ${text}\n`
        : `1:${shown} ${stamp} ${level} ${text}\n`,
    );
  }

  *#serve(connection: Connection): Process<void> {
    const reader = new ByteReader(connection.reader);
    const session = { authenticated: !this.#config.has('requirepass') };
    try {
      for (let value = yield* readResp(reader); value !== undefined; value = yield* readResp(reader)) {
        if (!Array.isArray(value) || value.length === 0) continue;
        const words = value.map((each) => String(each));
        const name = (words[0] ?? '').toUpperCase();
        const answer = yield* this.#answer(name, words.slice(1), session, connection);
        if (answer !== undefined) yield* connection.writer.write(encode(encodeResp(answer)));
        connection.annotate(`${words.slice(0, 2).join(' ')}`);
        if (name === 'QUIT') return;
      }
    } finally {
      this.#replicas.delete(connection);
    }
  }

  *#answer(
    name: string,
    args: readonly string[],
    session: { authenticated: boolean },
    connection: Connection,
  ): Process<RespValue | undefined> {
    yield* this.#meter.note(0.05);
    this.#commandsRun++;
    if (name === 'AUTH') {
      if (!this.#config.has('requirepass'))
        return new RespFailure(
          'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
        );
      session.authenticated = args.at(-1) === this.#config.get('requirepass');
      return session.authenticated
        ? ok
        : new RespFailure('WRONGPASS invalid username-password pair or user is disabled.');
    }
    if (!session.authenticated && name !== 'QUIT') return new RespFailure('NOAUTH Authentication required.');
    if (name === 'SYNC' || name === 'PSYNC') return yield* this.#sync(connection);
    if (writeCommands.has(name)) {
      if (this.#primary) return new RespFailure("READONLY You can't write against a read only replica.");
      const answer = this.#store.run(name, args);
      if (answer !== undefined && !(answer instanceof RespFailure)) yield* this.#propagate([name, ...args]);
      return answer;
    }
    const answer = this.#administer(name, args) ?? this.#store.run(name, args);
    const beginning = args.map((arg) => `'${arg}' `).join('');
    return answer === undefined
      ? new RespFailure(`ERR unknown command '${name}', with args beginning with: ${beginning}`)
      : answer;
  }

  #administer(name: string, args: readonly string[]): RespValue | undefined {
    switch (name) {
      case 'PING':
        return args[0] ?? new RespStatus('PONG');
      case 'ECHO':
        return args[0] ?? '';
      case 'SELECT':
      case 'QUIT':
      case 'CLIENT':
      case 'REPLCONF':
      case 'SAVE':
      case 'BGSAVE':
        return ok;
      case 'HELLO':
        return [
          'server',
          'redis',
          'version',
          '7.4.5',
          'proto',
          2,
          'mode',
          'standalone',
          'role',
          this.#primary ? 'replica' : 'master',
          'modules',
          [],
        ];
      case 'COMMAND':
        return [];
      case 'CONFIG':
        return args[0]?.toUpperCase() === 'GET'
          ? [
              args[1] ?? '',
              this.#config.get(args[1] ?? '') ??
                (args[1] === 'maxmemory' ? '0' : args[1] === 'maxmemory-policy' ? 'noeviction' : ''),
            ]
          : ok;
      case 'ROLE':
        return this.#primary
          ? ['slave', this.#primary.host, this.#primary.port, this.#linkUp ? 'connected' : 'connect', 0]
          : ['master', 0, []];
      case 'REPLICAOF':
      case 'SLAVEOF':
        this.#primary =
          args[0]?.toLowerCase() === 'no' ? undefined : { host: args[0] ?? '', port: Number(args[1] ?? 6379) };
        return ok;
      case 'TIME':
        return [String(Math.floor(this.#context.now() / 1000)), '0'];
      case 'INFO':
        return this.#info(args[0]);
      default:
        return undefined;
    }
  }
  #info(section: string | undefined): string {
    const seconds = Math.floor((this.#context.now() - this.#startedAt) / 1000);
    const sections: Readonly<Record<string, string>> = {
      server: `# Server\r\nredis_version:${this.#context.env.get('REDIS_VERSION') ?? '7.4.5'}\r\nredis_mode:standalone\r\nprocess_id:1\r\ntcp_port:${this.#port}\r\nuptime_in_seconds:${seconds}\r\n`,
      memory: '# Memory\r\nused_memory:1048576\r\nused_memory_human:1.00M\r\n',
      stats: `# Stats\r\ntotal_commands_processed:${this.#commandsRun}\r\n`,
      replication: this.#primary
        ? `# Replication\r\nrole:slave\r\nmaster_host:${this.#primary.host}\r\nmaster_port:${this.#primary.port}\r\nmaster_link_status:${this.#linkUp ? 'up' : 'down'}\r\n`
        : `# Replication\r\nrole:master\r\nconnected_slaves:${this.#replicas.size}\r\n${[...this.#replicas].map((replica, index) => `slave${index}:ip=${replica.remote.ip},port=6379,state=online,offset=0,lag=0\r\n`).join('')}`,
      keyspace: `# Keyspace\r\n${this.#store.size > 0 ? `db0:keys=${this.#store.size},expires=0,avg_ttl=0\r\n` : ''}`,
    };
    const wanted = section?.toLowerCase();
    return wanted !== undefined && Object.hasOwn(sections, wanted)
      ? (sections[wanted] ?? '')
      : Object.values(sections).join('\r\n');
  }

  /** Sends a replica everything, and from then on what changes. */
  *#sync(connection: Connection): Process<undefined> {
    yield* this.#log('M', '*', `Replica ${connection.remote.ip}:6379 asks for synchronization`);
    for (const command of this.#store.dump()) yield* connection.writer.write(encode(encodeResp(command)));
    this.#replicas.add(connection);
    yield* this.#log('M', '*', `Synchronization with replica ${connection.remote.ip}:6379 succeeded`);
    return undefined;
  }
  *#propagate(command: readonly string[]): Process<void> {
    for (const replica of [...this.#replicas]) {
      try {
        yield* replica.writer.write(encode(encodeResp(command)));
      } catch (error) {
        if (!(error instanceof BrokenPipeError)) throw error;
        this.#replicas.delete(replica);
      }
    }
  }
  /** Follows a primary, and tries again when it is gone. */
  *#follow(): Process<void> {
    while (this.#primary) {
      const { host, port } = this.#primary;
      yield* this.#log('M', '*', `Connecting to MASTER ${host}:${port}`);
      try {
        yield* this.#replicate(host, port);
        yield* this.#log('M', '#', 'Connection with master lost.');
      } catch (error) {
        if (!(error instanceof NetworkError || error instanceof BrokenPipeError)) throw error;
        const text =
          error instanceof NetworkError && error.code === 'ENOTFOUND'
            ? 'Unable to connect to MASTER: Name does not resolve'
            : `Error condition on socket for SYNC: ${error instanceof NetworkError && error.code === 'ETIMEDOUT' ? 'Operation timed out' : 'Connection refused'}`;
        yield* this.#log('M', '#', text);
      } finally {
        this.#linkUp = false;
      }
      yield* sleep(1000);
    }
  }
  *#replicate(host: string, port: number): Process<void> {
    const connection = yield* this.#network.dial(host, port);
    try {
      yield* this.#log('M', '*', 'MASTER <-> REPLICA sync started');
      const password = this.#config.get('masterauth');
      const reader = new ByteReader(connection.reader);
      if (password !== undefined) {
        yield* connection.writer.write(encode(encodeResp(['AUTH', password])));
        yield* readResp(reader);
      }
      yield* connection.writer.write(encode(encodeResp(['SYNC'])));
      this.#store.clear();
      this.#linkUp = true;
      yield* this.#log('M', '*', 'MASTER <-> REPLICA sync: Finished with success');
      for (let value = yield* readResp(reader); value !== undefined; value = yield* readResp(reader)) {
        if (Array.isArray(value)) this.#store.run(String(value[0]).toUpperCase(), value.slice(1).map(String));
      }
    } finally {
      connection.close();
    }
  }
}

/** Reads redis.conf and the options of the command line: `--replicaof host port`. */
function readConfig(context: ProgramContext, words: readonly string[]): Map<string, string> {
  const config = new Map<string, string>();
  const [file] = words;
  if (file !== undefined && !file.startsWith('-') && context.fs.exists(file)) {
    for (const line of decode(context.fs.readFile(file)).split('\n')) {
      const match = /^\s*([\w-]+)\s+(.*?)\s*$/.exec(line);
      if (match?.[1] && match[2] !== undefined) config.set(match[1].toLowerCase(), match[2].replace(/^"(.*)"$/, '$1'));
    }
  }
  for (let at = 0; at < words.length; at++) {
    const option = /^--([\w-]+)$/.exec(words[at] ?? '')?.[1];
    if (!option) continue;
    const values: string[] = [];
    while (words[at + 1] !== undefined && !words[at + 1]?.startsWith('--')) values.push(words[++at] ?? '');
    config.set(option, values.join(' '));
  }
  return config;
}

function* redisServer(context: ProgramContext): Process<number> {
  if (context.argv.includes('--version') || context.argv.includes('-v')) {
    yield* writeText(
      context.stdout,
      `Redis server v=${context.env.get('REDIS_VERSION') ?? '7.4.5'} sha=00000000:0 malloc=jemalloc-5.3.0 bits=64\n`,
    );
    return 0;
  }
  if (!context.network) return 1;
  return yield* new RedisServer(context, context.network, readConfig(context, context.argv.slice(1))).run();
}

/** The follower of the guestbook: finds its leader by name or by environment. */
function* redisFollower(context: ProgramContext): Process<number> {
  const byEnv = context.env.get('GET_HOSTS_FROM') === 'env';
  const legacy = context.argv[1] ?? 'redis-leader';
  const variable = `${legacy.toUpperCase().replace(/-/g, '_')}_SERVICE_HOST`;
  const host = byEnv ? (context.env.get(variable) ?? legacy) : legacy;
  return yield* context.exec({ argv: ['redis-server', '--replicaof', host, '6379'] });
}

function* redisCli(context: ProgramContext): Process<number> {
  const words = context.argv.slice(1);
  let [host, port, password] = ['127.0.0.1', 6379, context.env.get('REDISCLI_AUTH')];
  while (words[0] !== undefined && words[0].startsWith('-')) {
    const flag = words.shift() ?? '';
    if (flag === '-h') host = words.shift() ?? host;
    else if (flag === '-p') port = Number(words.shift());
    else if (flag === '-a' || flag === '--pass') password = words.shift();
    else if (flag === '-n' || flag === '-u') words.shift();
    else if (flag === '--version') {
      yield* writeText(context.stdout, 'redis-cli 7.4.5\n');
      return 0;
    }
  }
  let connection: Connection;
  try {
    if (!context.network) return 1;
    connection = yield* context.network.dial(host, port);
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    const reason =
      error.code === 'ENOTFOUND'
        ? 'Name or service not known'
        : error.code === 'ECONNREFUSED'
          ? 'Connection refused'
          : 'Connection timed out';
    yield* writeText(context.stderr, `Could not connect to Redis at ${host}:${port}: ${reason}\n`);
    return 1;
  }
  try {
    const reader = new ByteReader(connection.reader);
    const send = function* (command: readonly string[]): Process<RespValue | undefined> {
      yield* connection.writer.write(encode(encodeResp(command)));
      return yield* readResp(reader);
    };
    if (password !== undefined) yield* send(['AUTH', password]);
    if (words.length > 0) {
      const answer = yield* send(words);
      yield* writeText(context.stdout, `${showResp(answer ?? null, context.tty !== undefined)}\n`);
      return answer instanceof RespFailure ? 1 : 0;
    }
    return yield* converse(context, `${host}:${port}> `, send);
  } finally {
    connection.close();
  }
}

function* converse(
  context: ProgramContext,
  prompt: string,
  send: (command: readonly string[]) => Process<RespValue | undefined>,
): Process<number> {
  const lines = new LineReader(context.stdin);
  for (;;) {
    if (context.tty) yield* writeText(context.stdout, prompt);
    const line = yield* lines.next();
    if (line === undefined) return 0;
    const words = (line.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^["'](.*)["']$/, '$1'));
    if (words.length === 0) continue;
    if (/^(?:quit|exit)$/i.test(words[0] ?? '')) return 0;
    yield* writeText(context.stdout, `${showResp((yield* send(words)) ?? null, context.tty !== undefined)}\n`);
  }
}

/** A value as redis-cli shows it: for people on a terminal, raw in a pipe. */
function showResp(value: RespValue, forPeople: boolean, indent = ''): string {
  if (value instanceof RespStatus) return value.text;
  if (value instanceof RespFailure) return forPeople ? `(error) ${value.text}` : value.text;
  if (value === null) return forPeople ? '(nil)' : '';
  if (typeof value === 'number') return forPeople ? `(integer) ${value}` : String(value);
  if (typeof value === 'string') return forPeople ? JSON.stringify(value) : value;
  if (value.length === 0) return forPeople ? '(empty array)' : '';
  return value
    .map((item, index) =>
      forPeople
        ? `${index === 0 ? '' : indent}${index + 1}) ${showResp(item, true, `${indent}   `)}`
        : showResp(item, false),
    )
    .join('\n');
}

export const redisImage: ImageDefinition = {
  matches: [
    'docker.io/library/redis',
    'docker.io/redis',
    '*/library/redis',
    '*/redis',
    '*/valkey',
    '*/bitnami/redis',
    '*/gb-redisslave',
    '*/gb-redis-follower',
    '*/redis-slave',
    '*/redis-master',
    'docker.io/kubernetes/redis*',
    '*/redis-photon',
  ],
  programs: { 'redis-server': redisServer, 'redis-cli': redisCli, 'redis-follower': redisFollower },
  build: (reference) => {
    const follower = /gb-redis-?(?:slave|follower)|redis-slave/.exec(reference.repository);
    const leader = reference.repository.includes('gb-redis-follower') ? 'redis-leader' : 'redis-master';
    const version = /^(\d+\.\d+(?:\.\d+)?)/.exec(reference.tag ?? '')?.[1] ?? '7.4.5';
    return {
      entrypoint: ['docker-entrypoint.sh'],
      cmd: follower ? ['/run.sh'] : ['redis-server'],
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', REDIS_VERSION: version },
      exposedPorts: ['6379/tcp'],
      workingDir: '/data',
      layers: [
        ...(/alpine/.test(reference.tag ?? '') ? alpineBase() : debianBase()),
        {
          '/usr/local/bin/redis-server': { program: 'redis-server' },
          '/usr/local/bin/redis-cli': { program: 'redis-cli' },
          '/usr/local/bin/redis-follower': { program: 'redis-follower' },
          '/usr/local/bin/docker-entrypoint.sh': {
            content:
              '#!/bin/sh\nset -e\nif [ "${1#-}" != "$1" ] || [ "${1%.conf}" != "$1" ]; then set -- redis-server "$@"; fi\nexec "$@"\n',
            mode: 0o755,
          },
          '/data': { directory: true, uid: 999, gid: 1000 },
          ...(follower ? { '/run.sh': { content: `#!/bin/sh\nexec redis-follower ${leader}\n`, mode: 0o755 } } : {}),
        },
      ],
      sizeBytes: 45_000_000,
    };
  },
};
