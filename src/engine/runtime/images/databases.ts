/** Databases as far as a cluster sees them: they start, listen, log, refuse to start without a password, and end in order. */
import { type Process, sleep } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { serveConnections } from '../../../shell/http-server.ts';
import { runService } from '../../../shell/service.ts';
import { readAll, writeText } from '../../../shell/streams.ts';
import { encode } from '../../../shell/text.ts';
import { formatTime } from '../../../shell/coreutils/dates.ts';
import { debianBase } from './bases.ts';
import type { ImageDefinition } from './image.ts';

interface Database {
  readonly name: string;
  readonly matches: readonly string[];
  readonly port: number;
  /** Absent: it keeps nothing. */
  readonly dataDirectory?: string;
  readonly memoryBytes: number;
  /** How long the first start takes. */
  readonly initializeMs: number;
  /** A complaint when the environment lacks what the image demands. */
  readonly refuse?: (env: ReadonlyMap<string, string>) => string | undefined;
  readonly lines: (stamp: (format: string) => string, fresh: boolean) => readonly string[];
  readonly stopLines: (stamp: (format: string) => string) => readonly string[];
  /** What a client is told first. */
  readonly hello?: string;
  readonly clients: readonly string[];
  readonly sizeBytes: number;
}

const serve = (database: Database) =>
  function* (context: ProgramContext): Process<number> {
    const { network, fs } = context;
    if (!network) return 1;
    const directory = context.env.get('PGDATA') ?? database.dataDirectory;
    const marker = directory === undefined ? undefined : `${directory}/${database.name}.initialized`;
    const fresh = marker === undefined || !fs.exists(marker);
    const complaint = fresh ? database.refuse?.(context.env) : undefined;
    if (complaint !== undefined) {
      yield* writeText(context.stderr, complaint);
      return 1;
    }
    context.use?.({ cpuMilli: 5, memoryBytes: database.memoryBytes });
    const stamp = (format: string) => formatTime(format, context.now());
    if (fresh) {
      yield* sleep(database.initializeMs);
      if (directory !== undefined && marker !== undefined) {
        fs.mkdir(directory, { parents: true });
        fs.writeFile(marker, encode('1\n'));
      }
    }
    const listener = network.listen(database.port);
    for (const line of database.lines(stamp, fresh)) yield* writeText(context.stderr, `${line}\n`);
    return yield* runService(context, {
      parts: [
        serveConnections(listener, function* (connection) {
          if (database.hello !== undefined) yield* connection.writer.write(encode(database.hello));
          yield* readAll(connection.reader);
        }),
      ],
      *onSignal() {
        for (const line of database.stopLines(stamp)) yield* writeText(context.stderr, `${line}\n`);
        return 0;
      },
    });
  };

/** A client that can only say whether its server answers. */
const client = (database: Database) =>
  function* (context: ProgramContext): Process<number> {
    const words = context.argv.slice(1);
    const hostAt = words.findIndex((word) => /^(?:-h|--host)$/.test(word));
    const host =
      hostAt >= 0
        ? (words[hostAt + 1] ?? 'localhost')
        : (words.find((word) => /^(?:-h|--host=)./.test(word))?.replace(/^(?:-h|--host=)/, '') ?? 'localhost');
    const name = (context.argv[0] ?? '').replace(/^.*\//, '');
    try {
      if (!context.network) return 1;
      const connection = yield* context.network.dial(host, database.port);
      connection.close();
    } catch {
      const text =
        name === 'pg_isready'
          ? `${host === 'localhost' ? '/var/run/postgresql' : host}:${database.port} - no response\n`
          : `${name}: could not connect to server at '${host}' (${database.port})\n`;
      yield* writeText(context.stdout, text);
      return name === 'pg_isready' ? 2 : 1;
    }
    if (name === 'pg_isready')
      yield* writeText(
        context.stdout,
        `${host === 'localhost' ? '/var/run/postgresql' : host}:${database.port} - accepting connections\n`,
      );
    else if (name === 'mysqladmin') yield* writeText(context.stdout, 'mysqld is alive\n');
    return 0;
  };

const postgres: Database = {
  name: 'postgres',
  matches: ['docker.io/library/postgres', '*/postgres', '*/postgresql', '*/postgis'],
  port: 5432,
  dataDirectory: '/var/lib/postgresql/data',
  memoryBytes: 40_000_000,
  initializeMs: 2500,
  refuse: (env) =>
    env.has('POSTGRES_PASSWORD') ||
    env.has('POSTGRES_PASSWORD_FILE') ||
    env.get('POSTGRES_HOST_AUTH_METHOD') === 'trust' ||
    env.has('POSTGRESQL_PASSWORD')
      ? undefined
      : 'Error: Database is uninitialized and superuser password is not specified.\n       You must specify POSTGRES_PASSWORD to a non-empty value for the\n       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".\n\n       You may also use "POSTGRES_HOST_AUTH_METHOD=trust" to allow all\n       connections without a password. This is *not* recommended.\n\n       See PostgreSQL documentation about "trust":\n       https://www.postgresql.org/docs/current/auth-trust.html\n',
  lines: (stamp, fresh) => {
    const at = `${stamp('%Y-%m-%d %H:%M:%S')}.000 UTC`;
    return [
      ...(fresh
        ? ['\nPostgreSQL init process complete; ready for start up.\n']
        : ['\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n']),
      `${at} [1] LOG:  starting PostgreSQL 17.6 on x86_64-pc-linux-gnu, 64-bit`,
      `${at} [1] LOG:  listening on IPv4 address "0.0.0.0", port 5432`,
      `${at} [1] LOG:  listening on Unix socket "/var/run/postgresql/.s.PGSQL.5432"`,
      `${at} [29] LOG:  database system was shut down at ${stamp('%Y-%m-%d %H:%M:%S')} UTC`,
      `${at} [1] LOG:  database system is ready to accept connections`,
    ];
  },
  stopLines: (stamp) => [
    `${stamp('%Y-%m-%d %H:%M:%S')}.000 UTC [1] LOG:  received smart shutdown request`,
    `${stamp('%Y-%m-%d %H:%M:%S')}.000 UTC [27] LOG:  shutting down`,
    `${stamp('%Y-%m-%d %H:%M:%S')}.000 UTC [1] LOG:  database system is shut down`,
  ],
  clients: ['pg_isready', 'psql'],
  sizeBytes: 155_000_000,
};

const mysql: Database = {
  name: 'mysqld',
  matches: [
    'docker.io/library/mysql',
    '*/mysql',
    '*/mysql-server',
    'docker.io/library/mariadb',
    '*/mariadb',
    '*/percona*',
  ],
  port: 3306,
  dataDirectory: '/var/lib/mysql',
  memoryBytes: 380_000_000,
  initializeMs: 6000,
  refuse: (env) =>
    [
      'MYSQL_ROOT_PASSWORD',
      'MYSQL_ROOT_PASSWORD_FILE',
      'MYSQL_ALLOW_EMPTY_PASSWORD',
      'MYSQL_RANDOM_ROOT_PASSWORD',
      'MARIADB_ROOT_PASSWORD',
      'MARIADB_ALLOW_EMPTY_ROOT_PASSWORD',
      'MARIADB_RANDOM_ROOT_PASSWORD',
    ].some((name) => env.has(name))
      ? undefined
      : '[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified\n    You need to specify one of the following as an environment variable:\n    - MYSQL_ROOT_PASSWORD\n    - MYSQL_ALLOW_EMPTY_PASSWORD\n    - MYSQL_RANDOM_ROOT_PASSWORD\n',
  lines: (stamp) => {
    const at = stamp('%Y-%m-%dT%H:%M:%S.000000Z');
    return [
      `${at} 0 [System] [MY-010116] [Server] /usr/sbin/mysqld (mysqld 8.4.6) starting as process 1`,
      `${at} 1 [System] [MY-013577] [InnoDB] InnoDB initialization has ended.`,
      `${at} 0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: '8.4.6'  socket: '/var/run/mysqld/mysqld.sock'  port: 3306  MySQL Community Server - GPL.`,
    ];
  },
  stopLines: (stamp) => [
    `${stamp('%Y-%m-%dT%H:%M:%S.000000Z')} 0 [System] [MY-010910] [Server] /usr/sbin/mysqld: Shutdown complete (mysqld 8.4.6)  MySQL Community Server - GPL.`,
  ],
  hello: 'J\0\0\0\n8.4.6\0',
  clients: ['mysqladmin', 'mysql', 'mariadb', 'mariadb-admin'],
  sizeBytes: 230_000_000,
};

const mongo: Database = {
  name: 'mongod',
  matches: ['docker.io/library/mongo', '*/mongo', '*/mongodb'],
  port: 27_017,
  dataDirectory: '/data/db',
  memoryBytes: 150_000_000,
  initializeMs: 1500,
  lines: (stamp) => [
    `{"t":{"$date":"${stamp('%Y-%m-%dT%H:%M:%S.000+00:00')}"},"s":"I",  "c":"NETWORK",  "id":23016,   "ctx":"listener","msg":"Waiting for connections","attr":{"port":27017,"ssl":"off"}}`,
  ],
  stopLines: (stamp) => [
    `{"t":{"$date":"${stamp('%Y-%m-%dT%H:%M:%S.000+00:00')}"},"s":"I",  "c":"CONTROL",  "id":23138,   "ctx":"SignalHandler","msg":"Shutting down","attr":{"exitCode":0}}`,
  ],
  clients: ['mongosh', 'mongo'],
  sizeBytes: 270_000_000,
};

const quietly = (
  name: string,
  matches: readonly string[],
  port: number,
  line: string,
  memoryBytes: number,
  sizeBytes: number,
): Database => ({
  name,
  matches,
  port,
  dataDirectory: `/var/lib/${name}`,
  memoryBytes,
  initializeMs: 1500,
  lines: (stamp) => [`${stamp('%Y-%m-%d %H:%M:%S')} ${line}`],
  stopLines: (stamp) => [`${stamp('%Y-%m-%d %H:%M:%S')} shutting down`],
  clients: [],
  sizeBytes,
});

const { dataDirectory: _, ...memcached } = quietly(
  'memcached',
  ['docker.io/library/memcached', '*/memcached'],
  11_211,
  'server listening (11211)',
  3_000_000,
  31_000_000,
);

const databases: readonly Database[] = [
  postgres,
  mysql,
  mongo,
  memcached,
  quietly(
    'rabbitmq',
    ['docker.io/library/rabbitmq', '*/rabbitmq'],
    5672,
    '[info] started TCP listener on [::]:5672',
    120_000_000,
    90_000_000,
  ),
  quietly(
    'cassandra',
    ['docker.io/library/cassandra', '*/cassandra'],
    9042,
    'INFO  [main] CassandraDaemon.java:650 - Startup complete',
    900_000_000,
    150_000_000,
  ),
  quietly('etcd', ['*/etcd'], 2379, '{"level":"info","msg":"ready to serve client requests"}', 30_000_000, 60_000_000),
];

export const databaseImages: readonly ImageDefinition[] = databases.map((database) => ({
  matches: database.matches,
  programs: {
    [database.name]: serve(database),
    ...Object.fromEntries(database.clients.map((name) => [name, client(database)])),
  },
  build: () => ({
    entrypoint: ['docker-entrypoint.sh'],
    cmd: [database.name],
    exposedPorts: [`${database.port}/tcp`],
    ...(database.dataDirectory ? { volumes: [database.dataDirectory] } : {}),
    stopSignal: database.name === 'postgres' ? 'SIGINT' : 'SIGTERM',
    layers: [
      ...debianBase(),
      {
        '/usr/local/bin/docker-entrypoint.sh': {
          content: `#!/bin/sh\nif [ "\${1#-}" != "$1" ]; then set -- ${database.name} "$@"; fi\nexec "$@"\n`,
          mode: 0o755,
        },
        [`/usr/local/bin/${database.name}`]: { program: database.name },
        ...Object.fromEntries(database.clients.map((name) => [`/usr/local/bin/${name}`, { program: name }])),
        ...(database.dataDirectory ? { [database.dataDirectory]: { directory: true } } : {}),
      },
    ],
    sizeBytes: database.sizeBytes,
  }),
}));
