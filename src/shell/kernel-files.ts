/** `/proc` and `/sys/fs/cgroup` of a container, as far as programs and people read them. */
import { capabilityText } from './capabilities.ts';
import type { ProcessInfo } from './context.ts';
import { type DirectoryNode, type FileNode, generatedFile, type Inode, syntheticDirectory } from './inode.ts';
import type { MemoryFileSystem } from './memory-file-system.ts';
import { encode } from './text.ts';

/** What the kernel would tell a container about itself; asked for when a file is read. */
export interface KernelFacts {
  processes(): readonly ProcessInfo[];
  now(): number;
  /** Milliseconds since the Unix epoch. */
  readonly bootedAt: number;
  /** Of the machine. */
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Of the container's cgroup; undefined for none. */
  limits(): { readonly cpuMilli?: number; readonly cpuRequestMilli?: number; readonly memoryBytes?: number };
  usage(): { readonly cpuMilli: number; readonly memoryBytes: number };
  /** `kernel.shm_rmid_forced` and the like, by name. */
  readonly sysctls?: Readonly<Record<string, string>>;
  /** Kernel parameters can be written: the container is privileged. */
  readonly mayChangeKernel?: boolean;
  /** What processes of root may do, one bit for each capability. */
  readonly capabilities: bigint;
  readonly noNewPrivileges?: boolean;
  /** System calls are filtered. */
  readonly seccomp?: boolean;
  /** Number of the mount namespace, by which one knows it. */
  readonly mountNamespace: number;
  readonly oomScoreAdjust?: number;
}

/** Kernel parameters that scripts read and set, as a machine has them. */
const sysctls: Readonly<Record<string, string>> = {
  'fs.file-max': '9223372036854775807',
  'fs.inotify.max_user_instances': '8192',
  'fs.inotify.max_user_watches': '524288',
  'kernel.core_pattern': 'core',
  'kernel.hostname': 'localhost',
  'kernel.msgmax': '8192',
  'kernel.ostype': 'Linux',
  'kernel.pid_max': '4194304',
  'kernel.shm_rmid_forced': '0',
  'kernel.threads-max': '62543',
  'net.core.rmem_max': '212992',
  'net.core.somaxconn': '4096',
  'net.core.wmem_max': '212992',
  'net.ipv4.ip_forward': '1',
  'net.ipv4.ip_local_port_range': '32768\t60999',
  'net.ipv4.ip_unprivileged_port_start': '0',
  'net.ipv4.ping_group_range': '0\t2147483647',
  'net.ipv4.tcp_fin_timeout': '60',
  'net.ipv4.tcp_keepalive_time': '7200',
  'net.ipv4.tcp_syncookies': '1',
  'vm.max_map_count': '262144',
  'vm.overcommit_memory': '1',
  'vm.swappiness': '60',
};

type Entries = Readonly<Record<string, Inode>>;

/** Mounts both trees. Call it once the root file system stands. */
export function mountKernelFiles(fs: MemoryFileSystem, facts: KernelFacts): void {
  fs.mount('/proc', procDirectory(fs, facts), { type: 'proc' });
  fs.mount(
    '/proc/sys',
    sysctlDirectory(() => ({ ...sysctls, ...facts.sysctls })),
    {
      type: 'proc',
      readOnly: !facts.mayChangeKernel,
    },
  );
  fs.mount('/sys/fs/cgroup', cgroupDirectory(facts), { type: 'cgroup2', readOnly: true });
}

/** The entries, made when somebody first looks: few containers read these files. */
function onceLooked(make: () => Entries): () => Entries {
  let entries: Entries | undefined;
  return () => (entries ??= make());
}

function directory(make: () => Entries): DirectoryNode {
  const entries = onceLooked(make);
  return syntheticDirectory({
    names: () => Object.keys(entries()).sort(),
    get: (name) => (Object.hasOwn(entries(), name) ? entries()[name] : undefined),
  });
}

function procDirectory(fs: MemoryFileSystem, facts: KernelFacts): DirectoryNode {
  const uptime = () => ((facts.now() - facts.bootedAt) / 1000).toFixed(2);
  const files = onceLooked(() => ({
    cpuinfo: generatedFile(() =>
      Array.from(
        { length: facts.cpus },
        (_, cpu) => `processor\t: ${cpu}\nmodel name\t: Virtual CPU\ncpu MHz\t\t: 2400.000\n`,
      ).join('\n'),
    ),
    meminfo: generatedFile(() => meminfo(facts)),
    mounts: generatedFile(() =>
      fs
        .mounts()
        .map((mount) => `${mount.type} ${mount.path} ${mount.type} ${mount.readOnly ? 'ro' : 'rw'},relatime 0 0\n`)
        .reverse()
        .join(''),
    ),
    loadavg: generatedFile(
      () =>
        `0.00 0.00 0.00 1/${facts.processes().length} ${Math.max(1, ...facts.processes().map((each) => each.pid))}\n`,
    ),
    uptime: generatedFile(() => `${uptime()} ${uptime()}\n`),
    version: generatedFile(() => 'Linux version 6.12.0 (simulated) #1 SMP PREEMPT_DYNAMIC\n'),
    stat: generatedFile(() => `cpu  0 0 0 0 0 0 0 0 0 0\nbtime ${Math.floor(facts.bootedAt / 1000)}\n`),
    cmdline: generatedFile(() => 'BOOT_IMAGE=/boot/vmlinuz root=/dev/sda1 ro\n'),
    filesystems: generatedFile(
      () => 'nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tcgroup2\nnodev\toverlay\n\text4\n',
    ),
    sys: directory(() => ({})),
  }));
  const info = (name: string) => facts.processes().find((each) => String(each.pid) === name);
  return syntheticDirectory({
    names: () => [...facts.processes().map((each) => String(each.pid)), ...Object.keys(files()), 'self'].sort(),
    get: (name) => {
      if (Object.hasOwn(files(), name)) return files()[name];
      if (name === 'self') return link('1');
      const found = info(name);
      return found && processDirectory(found, facts);
    },
  });
}

const link = (target: string): Inode => ({
  inode: 0,
  mode: 0o777,
  uid: 0,
  gid: 0,
  mtimeMs: 0,
  kind: 'symlink',
  target,
});

function processDirectory(info: ProcessInfo, facts: KernelFacts): DirectoryNode {
  const name = (info.argv[0] ?? '').replace(/^.*\//, '').slice(0, 15);
  return directory(() => ({
    cmdline: generatedFile(() => info.argv.map((word) => `${word}\0`).join('')),
    comm: generatedFile(() => `${name}\n`),
    status: generatedFile(() => statusText(name, info, facts)),
    stat: generatedFile(() => `${info.pid} (${name}) S ${info.ppid} ${info.group} ${info.group} 0 -1\n`),
    cgroup: generatedFile(() => '0::/\n'),
    oom_score_adj: generatedFile(() => `${facts.oomScoreAdjust ?? 0}\n`),
    ns: directory(() => ({ mnt: link(`mnt:[${facts.mountNamespace}]`) })),
  }));
}

function statusText(name: string, info: ProcessInfo, facts: KernelFacts): string {
  const { capabilities, noNewPrivileges, seccomp } = facts;
  const held = capabilityText(info.user === 'root' ? capabilities : 0n);
  const rows: readonly (readonly [string, string | number])[] = [
    ['Name', name],
    ['State', 'S (sleeping)'],
    ['Tgid', info.pid],
    ['Pid', info.pid],
    ['PPid', info.ppid],
    ['VmRSS', `${String(Math.round(info.memoryBytes / 1024)).padStart(8)} kB`],
    ['Threads', 1],
    ['CapInh', capabilityText(0n)],
    ['CapPrm', held],
    ['CapEff', held],
    ['CapBnd', capabilityText(capabilities)],
    ['CapAmb', capabilityText(0n)],
    ['NoNewPrivs', noNewPrivileges ? 1 : 0],
    ['Seccomp', seccomp ? 2 : 0],
    ['Seccomp_filters', seccomp ? 1 : 0],
  ];
  return rows.map(([key, value]) => `${key}:\t${value}\n`).join('');
}

function meminfo({ memoryBytes }: KernelFacts): string {
  const kib = (bytes: number) => `${String(Math.floor(bytes / 1024)).padStart(15)} kB`;
  return `MemTotal:${kib(memoryBytes)}\nMemFree: ${kib(memoryBytes * 0.6)}\nMemAvailable:${kib(memoryBytes * 0.8).slice(3)}\nBuffers: ${kib(memoryBytes * 0.01)}\nCached:  ${kib(memoryBytes * 0.2)}\nSwapTotal:${kib(0).slice(1)}\nSwapFree:${kib(0)}\n`;
}

/** A tree of directories from dotted names. */
function sysctlDirectory(values: () => Readonly<Record<string, string>>): DirectoryNode {
  return directory(() => {
    const heads = new Map<string, Record<string, string>>();
    const leaves: Record<string, Inode> = {};
    for (const [name, value] of Object.entries(values())) {
      const dot = name.indexOf('.');
      if (dot < 0) leaves[name] = parameterFile(value);
      else {
        const head = name.slice(0, dot);
        const inner = heads.get(head) ?? {};
        inner[name.slice(dot + 1)] = value;
        heads.set(head, inner);
      }
    }
    for (const [head, inner] of heads) leaves[head] = sysctlDirectory(() => inner);
    return leaves;
  });
}

function parameterFile(value: string): FileNode {
  const bytes = encode(`${value}\n`);
  const { generate: _, ...file } = generatedFile(() => '', 0o644);
  return { ...file, bytes, size: bytes.length };
}

/** cgroup v2. Weights follow the kubelet's conversion of shares. */
function cgroupDirectory(facts: KernelFacts): DirectoryNode {
  const { limits } = facts;
  return directory(() => ({
    'cgroup.controllers': generatedFile(() => 'cpuset cpu io memory hugetlb pids rdma misc\n'),
    'cgroup.procs': generatedFile(() =>
      facts
        .processes()
        .map((each) => `${each.pid}\n`)
        .join(''),
    ),
    'cpu.max': generatedFile(() => {
      const { cpuMilli } = limits();
      return `${cpuMilli === undefined ? 'max' : Math.max(1000, cpuMilli * 100)} 100000\n`;
    }),
    'cpu.weight': generatedFile(() => `${cpuWeight(limits().cpuRequestMilli ?? 0)}\n`),
    'cpu.stat': generatedFile(
      () => 'usage_usec 0\nuser_usec 0\nsystem_usec 0\nnr_periods 0\nnr_throttled 0\nthrottled_usec 0\n',
    ),
    'memory.max': generatedFile(() => `${limits().memoryBytes ?? 'max'}\n`),
    'memory.current': generatedFile(() => `${Math.round(facts.usage().memoryBytes)}\n`),
    'memory.events': generatedFile(() => 'low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n'),
    'pids.max': generatedFile(() => 'max\n'),
    'pids.current': generatedFile(() => `${facts.processes().length}\n`),
  }));
}

/**
 * The weight that runc derives from cpu shares, which the kubelet derives from the request.
 * Upstream: pkg/kubelet/cm/helpers_linux.go MilliCPUToShares (v1.36); runc's quadratic conversion of shares to weight.
 */
function cpuWeight(requestMilli: number): number {
  const shares = Math.min(262_144, Math.max(2, Math.floor((requestMilli * 1024) / 1000)));
  const exponent = (Math.log2(shares) ** 2 + 125 * Math.log2(shares)) / 612 - 7 / 34;
  return Math.ceil(10 ** exponent);
}
