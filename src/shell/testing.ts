/** A machine to run scripts on in tests: files, processes and a virtual clock, no network unless given. */
import type { Driver, Process } from '../process/process.ts';
import { spawn } from '../process/task.ts';
import { addDevices, basePrograms, shellFiles, userFiles, utilityFiles } from './base-files.ts';
import type { Program, SpawnOptions } from './context.ts';
import { createLayer } from './inode.ts';
import type { LayerFiles } from './layer.ts';
import { createFileSystem, type MemoryFileSystem } from './memory-file-system.ts';
import type { NetworkStack } from './network-stack.ts';
import { ContainerProcesses } from './process-table.ts';
import { BytesReader, CollectingWriter } from './streams.ts';
import { encode } from './text.ts';

export interface ScriptResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Virtual time in order of (time, sequence); enough of a simulation for these tests. */
export class TestClock implements Driver {
  context: unknown = undefined;
  #now = Date.UTC(2026, 0, 1);
  #sequence = 0;
  #timers: { at: number; sequence: number; callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }
  setTimer(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, sequence: ++this.#sequence, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }
  defer(callback: () => void): void {
    this.setTimer(0, callback);
  }
  mergeContexts(contexts: readonly unknown[]): unknown {
    return contexts[0];
  }
  onUnhandled(error: unknown): void {
    throw error;
  }
  /** Runs until the condition holds, nothing waits, or time has passed. */
  runUntil(condition: () => boolean, limitMs = 600_000): void {
    const end = this.#now + limitMs;
    while (!condition() && this.#timers.length > 0) {
      let [next] = this.#timers;
      if (!next) return;
      for (const timer of this.#timers)
        if (timer.at < next.at || (timer.at === next.at && timer.sequence < next.sequence)) next = timer;
      if (next.at > end) return;
      this.#timers.splice(this.#timers.indexOf(next), 1);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
  }
  run<T>(process: Process<T>): T {
    const task = spawn(this, process);
    task.onSettled(() => undefined);
    this.runUntil(() => task.settled);
    if (task.outcome?.kind === 'returned') return task.outcome.value;
    throw task.outcome?.kind === 'threw' ? task.outcome.error : new Error('the process did not end');
  }
}

export interface TestMachineOptions {
  readonly files?: LayerFiles;
  readonly network?: NetworkStack;
  readonly programs?: ReadonlyMap<string, Program>;
}

/** A machine with the utilities and all three shells. */
export class TestMachine {
  readonly clock = new TestClock();
  readonly fs: MemoryFileSystem;
  readonly processes: ContainerProcesses;

  constructor(options: TestMachineOptions = {}) {
    const layer = createLayer([
      userFiles(),
      utilityFiles(),
      shellFiles('ash'),
      shellFiles('bash'),
      { '/bin/dash': { program: 'dash' } },
      options.files ?? {},
    ]);
    this.fs = createFileSystem({ now: () => this.clock.now(), layer });
    addDevices(this.fs);
    const { network } = options;
    this.processes = new ContainerProcesses({
      driver: this.clock,
      environment: { fs: this.fs, hostname: 'test', ...(network ? { network } : {}) },
      programNamed: (name) => options.programs?.get(name) ?? basePrograms.get(name),
      random: () => 0.5,
    });
    // Pid 1, so that what tests run are ordinary processes.
    this.processes.start({ argv: ['sleep', 'infinity'] });
  }
  /** Runs a command line to its end. */
  run(argv: readonly string[], stdin = '', more: Partial<SpawnOptions> = {}): ScriptResult {
    const stdout = new CollectingWriter();
    const stderr = new CollectingWriter();
    const env = new Map([
      ['PATH', '/usr/bin:/bin'],
      ['HOME', '/root'],
    ]);
    const child = this.processes.start({
      argv,
      env,
      stdin: new BytesReader(encode(stdin)),
      stdout,
      stderr,
      cwd: '/root',
      ...more,
    });
    const status = this.clock.run(child.wait());
    return { stdout: stdout.text(), stderr: stderr.text(), code: status.code };
  }
  /** Runs a script with `sh -c` (or another shell). */
  sh(script: string, stdin = '', shell = 'sh'): ScriptResult {
    return this.run([shell, '-c', script], stdin);
  }
}
