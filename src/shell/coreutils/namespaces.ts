/** `mount`, `umount`, `chroot`, `nsenter`: which files a process sees, for who may change that. */
import type { Process } from '../../process/process.ts';
import { holdsCapability } from '../capabilities.ts';
import { type ProcessInfo, SpawnError, type SpawnOptions } from '../context.ts';
import { errorTexts, FileSystemError } from '../file-system.ts';
import { createFileSystem, MemoryFileSystem } from '../memory-file-system.ts';
import { type Call, parseSize, type Utility, UtilityError } from './utility.ts';

/** The machine on which a container runs: the power `node`. */
export interface NodePower {
  readonly fs: MemoryFileSystem;
  /** What runs there beside containers. */
  processes(): readonly ProcessInfo[];
  /** Whether the container sees the machine's processes (`hostPID`). */
  readonly seesProcesses: boolean;
}
export const nodePower = 'node';

const textOf = (error: unknown): string => {
  if (error instanceof FileSystemError) return errorTexts[error.code];
  throw error;
};

export const mount: Utility = {
  names: ['mount'],
  summary: 'Show or mount filesystems',
  usage: '[OPTIONS] [-o OPT] DEVICE NODE',
  options: 't:o:raBRv012345678',
  long: {
    types: 't',
    options: 'o',
    bind: 'B',
    rbind: 'R',
    'make-shared': '0',
    'make-slave': '1',
    'make-private': '2',
    'make-unbindable': '3',
    'make-rshared': '4',
    'make-rslave': '5',
    'make-rprivate': '6',
    'make-runbindable': '7',
  },
  *run(call) {
    if (call.args.length === 0) return yield* list(call);
    const [device = '', target = device] = call.args;
    const why = attach(call, device, target);
    if (why !== undefined) throw new UtilityError(`mounting ${device} on ${target} failed: ${why}`, 1);
    return 0;
  },
};

function* list(call: Call): Process<number> {
  for (const each of [...call.context.fs.mounts()].reverse()) {
    const source = ['overlay', 'tmpfs', 'proc', 'sysfs'].includes(each.type) ? each.type : '/dev/sda1';
    yield* call.out(`${source} on ${each.path} type ${each.type} (${each.readOnly ? 'ro' : 'rw'},relatime)\n`);
  }
  return 0;
}

/** Mounts what a command line asks for; gives what is wrong with it. */
function attach(call: Call, device: string, target: string): string | undefined {
  const { fs, user } = call.context;
  if (!(fs instanceof MemoryFileSystem) || !holdsCapability(fs, 'SYS_ADMIN'))
    return user.uid === 0 ? 'Permission denied' : 'Operation not permitted';
  const words = call.values('o').flatMap((value) => value.split(','));
  const readOnly = call.has('r') || words.includes('ro');
  const changesOnly = words.includes('remount') || [...'01234567'].some((option) => call.has(option));
  const at = call.path(target);
  if (!fs.exists(at)) return errorTexts.ENOENT;
  if (changesOnly) return undefined;
  try {
    if (call.has('B') || call.has('R') || words.includes('bind') || words.includes('rbind')) {
      fs.mount(at, fs, { subPath: call.path(device), readOnly });
      return undefined;
    }
    const type = call.value('t');
    if (type !== 'tmpfs' && type !== 'ramfs')
      return fs.exists(call.path(device)) ? 'Invalid argument' : errorTexts.ENOENT;
    const size = words.find((word) => word.startsWith('size='))?.slice('size='.length);
    const limitBytes = size === undefined ? undefined : parseSize(size);
    const now = () => call.context.now();
    fs.mount(at, createFileSystem({ now, type, ...(limitBytes === undefined ? {} : { limitBytes }) }), { readOnly });
    return undefined;
  } catch (error) {
    return textOf(error);
  }
}

export const umount: Utility = {
  names: ['umount'],
  summary: 'Unmount filesystems',
  usage: 'FILESYSTEM|DIRECTORY',
  options: 'lfr',
  *run(call) {
    const { fs } = call.context;
    const mayMount = fs instanceof MemoryFileSystem && holdsCapability(fs, 'SYS_ADMIN');
    for (const path of call.args) {
      if (!mayMount) throw new UtilityError(`can't unmount ${path}: Operation not permitted`);
      try {
        if (!fs.unmount(call.path(path))) yield* call.error(`can't unmount ${path}: Invalid argument`);
      } catch (error) {
        yield* call.error(`can't unmount ${path}: ${textOf(error)}`);
      }
    }
    return call.status;
  },
};

/** Puts a program in the place of the utility that sees other files. */
function* enter(call: Call, argv: readonly string[], entered: SpawnOptions['enter']): Process<number> {
  try {
    return yield* call.context.exec({ argv, cwd: '/', ...(entered ? { enter: entered } : {}) });
  } catch (error) {
    if (!(error instanceof SpawnError)) throw error;
    const missing = error.code === 'ENOENT';
    yield* call.error(`can't execute '${argv[0]}': ${missing ? errorTexts.ENOENT : errorTexts.EACCES}`);
    return missing ? 127 : 126;
  }
}

const shellOf = (call: Call) => call.context.env.get('SHELL') ?? '/bin/sh';

export const chroot: Utility = {
  names: ['chroot'],
  summary: 'Run PROG with root directory set to NEWROOT',
  usage: 'NEWROOT [PROG ARGS]',
  options: '',
  stopAtOperand: true,
  *run(call) {
    const [root = '', ...argv] = call.args;
    const { fs } = call.context;
    const fail = (why: string) => new UtilityError(`can't change root directory to '${root}': ${why}`, 125);
    if (!(fs instanceof MemoryFileSystem) || !holdsCapability(fs, 'SYS_CHROOT')) throw fail(errorTexts.EPERM);
    let inside: MemoryFileSystem;
    try {
      inside = fs.chroot(call.path(root));
    } catch (error) {
      throw fail(textOf(error));
    }
    return yield* enter(call, argv.length > 0 ? argv : [shellOf(call), '-i'], { fs: inside });
  },
};

export const nsenter: Utility = {
  names: ['nsenter'],
  summary: 'Start PROG in the namespaces of another process',
  usage: '[OPTIONS] [PROG ARGS]',
  options: 'at:munipUCFrS:G:w',
  long: {
    target: 't',
    mount: 'm',
    uts: 'u',
    net: 'n',
    ipc: 'i',
    pid: 'p',
    user: 'U',
    cgroup: 'C',
    all: 'a',
    root: 'r',
  },
  stopAtOperand: true,
  *run(call) {
    const argv = call.args.length > 0 ? call.args : [shellOf(call)];
    const node = call.context.powers.get(nodePower) as NodePower | undefined;
    const file = namespaceFile(call);
    if (file === undefined || !node) return yield* enter(call, argv, undefined);
    const { fs } = call.context;
    if (!fs.exists(file.slice(0, file.lastIndexOf('/'))))
      throw new UtilityError(`can't open '${file}': ${errorTexts.ENOENT}`);
    if (!holdsCapability(fs, 'SYS_ADMIN'))
      throw new UtilityError(`setns(): can't reassociate to namespace 'mnt': ${errorTexts.EPERM}`);
    const isNodes = fs.readlink(file) === node.fs.readlink('/proc/1/ns/mnt');
    const targets = node.seesProcesses && call.value('t') !== undefined;
    return yield* enter(call, argv, isNodes || targets ? { fs: node.fs, processes: node.processes } : undefined);
  },
};

/** The file that stands for the mount namespace to enter; undefined when that one stays. */
function namespaceFile(call: Call): string | undefined {
  const named = call.value('m') || undefined;
  if (named !== undefined) return call.path(named);
  if (!call.has('m') && !call.has('a')) return undefined;
  return `/proc/${call.value('t') ?? 'self'}/ns/mnt`;
}
