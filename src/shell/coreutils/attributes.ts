/** `chmod`, `chown`, `chgrp`, `touch`, `stat`. */
import type { Process } from '../../process/process.ts';
import { FileSystemError } from '../file-system.ts';
import { joinPath } from '../path.ts';
import { readGroups, readPasswd } from '../users.ts';
import { formatTime } from './dates.ts';
import { modeText, parseMode } from './file-mode.ts';
import { type Call, type Utility, UtilityError } from './utility.ts';

/** Applies a change to the operands and, with -R, to what is in them. */
function* change(call: Call, names: readonly string[], apply: (path: string) => void): Process<void> {
  for (const name of names) {
    try {
      apply(call.path(name));
      const { fs } = call.context;
      if (call.has('R') && fs.lstat(call.path(name)).kind === 'directory') {
        yield* change(
          call,
          fs.readdir(call.path(name)).map((inner) => joinPath(name, inner)),
          apply,
        );
      }
    } catch (error) {
      yield* call.fileError(name, error);
    }
  }
}

export const chmod: Utility = {
  names: ['chmod'],
  summary: 'Change file mode',
  usage: '[-R] MODE[,MODE]... FILE...',
  *run(call) {
    const words = call.args.filter((word) => !/^-[Rvcf]+$/.test(word));
    const [mode = '', ...names] = words;
    const recursive = call.args.some((word) => /^-[vcf]*R/.test(word));
    if (parseMode(mode, 0, false) === undefined) throw new UtilityError(`invalid mode '${mode}'`);
    yield* changeModes(call, names, mode, recursive);
    return 0;
  },
};

function* changeModes(call: Call, names: readonly string[], mode: string, recursive: boolean): Process<void> {
  const { fs } = call.context;
  for (const name of names) {
    try {
      const stat = fs.stat(call.path(name));
      fs.chmod(call.path(name), parseMode(mode, stat.mode, stat.kind === 'directory') ?? stat.mode);
      if (recursive && fs.lstat(call.path(name)).kind === 'directory') {
        yield* changeModes(
          call,
          fs.readdir(call.path(name)).map((inner) => joinPath(name, inner)),
          mode,
          true,
        );
      }
    } catch (error) {
      yield* call.fileError(name, error);
    }
  }
}

function idOf(text: string, entries: readonly { readonly name: string; readonly id: number }[]): number {
  const found = entries.find((entry) => entry.name === text);
  if (found) return found.id;
  if (/^\d+$/.test(text)) return Number(text);
  throw new UtilityError(`unknown user/group ${text}`);
}

export const chown: Utility = {
  names: ['chown', 'chgrp'],
  summary: 'Change the owner and/or group of FILEs',
  usage: '[-R] USER[:[GROUP]] FILE...',
  options: 'Rhvcf',
  long: { recursive: 'R' },
  *run(call) {
    const { fs } = call.context;
    const [owner = '', ...names] = call.args;
    const users = readPasswd(fs).map((user) => ({ name: user.name, id: user.uid }));
    const groups = readGroups(fs).map((group) => ({ name: group.name, id: group.gid }));
    const [userPart = '', groupPart] = call.name === 'chgrp' ? ['', owner] : owner.split(/[:.]/);
    const uid = userPart === '' ? undefined : idOf(userPart, users);
    const gid = groupPart === undefined || groupPart === '' ? undefined : idOf(groupPart, groups);
    yield* change(call, names, (path) => {
      const stat = fs.lstat(path);
      if (stat.kind !== 'symlink') fs.chown(path, uid ?? stat.uid, gid ?? stat.gid);
    });
    return 0;
  },
};

export const touch: Utility = {
  names: ['touch'],
  summary: 'Update mtime of FILEs, or create them',
  usage: '[-c] [-d DATE] FILE...',
  options: 'cd:t:r:amh',
  long: { 'no-create': 'c', date: 'd', reference: 'r' },
  *run(call) {
    const { fs } = call.context;
    const date = call.value('d');
    const reference = call.value('r');
    const time =
      reference !== undefined
        ? fs.stat(call.path(reference)).mtimeMs
        : date === undefined
          ? call.context.now()
          : Date.parse(date);
    for (const name of call.args) {
      try {
        if (!fs.exists(call.path(name))) {
          if (call.has('c')) continue;
          fs.writeFile(call.path(name), new Uint8Array(0));
        }
        fs.utimes(call.path(name), time);
      } catch (error) {
        yield* call.fileError(name, error);
      }
    }
    return 0;
  },
};

export const stat: Utility = {
  names: ['stat'],
  summary: 'Display file status',
  usage: '[-L] [-c FMT] FILE...',
  options: 'Lc:ft',
  long: { format: 'c', dereference: 'L' },
  *run(call) {
    for (const name of call.args) {
      try {
        yield* call.out(describe(call, name));
      } catch (error) {
        if (!(error instanceof FileSystemError)) throw error;
        yield* call.error(`can't stat '${name}': No such file or directory`);
      }
    }
    return 0;
  },
};

const kinds = {
  file: 'regular file',
  directory: 'directory',
  symlink: 'symbolic link',
  device: 'character special file',
  character: 'character special file',
  block: 'block special file',
  socket: 'socket',
  fifo: 'fifo',
} as const;

function describe(call: Call, name: string): string {
  const { fs } = call.context;
  const info = call.has('L') ? fs.stat(call.path(name)) : fs.lstat(call.path(name));
  const user = readPasswd(fs).find((each) => each.uid === info.uid)?.name ?? 'UNKNOWN';
  const group = readGroups(fs).find((each) => each.gid === info.gid)?.name ?? 'UNKNOWN';
  const octal = (info.mode & 0o7777).toString(8);
  const kind = info.kind === 'file' && info.size === 0 ? 'regular empty file' : kinds[info.device ?? info.kind];
  const time = formatTime('%Y-%m-%d %H:%M:%S.%N %z', info.mtimeMs);
  const format = call.value('c');
  if (format === undefined) {
    const link = info.kind === 'symlink' ? ` -> '${fs.readlink(call.path(name))}'` : '';
    const columns = [
      `  Size: ${String(info.size).padEnd(10)}\tBlocks: ${String(Math.ceil(info.size / 512)).padEnd(10)} IO Block: 4096   ${kind}`,
    ];
    return `  File: ${name}${link}\n${columns[0]}\nDevice: 2fh/47d\tInode: ${String(info.inode).padEnd(11)} Links: 1\nAccess: (${octal.padStart(4, '0')}/${modeText(info)})  Uid: (${String(info.uid).padStart(5)}/${user.padStart(8)})   Gid: (${String(info.gid).padStart(5)}/${group.padStart(8)})\nAccess: ${time}\nModify: ${time}\nChange: ${time}\n`;
  }
  const values: Readonly<Record<string, string | number>> = {
    n: name,
    N: `'${name}'`,
    s: info.size,
    a: octal,
    A: modeText(info),
    u: info.uid,
    U: user,
    g: info.gid,
    G: group,
    i: info.inode,
    F: kind,
    Y: Math.floor(info.mtimeMs / 1000),
    X: Math.floor(info.mtimeMs / 1000),
    Z: Math.floor(info.mtimeMs / 1000),
    y: time,
    x: time,
    z: time,
    h: 1,
    b: Math.ceil(info.size / 512),
    B: 512,
    f: info.mode.toString(16),
    t: 0,
    T: 0,
    '%': '%',
  };
  return `${format.replace(/%(.)/g, (whole, letter: string) => String(values[letter] ?? whole))}\n`;
}

export const truncate: Utility = {
  names: ['truncate'],
  summary: 'Truncate FILEs to SIZE',
  usage: '[-c] -s SIZE FILE...',
  options: 'cs:',
  long: { size: 's', 'no-create': 'c' },
  *run(call) {
    const size = call.number('s', -1);
    if (size < 0) throw new UtilityError('missing size');
    const { fs } = call.context;
    for (const word of call.args) {
      const path = call.path(word);
      if (!fs.exists(path) && call.has('c')) continue;
      const bytes = new Uint8Array(size);
      if (fs.exists(path)) bytes.set(fs.readFile(path).subarray(0, size));
      fs.writeFile(path, bytes);
    }
    return call.status;
  },
};
