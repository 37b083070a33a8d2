import { hostname, userInfo } from 'node:os';
import { kubectl } from '../kubectl/kubectl.ts';
import { PromiseDriver } from '../process/promise-driver.ts';
import type { Process } from '../process/process.ts';
import type { ProgramContext, SpawnOptions } from '../shell/context.ts';
import { NodeFileSystem } from './node-file-system.ts';
import { nodeListen } from './node-listen.ts';
import { NodeProcessTable } from './node-processes.ts';
import { StreamReader, StreamWriter } from './node-streams.ts';
import { nodeTransport } from './node-transport.ts';
import { nodeTty } from './node-tty.ts';

/** Runs kubectl with this process's arguments, files and streams. Gives the exit code. */
export async function kubectlCommand(args: readonly string[]): Promise<number> {
  const driver = new PromiseDriver({
    now: () => Date.now(),
    setTimeout: (callback, ms) => setTimeout(callback, ms),
    clearTimeout: (handle) => clearTimeout(handle),
    queueMicrotask: (callback) => queueMicrotask(callback),
    onUnhandled: (error, name) => {
      process.stderr.write(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    },
  });
  const code = await driver.run(kubectl(nodeContext(['kubectl', ...args])));
  await Promise.all([drained(process.stdout), drained(process.stderr)]);
  process.exit(code);
}

const drained = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    if (stream.writableLength === 0) resolve();
    else stream.write('', () => resolve());
  });

function nodeContext(argv: readonly string[]): ProgramContext {
  const { uid, gid, username } = userInfo();
  const env = new Map(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
  const tty = nodeTty();
  const processes = new NodeProcessTable();
  return {
    argv,
    env,
    cwd: process.cwd(),
    fs: new NodeFileSystem(),
    stdin: new StreamReader(process.stdin),
    stdout: new StreamWriter(process.stdout),
    stderr: new StreamWriter(process.stderr),
    ...(tty === undefined ? {} : { tty }),
    user: { uid, gid, groups: [gid], name: username },
    hostname: hostname(),
    pid: process.pid,
    ppid: process.ppid,
    processes,
    exec: (options) => execProgram(processes, options),
    now: () => Date.now(),
    random: () => Math.random(),
    onSignal: (signal, action) => {
      process.removeAllListeners(signal);
      if (action === 'ignore') process.on(signal, () => {});
      else if (action !== 'default') process.on(signal, action);
    },
    powers: new Map<string, unknown>([
      ['kubectl.connect', nodeTransport],
      ['kubectl.listen', nodeListen],
    ]),
  };
}

/** Another program in this one's place: its end is the end. */
function* execProgram(processes: NodeProcessTable, options: SpawnOptions): Process<number> {
  return (yield* processes.spawn(options).wait()).code;
}
