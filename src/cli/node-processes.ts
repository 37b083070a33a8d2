import { type ChildProcess as NodeChild, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { suspend } from '../process/process.ts';
import type { Signal } from '../process/signal.ts';
import {
  type ChildProcess,
  type ExitStatus,
  type ProcessInfo,
  type ProcessTable,
  SpawnError,
  type SpawnOptions,
} from '../shell/context.ts';

/** Starts programs of this machine (an editor, plugins, diff). They share this process's terminal and streams. */
export class NodeProcessTable implements ProcessTable {
  spawn(options: SpawnOptions): ChildProcess {
    const [program = '', ...args] = options.argv;
    checkExecutable(program);
    const child = spawn(program, args, {
      stdio: ['inherit', 'inherit', 'inherit'],
      ...(options.env === undefined ? {} : { env: Object.fromEntries(options.env) }),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    return childProcess(child);
  }

  spawnFunction(): ChildProcess {
    throw new SpawnError('ENOEXEC', 'functions do not run as processes of this machine');
  }

  list(): readonly ProcessInfo[] {
    return [];
  }

  streams(): undefined {
    return undefined;
  }

  kill(pid: number, signal: Signal): boolean {
    try {
      return process.kill(pid, signal);
    } catch {
      return false;
    }
  }
}

/** @throws SpawnError ENOENT, EACCES */
function checkExecutable(program: string): void {
  if (!program.includes('/')) {
    const directories = (process.env['PATH'] ?? '').split(':');
    if (directories.some((directory) => isExecutable(`${directory}/${program}`))) return;
    throw new SpawnError('ENOENT', `${program}: ENOENT`);
  }
  try {
    accessSync(program, constants.X_OK);
  } catch (error) {
    const code = (error as { code?: unknown }).code === 'EACCES' ? 'EACCES' : 'ENOENT';
    throw new SpawnError(code, `${program}: ${code}`);
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function childProcess(child: NodeChild): ChildProcess {
  let ended: ExitStatus | undefined;
  const waiting: ((status: ExitStatus) => void)[] = [];
  const end = (status: ExitStatus) => {
    ended ??= status;
    for (const resume of waiting.splice(0)) resume(ended);
  };
  child.on('error', () => end({ code: 127 }));
  child.on('close', (code, signal) => end({ code: code ?? 128, ...(signal ? { signal: signal as Signal } : {}) }));
  return {
    pid: child.pid ?? 0,
    *wait() {
      return ended ?? (yield* suspend<ExitStatus>((resume) => void waiting.push(resume)));
    },
    kill: (signal) => void child.kill(signal),
  };
}
