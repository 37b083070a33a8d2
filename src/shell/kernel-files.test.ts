import { describe, expect, it } from 'vitest';
import { type KernelFacts, mountKernelFiles } from './kernel-files.ts';
import { TestMachine } from './testing.ts';

const facts = (machine: TestMachine): KernelFacts => ({
  processes: () => machine.processes.list(),
  now: () => machine.clock.now(),
  bootedAt: machine.clock.now(),
  cpus: 2,
  memoryBytes: 2 ** 30,
  limits: () => ({ cpuMilli: 500, cpuRequestMilli: 100, memoryBytes: 64 * 2 ** 20 }),
  capabilities: 0n,
  mountNamespace: 1,
  usage: () => ({ cpuMilli: 1, memoryBytes: 4096 }),
  sysctls: { 'kernel.shm_rmid_forced': '1' },
});

describe('kernel files', () => {
  const machine = new TestMachine();
  mountKernelFiles(machine.fs, facts(machine));
  it.each([
    [
      'cat /sys/fs/cgroup/cpu.max /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory.current',
      '50000 100000\n67108864\n4096\n',
    ],
    ['sysctl kernel.shm_rmid_forced', 'kernel.shm_rmid_forced = 1\n'],
    ['tr "\\0" " " < /proc/1/cmdline', 'sleep infinity '],
    [
      'sysctl -w net.core.somaxconn=1 2>&1 || cat /proc/sys/net/core/somaxconn',
      "sysctl: error setting key 'net.core.somaxconn': Read-only file system\n4096\n",
    ],
    ['grep -c processor /proc/cpuinfo', '2\n'],
    ["awk '/MemTotal/ {print $2}' /proc/meminfo", '1048576\n'],
    ['echo out > /proc/1/fd/1; echo $?', '0\n'],
  ])('%s', (script, stdout) => {
    expect(machine.sh(script)).toEqual({ stdout, stderr: '', code: 0 });
  });
  it('let a privileged container change parameters', () => {
    const privileged = new TestMachine();
    mountKernelFiles(privileged.fs, { ...facts(privileged), mayChangeKernel: true });
    const script =
      'sysctl -w vm.max_map_count=5; echo /cores/%t > /proc/sys/kernel/core_pattern; sysctl -n kernel.core_pattern vm.max_map_count';
    expect(privileged.sh(script).stdout).toBe('vm.max_map_count = 5\n/cores/%t\n5\n');
  });
});
