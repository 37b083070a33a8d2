/** The bases that images stand on: busybox, alpine, debian, and nothing at all. */
import { shellFiles, userFiles, utilityFiles } from '../../../shell/base-files.ts';
import type { LayerFiles } from '../../../shell/layer.ts';

const etc = (hostname: string): LayerFiles => ({
  '/etc/hostname': `${hostname}\n`,
  '/etc/hosts': '127.0.0.1\tlocalhost\n',
  '/etc/resolv.conf': '',
  '/var/log': { directory: true },
  '/run': { directory: true },
});

const osRelease = (id: string, name: string, version: string): LayerFiles => ({
  '/etc/os-release': `NAME="${name}"\nID=${id}\nVERSION_ID=${version}\nPRETTY_NAME="${name} ${version}"\n`,
});

/** What debian has and slim busybox-like lists of utilities do not restrict. */
const notInDebian = new Set([
  'ps',
  'top',
  'free',
  'curl',
  'wget',
  'nslookup',
  'dig',
  'host',
  'nc',
  'ping',
  'netstat',
  'ss',
  'ip',
  'ifconfig',
  'route',
  'vi',
  'nano',
  'less',
  'jq',
  'telnet',
  'traceroute',
  'traceroute6',
  'xxd',
  'hexdump',
  'killall',
  'pidof',
  'pgrep',
  'pkill',
  'watch',
  'bc',
  'ping6',
]);

const notInBusybox = new Set(['curl', 'jq', 'dig', 'host', 'getent', 'nano', 'ss']);
const notInAlpine = new Set(['curl', 'jq', 'dig', 'host', 'nano', 'ss']);

const names = Object.keys(utilityFiles()).map((path) => path.slice(path.lastIndexOf('/') + 1));

/** busybox: utilities and `sh`. */
export const busyboxBase: readonly LayerFiles[] = [
  userFiles(['bin:1:1:/bin:/bin/false', 'www-data:33:33:/var/www:/bin/false']),
  utilityFiles(names.filter((name) => !notInBusybox.has(name))),
  shellFiles('ash'),
  etc('busybox'),
];

/** Alpine: busybox with a package manager's files. */
export const alpineBase = (...more: string[]): readonly LayerFiles[] => [
  userFiles([
    'nginx:101:101:/var/cache/nginx:/sbin/nologin',
    'redis:999:1000:/home/redis:/sbin/nologin',
    'postgres:70:70:/var/lib/postgresql:/bin/sh',
  ]),
  utilityFiles(names.filter((name) => !notInAlpine.has(name) || more.includes(name))),
  shellFiles('ash'),
  etc('alpine'),
  osRelease('alpine', 'Alpine Linux', '3.22.1'),
  { '/etc/alpine-release': '3.22.1\n', '/sbin/apk': { program: 'package-manager' } },
];

/** Debian (slim): coreutils, `dash` and `bash`; tools of the network come as `more`. */
export const debianBase = (...more: string[]): readonly LayerFiles[] => [
  userFiles([
    'www-data:33:33:/var/www:/usr/sbin/nologin',
    'nginx:101:101:/nonexistent:/bin/false',
    'redis:999:999:/home/redis:/bin/sh',
    'mysql:999:999:/var/lib/mysql:/bin/bash',
    'postgres:999:999:/var/lib/postgresql:/bin/bash',
  ]),
  utilityFiles(names.filter((name) => !notInDebian.has(name) || more.includes(name))),
  shellFiles('dash'),
  shellFiles('bash'),
  etc('debian'),
  osRelease('debian', 'Debian GNU/Linux', '12'),
  {
    '/etc/debian_version': '12.11\n',
    '/usr/bin/apt-get': { program: 'package-manager' },
    '/usr/bin/apt': { program: 'package-manager' },
    ...(more.includes('ps') ? { '/bin/ps': { program: 'ps-procps' } } : {}),
  },
];

/** A toolbox for debugging: everything. */
export const toolboxBase: readonly LayerFiles[] = [
  userFiles(),
  utilityFiles(names),
  shellFiles('ash'),
  shellFiles('bash'),
  etc('toolbox'),
  osRelease('alpine', 'Alpine Linux', '3.22.1'),
];

/** No shell, no utilities: what distroless and scratch images have. */
export const distrolessBase: readonly LayerFiles[] = [
  userFiles(['nonroot:65532:65532:/home/nonroot:/sbin/nologin']),
  etc('distroless'),
];
