/** Linux capabilities, as container runtimes hand them out. Source: linux/capability.h, containerd's default set */
import type { FileSystem } from './file-system.ts';
import { decode } from './text.ts';

const names = [
  ...['CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP'],
  ...['LINUX_IMMUTABLE', 'NET_BIND_SERVICE', 'NET_BROADCAST', 'NET_ADMIN', 'NET_RAW', 'IPC_LOCK', 'IPC_OWNER'],
  ...['SYS_MODULE', 'SYS_RAWIO', 'SYS_CHROOT', 'SYS_PTRACE', 'SYS_PACCT', 'SYS_ADMIN', 'SYS_BOOT', 'SYS_NICE'],
  ...['SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG', 'MKNOD', 'LEASE', 'AUDIT_WRITE', 'AUDIT_CONTROL', 'SETFCAP'],
  ...['MAC_OVERRIDE', 'MAC_ADMIN', 'SYSLOG', 'WAKE_ALARM', 'BLOCK_SUSPEND', 'AUDIT_READ', 'PERFMON', 'BPF'],
  'CHECKPOINT_RESTORE',
];
const usual = [
  ...['CHOWN', 'DAC_OVERRIDE', 'FSETID', 'FOWNER', 'MKNOD', 'NET_RAW', 'SETGID', 'SETUID', 'SETFCAP', 'SETPCAP'],
  ...['NET_BIND_SERVICE', 'SYS_CHROOT', 'KILL', 'AUDIT_WRITE'],
];

/** What a container asks for; names with or without `CAP_`, in any case. */
export interface CapabilityChange {
  readonly add?: readonly string[];
  readonly drop?: readonly string[];
}

const plain = (name: string): string => name.toUpperCase().replace(/^CAP_/, '');

/** The capabilities of a container: one bit each. Unknown names count for nothing. */
export function capabilitySet({ add = [], drop = [] }: CapabilityChange, privileged = false): bigint {
  const added = add.map(plain);
  const dropped = drop.map(plain);
  let held = new Set(privileged || added.includes('ALL') ? names : usual);
  if (!privileged) {
    if (dropped.includes('ALL')) held = new Set();
    for (const name of added) held.add(name);
    for (const name of dropped) held.delete(name);
  }
  return names.reduce((set, name, bit) => (held.has(name) ? set | (1n << BigInt(bit)) : set), 0n);
}

/** As `/proc/PID/status` shows a set: sixteen hexadecimal digits. */
export const capabilityText = (set: bigint): string => set.toString(16).padStart(16, '0');

/** Whether the processes of a container may do what a capability stands for; nobody may where there is no `/proc`. */
export function holdsCapability(fs: FileSystem, name: string): boolean {
  if (!fs.exists('/proc/self/status')) return false;
  const [, held = '0'] = /^CapEff:\t([0-9a-f]+)$/m.exec(decode(fs.readFile('/proc/self/status'))) ?? [];
  return (BigInt(`0x${held}`) & (1n << BigInt(names.indexOf(name)))) !== 0n;
}
