/** Utilities that talk: `nc`, `telnet`, `ping`, `traceroute`, `getent`. */
import { withTimeout, TimeoutError } from '../../process/combinators.ts';
import { BrokenPipeError } from '../../process/pipe.ts';
import { type Process, sleep, suspend } from '../../process/process.ts';
import { fork } from '../../process/task.ts';
import { errorTexts, FileSystemError } from '../file-system.ts';
import { type Connection, NetworkError, type NetworkStack } from '../network-stack.ts';
import { readAll, writeText } from '../streams.ts';
import { decode } from '../text.ts';
import { readGroups, readPasswd } from '../users.ts';
import { makeSpecial } from './special-files.ts';
import { type Call, type Utility, UtilityError } from './utility.ts';

export const networkReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Connection refused',
  EHOSTUNREACH: 'Host is unreachable',
  ENETUNREACH: 'Network unreachable',
  ETIMEDOUT: 'Connection timed out',
  ECONNRESET: 'Connection reset by peer',
  EADDRINUSE: 'Address in use',
  EACCES: 'Permission denied',
};

/** The network of the call. @throws UtilityError where there is none */
export function networkOf(call: Call): NetworkStack {
  if (!call.context.network) throw new UtilityError('Network unreachable');
  return call.context.network;
}

/** The first address of a name. @throws UtilityError */
export function* resolve(call: Call, host: string): Process<string> {
  try {
    const [ip] = yield* networkOf(call).lookup(host);
    if (ip !== undefined) return ip;
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
  }
  throw new UtilityError(`bad address '${host}'`);
}

export const nc: Utility = {
  names: ['nc', 'ncat', 'netcat'],
  summary: 'Open a pipe to IP:PORT or listen',
  usage: '[-lznuv] [-w SEC] [-p PORT] [HOST PORT]',
  options: 'lznuvkw:p:e:s:i:tq:Nd46U',
  *run(call) {
    if (call.has('U')) return yield* unixSocket(call);
    const network = networkOf(call);
    if (call.has('l')) return yield* listen(call, network);
    const [host, portText] = call.args;
    if (host === undefined || portText === undefined) throw new UtilityError('missing host or port');
    const [first = 0, last = first] = portText.split('-').map(Number);
    const waitMs = call.has('w') ? Number(call.value('w')) * 1000 : undefined;
    if (call.has('u')) return yield* datagrams(call, network, host, first, waitMs);
    for (let port = first; port <= last; port++) {
      const status = yield* connect(call, network, host, port, waitMs);
      if (status !== 0) call.status = status;
    }
    return 0;
  },
};

function* connect(
  call: Call,
  network: NetworkStack,
  host: string,
  port: number,
  waitMs: number | undefined,
): Process<number> {
  let connection: Connection;
  const ip = yield* resolve(call, host);
  try {
    connection = yield* network.dial(ip, port, waitMs === undefined ? {} : { timeoutMs: waitMs });
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    if (call.has('z') && !call.has('v')) return 1;
    yield* writeText(
      call.context.stderr,
      `nc: ${call.has('v') ? `connect to ${host} port ${port} (tcp) failed: ` : `can't connect to remote host (${ip}): `}${networkReasons[error.code] ?? error.message}\n`,
    );
    return 1;
  }
  if (call.has('v'))
    yield* writeText(
      call.context.stderr,
      call.has('z') ? `${host} (${ip}:${port}) open\n` : `Connection to ${host} ${port} port [tcp/*] succeeded!\n`,
    );
  try {
    if (!call.has('z')) yield* exchange(call, connection, waitMs);
  } finally {
    connection.close();
  }
  return 0;
}

/** Copies both ways until the other side closes; with -w gives up when nothing comes. */
function* exchange(call: Call, connection: Connection, waitMs: number | undefined): Process<void> {
  const sending = yield* fork(copyIn(call, connection));
  try {
    for (;;) {
      const reading = connection.reader.read();
      const bytes = waitMs === undefined ? yield* reading : yield* withTimeout(waitMs, reading);
      if (!bytes) return;
      yield* call.write(bytes);
    }
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
  } finally {
    sending.kill();
  }
}

function* copyIn(call: Call, connection: Connection): Process<void> {
  try {
    const { stdin } = call.context;
    for (let bytes = yield* stdin.read(); bytes; bytes = yield* stdin.read()) yield* connection.writer.write(bytes);
    connection.writer.close();
  } catch (error) {
    if (!(error instanceof BrokenPipeError)) throw error;
  }
}

/** Listens on a socket file, to which nobody here can speak. */
function* unixSocket(call: Call): Process<number> {
  const [path = ''] = call.args;
  if (!call.has('l')) throw new UtilityError(`can't connect to remote host: Connection refused`);
  try {
    makeSpecial(call, path, 'socket', 0o755);
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    const why = error.code === 'EEXIST' ? 'Address in use' : errorTexts[error.code];
    throw new UtilityError(`bind: ${why}`);
  }
  return yield* suspend<number>(() => undefined);
}

function* listen(call: Call, network: NetworkStack): Process<number> {
  const port = Number(call.value('p') ?? call.args.at(-1) ?? 0);
  const listener = network.listen(port);
  const program = call.value('e');
  if (call.has('v')) yield* writeText(call.context.stderr, `listening on [::]:${listener.address.port} ...\n`);
  try {
    do {
      const connection = yield* listener.accept();
      if (!connection) return 0;
      if (program !== undefined) {
        const child = call.context.processes.spawn({
          argv: [program, ...call.args],
          stdin: connection.reader,
          stdout: connection.writer,
          stderr: connection.writer,
        });
        yield* child.wait();
      } else yield* exchange(call, connection, undefined);
      connection.close();
    } while (call.has('k'));
    return 0;
  } finally {
    listener.close();
  }
}

function* datagrams(
  call: Call,
  network: NetworkStack,
  host: string,
  port: number,
  waitMs: number | undefined,
): Process<number> {
  const ip = yield* resolve(call, host);
  const socket = network.udp();
  try {
    const bytes = yield* readAll(call.context.stdin);
    yield* socket.send({ ip, port }, bytes);
    if (call.has('z')) return 0;
    for (;;) {
      const answer = waitMs === undefined ? yield* socket.receive() : yield* withTimeout(waitMs, socket.receive());
      if (!answer) return 0;
      yield* call.write(answer.bytes);
    }
  } catch (error) {
    if (error instanceof TimeoutError) return 0;
    throw error;
  } finally {
    socket.close();
  }
}

export const telnet: Utility = {
  names: ['telnet'],
  summary: 'Connect to telnet server',
  usage: 'HOST [PORT]',
  options: 'al:',
  *run(call) {
    const [host = '', port = '23'] = call.args;
    const ip = yield* resolve(call, host);
    try {
      const connection = yield* networkOf(call).dial(ip, Number(port));
      yield* call.out(`Connected to ${host}\n`);
      yield* exchange(call, connection, undefined);
      connection.close();
      yield* writeText(call.context.stderr, 'Connection closed by foreign host\n');
      return 1;
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      throw new UtilityError(`can't connect to remote host (${ip}): ${networkReasons[error.code] ?? error.message}`);
    }
  },
};

export const ping: Utility = {
  names: ['ping', 'ping6'],
  summary: 'Send ICMP ECHO_REQUESTs to HOST',
  usage: '[-c COUNT] [-s SIZE] [-i SECS] [-W SEC] [-w SEC] HOST',
  options: 'c:s:i:W:w:qnt:I:46',
  *run(call) {
    const [host] = call.args;
    if (host === undefined) throw new UtilityError('missing host');
    const ip = yield* resolve(call, host);
    const count = call.number('c', Number.POSITIVE_INFINITY);
    const size = call.number('s', 56);
    const times: number[] = [];
    const startedAt = call.context.now();
    const limitMs = call.has('w') ? Number(call.value('w')) * 1000 : Number.POSITIVE_INFINITY;
    yield* call.out(`PING ${host} (${ip}): ${size} data bytes\n`);
    let stopped = false;
    call.context.onSignal('SIGINT', () => {
      stopped = true;
    });
    let sent = 0;
    while (!stopped && sent < count && call.context.now() - startedAt < limitMs) {
      const sequence = sent++;
      const sentAt = call.context.now();
      const ms = yield* ask(call, ip);
      if (ms !== undefined) {
        times.push(ms);
        if (!call.has('q'))
          yield* call.out(`${size + 8} bytes from ${ip}: seq=${sequence} ttl=63 time=${ms.toFixed(3)} ms\n`);
      }
      if (sent < count && !stopped)
        yield* sleep(Math.max(0, Number(call.value('i') ?? 1) * 1000 - (call.context.now() - sentAt)));
    }
    const loss = sent === 0 ? 0 : Math.round(((sent - times.length) / sent) * 100);
    yield* call.out(
      `\n--- ${host} ping statistics ---\n${sent} packets transmitted, ${times.length} packets received, ${loss}% packet loss\n`,
    );
    if (times.length > 0) {
      const average = times.reduce((sum, each) => sum + each, 0) / times.length;
      yield* call.out(
        `round-trip min/avg/max = ${Math.min(...times).toFixed(3)}/${average.toFixed(3)}/${Math.max(...times).toFixed(3)} ms\n`,
      );
    }
    return times.length > 0 ? 0 : 1;
  },
};

/** One round trip; undefined when nothing comes back in time. */
function* ask(call: Call, ip: string): Process<number | undefined> {
  try {
    return yield* withTimeout(Number(call.value('W') ?? 10) * 1000, networkOf(call).ping(ip));
  } catch (error) {
    if (error instanceof TimeoutError || error instanceof NetworkError) return undefined;
    throw error;
  }
}

export const traceroute: Utility = {
  names: ['traceroute', 'traceroute6', 'tracepath'],
  summary: 'Trace the route to HOST',
  usage: 'HOST',
  options: 'nm:w:q:I',
  *run(call) {
    const [host = ''] = call.args;
    const ip = yield* resolve(call, host);
    yield* call.out(`traceroute to ${host} (${ip}), 30 hops max, 46 byte packets\n`);
    const ms = yield* ask(call, ip);
    yield* call.out(
      ms === undefined
        ? ' 1  *  *  *\n'
        : ` 1  ${host} (${ip})  ${ms.toFixed(3)} ms  ${ms.toFixed(3)} ms  ${ms.toFixed(3)} ms\n`,
    );
    return 0;
  },
};

export const getent: Utility = {
  names: ['getent'],
  summary: 'Get entries from administrative databases',
  usage: 'DATABASE [KEY]...',
  *run(call) {
    const [database, ...keys] = call.args;
    const { fs } = call.context;
    if (database === 'passwd' || database === 'group') {
      const lines = decode(fs.readFile(`/etc/${database}`))
        .split('\n')
        .filter((line) => line !== '');
      const names =
        database === 'passwd'
          ? readPasswd(fs).map((user) => [user.name, String(user.uid)])
          : readGroups(fs).map((group) => [group.name, String(group.gid)]);
      for (const [index, line] of lines.entries())
        if (keys.length === 0 || names[index]?.some((name) => keys.includes(name))) yield* call.out(`${line}\n`);
      return keys.length > 0 && !names.some((pair) => pair.some((name) => keys.includes(name))) ? 2 : 0;
    }
    if (database !== 'hosts' && database !== 'ahosts' && database !== 'ahostsv4') return 1;
    for (const key of keys) {
      try {
        for (const ip of yield* networkOf(call).lookup(key)) {
          if (database === 'hosts') yield* call.out(`${ip.padEnd(15)} ${key}  ${key}\n`);
          else
            for (const kind of ['STREAM', 'DGRAM', 'RAW'])
              yield* call.out(`${ip.padEnd(15)} ${kind.padEnd(6)}${kind === 'STREAM' ? ` ${key}` : ''}\n`);
          if (database === 'hosts') break;
        }
      } catch (error) {
        if (!(error instanceof NetworkError)) throw error;
        return 2;
      }
    }
    return 0;
  },
};
