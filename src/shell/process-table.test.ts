import { describe, expect, it } from 'vitest';
import { TestMachine } from './testing.ts';
import { basePrograms } from './base-files.ts';
import { createFileSystem } from './memory-file-system.ts';
import { ContainerProcesses } from './process-table.ts';
import { CollectingWriter } from './streams.ts';
import { encode } from './text.ts';

describe('signals', () => {
  it.each([
    { name: 'end a process with 128 + n', script: 'sleep 60 & kill $!; wait $!; echo $?', stdout: '143\n' },
    {
      name: 'can be ignored',
      script: "(trap '' TERM; sleep 1; echo alive) & sleep 0.1; kill $!; wait",
      stdout: 'alive\n',
    },
    {
      name: 'KILL cannot',
      script: "(trap '' TERM; sleep 5; echo alive) & sleep 0.1; kill -9 $!; wait $!; echo $?",
      stdout: '137\n',
    },
  ])('$name', ({ script, stdout }) => {
    expect(new TestMachine().sh(script).stdout).toBe(stdout);
  });
  it('do not reach pid 1 without a handler, but KILL from outside does, and ends everything', () => {
    const machine = new TestMachine();
    machine.processes.start({ argv: ['sleep', '60'] });
    machine.processes.kill(1, 'SIGTERM');
    expect(machine.processes.list()).toHaveLength(2);
    expect(machine.sh('kill -9 1').code).toBe(0);
    expect(machine.processes.list()).toHaveLength(2);
    machine.processes.kill(1, 'SIGKILL');
    expect(machine.processes.list()).toHaveLength(0);
  });
});

describe('programs', () => {
  it('are files: they can be copied, lose their execute bit, and name an interpreter', () => {
    const machine = new TestMachine();
    machine.fs.writeFile('/tmp/script', encode('#!/bin/sh -e\necho "$0 $1"\n'), { mode: 0o755 });
    expect(
      machine.sh('cp /bin/echo /tmp/say; /tmp/say hello; chmod -x /tmp/say; /tmp/say hello; /tmp/script x'),
    ).toEqual({
      stdout: 'hello\n/tmp/script x\n',
      stderr: 'sh: /tmp/say: Permission denied\n',
      code: 0,
    });
  });
  it.each([
    [['nope'], 'ENOENT', 'exec: "nope": executable file not found in $PATH'],
    [['/nope'], 'ENOENT', 'exec: "/nope": stat /nope: no such file or directory'],
    [['/etc'], 'EACCES', 'exec: "/etc": is a directory'],
    [['/etc/passwd'], 'EACCES', 'exec: "/etc/passwd": permission denied'],
  ])('that cannot start say why: %j', (argv, code, message) => {
    expect(() => new TestMachine().processes.start({ argv })).toThrow(expect.objectContaining({ code, message }));
  });
  it('that throw end with 139 and their text', () => {
    const machine = new TestMachine();
    const stderr = new CollectingWriter();
    const broken = new ContainerProcesses({
      driver: machine.clock,
      environment: { fs: createFileSystem({ now: () => 0 }), hostname: 'h' },
      programNamed: (name) => basePrograms.get(name),
      random: () => 0,
    });
    const child = broken.startFunction({ argv: ['broken'], stderr }, function* () {
      yield* [];
      throw new Error('no such luck');
    });
    expect(machine.clock.run(child.wait())).toEqual({ code: 139, signal: 'SIGSEGV' });
    machine.clock.runUntil(() => false, 1);
    expect(stderr.text()).toBe('broken: no such luck\n');
  });
});
