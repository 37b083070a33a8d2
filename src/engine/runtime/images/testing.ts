/** Runs images on a test network, without a kubelet. */
import { addDevices } from '../../../shell/base-files.ts';
import type { ChildProcess } from '../../../shell/context.ts';
import { createLayer } from '../../../shell/inode.ts';
import { createFileSystem, type MemoryFileSystem } from '../../../shell/memory-file-system.ts';
import { ContainerProcesses } from '../../../shell/process-table.ts';
import { BytesReader, CollectingWriter } from '../../../shell/streams.ts';
import { type ScriptResult, TestClock } from '../../../shell/testing.ts';
import { TestNetwork } from '../../../shell/testing-network.ts';
import { encode } from '../../../shell/text.ts';
import { resolveUser } from '../../../shell/users.ts';
import { parseImageReference } from '../../../apimachinery/image-reference.ts';
import { programNamed, resolveImage } from './registry.ts';

export interface TestContainer {
  readonly stdout: CollectingWriter;
  readonly stderr: CollectingWriter;
  readonly main: ChildProcess;
  readonly fs: MemoryFileSystem;
  readonly processes: ContainerProcesses;
  /** Runs a command beside the main process, as exec does. */
  exec(argv: readonly string[], stdin?: string): ScriptResult;
  sh(script: string): ScriptResult;
}

export class TestHost {
  readonly clock = new TestClock();
  readonly network = new TestNetwork();
  #count = 0;

  /** Starts a container of an image; `name` becomes its host name and its name on the network. */
  start(
    image: string,
    name: string,
    options: {
      readonly command?: readonly string[];
      readonly args?: readonly string[];
      readonly env?: Readonly<Record<string, string>>;
      readonly files?: (fs: MemoryFileSystem) => void;
    } = {},
  ): TestContainer {
    const reference = parseImageReference(image);
    if (!reference) throw new Error(`bad image ${image}`);
    const resolved = resolveImage(reference);
    const ip = `10.0.0.${++this.#count}`;
    this.network.names.set(name, ip);
    const fs = createFileSystem({ now: () => this.clock.now(), layer: createLayer(resolved.layers) });
    addDevices(fs);
    options.files?.(fs);
    const env = new Map(Object.entries({ HOSTNAME: name, ...resolved.env, ...options.env }));
    const processes = new ContainerProcesses({
      driver: this.clock,
      environment: { fs, hostname: name, network: this.network.stack(ip) },
      programNamed,
      random: () => 0.5,
    });
    const stdout = new CollectingWriter();
    const stderr = new CollectingWriter();
    const argv = [
      ...(options.command ?? resolved.entrypoint),
      ...(options.args ?? (options.command ? [] : resolved.cmd)),
    ];
    const user = resolveUser(fs, resolved.user);
    const main = processes.start({ argv, env, cwd: resolved.workingDir, stdout, stderr, ...(user ? { user } : {}) });
    const exec = (words: readonly string[], stdin = ''): ScriptResult => {
      const out = new CollectingWriter();
      const err = new CollectingWriter();
      const child = processes.start({
        argv: words,
        env,
        cwd: resolved.workingDir,
        stdin: new BytesReader(encode(stdin)),
        stdout: out,
        stderr: err,
        ...(user ? { user } : {}),
      });
      const status = this.clock.run(child.wait());
      return { stdout: out.text(), stderr: err.text(), code: status.code };
    };
    return { stdout, stderr, main, fs, processes, exec, sh: (script) => exec(['sh', '-c', script]) };
  }
  /** Lets virtual time pass. */
  advance(ms: number): void {
    const until = this.clock.now() + ms;
    this.clock.setTimer(ms, () => undefined);
    this.clock.runUntil(() => this.clock.now() >= until, ms);
  }
}
