import type { Driver, Process } from '../../process/process.ts';
import { suspend } from '../../process/process.ts';
import type { Program } from '../../shell/context.ts';
import { createFileSystem, type MemoryFileSystem } from '../../shell/memory-file-system.ts';
import { ContainerProcesses } from '../../shell/process-table.ts';
import { encode } from '../../shell/text.ts';
import type { DnsConfig, SandboxConfig, SandboxInterface, SandboxStatus } from './runtime-service.ts';

export interface SandboxOptions {
  readonly id: string;
  readonly driver: Driver;
  readonly random: () => number;
  readonly programNamed: (name: string) => Program | undefined;
  readonly config: SandboxConfig;
  readonly network: SandboxInterface;
}

/** What the containers of one pod share: network, host name, and (when asked) the process namespace. */
export class Sandbox {
  readonly id: string;
  readonly config: SandboxConfig;
  readonly network: SandboxInterface;
  readonly createdAtMs: number;
  /** `/etc/hostname` and `/etc/resolv.conf`. */
  readonly etc: MemoryFileSystem;
  /** Present when the pod's containers share one process namespace, whose pid 1 is `pause`. */
  readonly processes: ContainerProcesses | undefined;
  state: SandboxStatus['state'] = 'ready';

  constructor(options: SandboxOptions) {
    const { driver, config } = options;
    this.id = options.id;
    this.config = config;
    this.network = options.network;
    this.createdAtMs = driver.now();
    this.etc = createFileSystem({ now: () => driver.now(), type: 'ext4' });
    this.etc.mkdir('/etc');
    this.etc.writeFile('/etc/hostname', encode(`${config.hostname}\n`));
    this.etc.writeFile('/etc/resolv.conf', encode(resolvConf(config.dns)));
    this.processes = config.shareProcessNamespace ? this.#sharedProcesses(options) : undefined;
  }

  get status(): SandboxStatus {
    const { id, config, state, createdAtMs } = this;
    return { id, config, state, ips: this.network.ips, createdAtMs };
  }

  #sharedProcesses({ driver, random, programNamed, config, network }: SandboxOptions): ContainerProcesses {
    const environment = { fs: this.etc, hostname: config.hostname, network: network.stack };
    const processes = new ContainerProcesses({ driver, environment, programNamed, random });
    processes.startFunction({ argv: ['/pause'] }, pause);
    return processes;
  }
}

function* pause(): Process<number> {
  return yield* suspend<number>(() => undefined);
}

/** The resolver configuration as the runtime writes it. */
export function resolvConf(dns: DnsConfig): string {
  const lines: string[] = [];
  if (dns.searches.length > 0) lines.push(`search ${dns.searches.join(' ')}`);
  for (const server of dns.servers) lines.push(`nameserver ${server}`);
  if (dns.options.length > 0) lines.push(`options ${dns.options.join(' ')}`);
  return `${lines.join('\n')}\n`;
}
