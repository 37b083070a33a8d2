/** Files that file systems share: utilities in /bin, users, devices. */
import { utilityPrograms } from './coreutils/registry.ts';
import type { Program } from './context.ts';
import { shellProgram } from './interpreter/sh-program.ts';
import type { LayerEntry, LayerFiles } from './layer.ts';
import type { MemoryFileSystem } from './memory-file-system.ts';

/** Every program of this folder by the name that files refer to. */
export const basePrograms: ReadonlyMap<string, Program> = new Map([
  ...utilityPrograms,
  ['ash', shellProgram('ash')],
  ['dash', shellProgram('dash')],
  ['bash', shellProgram('bash')],
]);

/** Where busybox and distributions put what is not in /bin. */
const usrBin = new Set([
  '[',
  'awk',
  'basename',
  'clear',
  'cmp',
  'cut',
  'diff',
  'dirname',
  'du',
  'env',
  'expr',
  'find',
  'head',
  'id',
  'less',
  'nc',
  'nslookup',
  'sort',
  'tail',
  'tee',
  'test',
  'top',
  'tr',
  'uniq',
  'wc',
  'wget',
  'which',
  'whoami',
  'xargs',
  'yes',
  'curl',
  'jq',
  'dig',
  'host',
]);

/** Names that an image must ask for. */
const notInstalled = new Set([
  'nslookup-classic',
  'ps-procps',
  'gosu',
  'su-exec',
  'sudo',
  'tini',
  'dumb-init',
  'runuser',
]);

/** `/bin/…` and `/usr/bin/…` for the named utilities (by default what a system has). */
export function utilityFiles(names: Iterable<string> = installedNames()): LayerFiles {
  const files: Record<string, LayerEntry> = {};
  for (const name of names) files[`${usrBin.has(name) ? '/usr/bin' : '/bin'}/${name}`] = { program: name };
  return files;
}

function installedNames(): string[] {
  return [...utilityPrograms.keys()].filter((name) => !notInstalled.has(name));
}

/** The shell of a flavour as /bin/sh. */
export function shellFiles(flavour: 'ash' | 'dash' | 'bash'): LayerFiles {
  if (flavour === 'ash') return { '/bin/sh': { program: 'ash' }, '/bin/ash': { program: 'ash' } };
  if (flavour === 'dash') return { '/bin/sh': { program: 'dash' }, '/bin/dash': { program: 'dash' } };
  return { '/bin/bash': { program: 'bash' } };
}

/** `/etc/passwd` and `/etc/group`: root, nobody, and more as `name:uid:gid:home:shell`; groups of no user's own as `name:gid:member,member`. */
export function userFiles(
  more: readonly string[] = [],
  home = '/root',
  moreGroups: readonly string[] = [],
): LayerFiles {
  const users = [
    `root:0:0:${home}:/bin/sh`,
    'daemon:1:1:/usr/sbin:/bin/false',
    ...more,
    'nobody:65534:65534:/home:/bin/false',
  ];
  const passwd = users.map((user) => {
    const [name, uid, gid, directory, shell] = user.split(':');
    return `${name}:x:${uid}:${gid}:${name}:${directory}:${shell}\n`;
  });
  const groups = [
    'root:0',
    'daemon:1',
    'tty:5',
    'users:100',
    ...more.map((user) =>
      user
        .split(':')
        .filter((_, index) => index === 0 || index === 2)
        .join(':'),
    ),
    'nogroup:65534',
    ...moreGroups,
  ];
  return {
    '/etc/passwd': passwd.join(''),
    '/etc/group': groups.map(groupLine).join(''),
    '/etc/shadow': {
      content: users.map((user) => `${user.split(':')[0]}:*:19000:0:99999:7:::\n`).join(''),
      mode: 0o640,
    },
    '/root': { directory: true, mode: 0o700 },
    '/tmp': { directory: true, mode: 0o1777 },
    '/var/tmp': { directory: true, mode: 0o1777 },
    '/home': { directory: true },
    ...deviceFiles,
    '/proc': { directory: true, mode: 0o555 },
    '/sys': { directory: true, mode: 0o555 },
  };
}

const groupLine = (group: string): string => {
  const [name = '', gid = '', members = ''] = group.split(':');
  return `${name}:x:${gid}:${members}\n`;
};

const devices = ['null', 'zero', 'full', 'random', 'urandom', 'tty', 'stdin', 'stdout', 'stderr', 'console', 'ptmx'];

/** The devices that every container has in `/dev`. */
const deviceFiles: LayerFiles = {
  ...Object.fromEntries(devices.map((name) => [`/dev/${name}`, { device: true }] as const)),
  '/dev/shm': { directory: true, mode: 0o1777 },
  '/dev/mqueue': { directory: true, mode: 0o1777 },
  '/dev/fd': { symlink: '/proc/self/fd' },
};

/** Puts the devices into a file system whose layer lacks them. */
export function addDevices(fs: MemoryFileSystem): void {
  if (fs.exists('/dev/null')) return;
  for (const name of devices) fs.mknod(`/dev/${name}`);
  for (const directory of ['/dev/shm', '/dev/mqueue']) fs.mkdir(directory, { parents: true, mode: 0o1777 });
  if (!fs.exists('/dev/fd')) fs.symlink('/proc/self/fd', '/dev/fd');
}
