/**
 * The machine that a person sits at: a small Linux with a shell, kubectl, and a home folder that is the editor's files. Its
 * processes run in wall-clock time, on the page's driver; everything that they do to the cluster goes through its API.
 */
import { rootCommand } from '../../kubectl/commands/registry.ts';
import { globalFlags } from '../../kubectl/flags/global-flags.ts';
import { kubectl } from '../../kubectl/kubectl.ts';
import { Pipe, type Reader, type Writer } from '../../process/pipe.ts';
import { type Process, suspend } from '../../process/process.ts';
import type { Signal } from '../../process/signal.ts';
import type { Transport } from '../../protocol/rest.ts';
import type { ChildProcess, Credentials, Program, Tty } from '../../shell/context.ts';
import { createFileSystem, type MemoryFileSystem } from '../../shell/memory-file-system.ts';
import { ContainerProcesses } from '../../shell/process-table.ts';
import { decode, encode } from '../../shell/text.ts';
import type { Completer } from '../../shell/interpreter/interactive.ts';
import { programFileContent } from '../../shell/layer.ts';
import { replaceFiles } from '../stores/file-store.ts';
import type { Session } from '../stores/session.ts';
import { clusterNames } from './cluster-names.ts';
import { home, readHome, sameFiles, writeHome } from './home-files.ts';
import { completeKubectl } from './kubectl-completer.ts';
import { readHistory, writeHistory } from './kept-history.ts';
import { pageEditor } from './page-editor.ts';
import { programsOfShell } from './programs.ts';
import { WorkstationNetwork } from './workstation-network.ts';

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const person: Credentials = { uid: 1000, gid: 1000, groups: [1000], name: 'tabernetes' };
const environment = new Map([
  ['HOME', home],
  ['USER', 'tabernetes'],
  ['PATH', '/usr/local/bin:/usr/bin:/bin'],
  ['TERM', 'xterm-256color'],
  ['PS1', '\\w $ '],
  ['EDITOR', 'editor'],
  ['HOSTNAME', 'tabernetes'],
]);

export class Workstation {
  readonly fs: MemoryFileSystem;
  readonly #session: Session;
  readonly #processes: ContainerProcesses;
  readonly #history = readHistory(localStorage);
  #keptHistory = this.#history.length;
  #shared: ReadonlyMap<string, string> = new Map();

  constructor(session: Session) {
    this.#session = session;
    this.fs = createFileSystem({ now: () => session.now(), type: 'ext4' });
    const programs = new Map<string, Program>([
      ...programsOfShell(),
      ['kubectl', kubectl],
      ['editor', pageEditor(session.view)],
    ]);
    prepareFiles(this.fs, [...programs.keys()]);
    this.#processes = new ContainerProcesses({
      driver: session.driver,
      environment: {
        fs: this.fs,
        hostname: 'tabernetes',
        powers: powersOf(session, this.#history),
        network: new WorkstationNetwork(transportOf(session), () => hostsIn(this.fs)),
      },
      programNamed: (name) => programs.get(name),
      random: () => Math.random(),
    });
    this.#processes.startFunction({ argv: ['init'] }, waitForever);
    this.#takeFromEditor();
    session.files.subscribe((state, before) => {
      if (state.files !== before.files) this.#takeFromEditor();
    });
    setInterval(() => this.#keep(), 400);
  }

  /** Starts an interactive shell on a terminal. */
  startShell(streams: { readonly stdin: Reader; readonly stdout: Writer; readonly tty: Tty }): ChildProcess {
    this.#takeFromEditor();
    return this.#processes.start({
      argv: ['bash', '-i'],
      env: environment,
      cwd: home,
      user: person,
      stdin: streams.stdin,
      stdout: streams.stdout,
      stderr: streams.stdout,
      tty: streams.tty,
      group: 'own',
    });
  }

  /** Signals a process group of a terminal. */
  signal(group: number, signal: Signal): void {
    if (group > 0) this.#processes.kill(-group, signal);
  }

  /** Runs a command in the home folder and gives what it wrote. */
  async run(argv: readonly string[], stdin = ''): Promise<RunResult> {
    this.#takeFromEditor();
    const input = new Pipe();
    if (stdin !== '') input.push(encode(stdin));
    input.close();
    const out = new Pipe(Number.POSITIVE_INFINITY);
    const err = new Pipe(Number.POSITIVE_INFINITY);
    const { driver } = this.#session;
    const child = this.#processes.start({
      argv,
      env: environment,
      cwd: home,
      user: person,
      stdin: input,
      stdout: out,
      stderr: err,
    });
    const { code } = await driver.run(child.wait());
    out.close();
    err.close();
    this.giveToEditor();
    return { code, stdout: textOf(out), stderr: textOf(err) };
  }

  /** Shows the editor what the terminal has made of the home folder. */
  giveToEditor(): void {
    const found = readHome(this.fs);
    if (sameFiles(found, this.#shared)) return;
    const order = this.#session.files.getState().files;
    const ordered = new Map(
      [...order.keys(), ...found.keys()].flatMap((path) => (found.has(path) ? [[path, found.get(path) ?? '']] : [])),
    );
    this.#shared = ordered;
    replaceFiles(this.#session.files, ordered);
  }

  #keep(): void {
    this.giveToEditor();
    if (this.#history.length === this.#keptHistory) return;
    this.#keptHistory = this.#history.length;
    writeHistory(localStorage, this.#history);
  }

  #takeFromEditor(): void {
    const { files } = this.#session.files.getState();
    if (files === this.#shared) return;
    writeHome(this.fs.as(person), files, this.#shared);
    this.#shared = files;
  }
}

function prepareFiles(fs: MemoryFileSystem, programs: readonly string[]): void {
  for (const folder of ['/bin', '/usr/bin', '/usr/local/bin', '/tmp', '/etc', '/root', '/dev', home])
    fs.mkdir(folder, { parents: true });
  for (const name of programs) {
    fs.writeFile(name === 'kubectl' ? `/usr/local/bin/${name}` : `/bin/${name}`, encode(programFileContent(name)), {
      mode: 0o755,
    });
  }
  fs.writeFile('/etc/passwd', encode(`root:x:0:0:root:/root:/bin/bash\ntabernetes:x:1000:1000::${home}:/bin/bash\n`));
  fs.writeFile('/etc/group', encode('root:x:0:\ntabernetes:x:1000:\n'));
  fs.writeFile('/etc/hosts', encode('127.0.0.1 localhost tabernetes\n::1 localhost\n'));
  fs.chown('/etc/hosts', person.uid, person.gid);
  fs.writeFile('/etc/hostname', encode('tabernetes\n'));
  fs.writeFile(`${home}/.bashrc`, encode("alias k=kubectl\nalias ll='ls -l'\n"));
  fs.chown(home, person.uid, person.gid);
  fs.chmod('/tmp', 0o1777);
  fs.mknod('/dev/null');
}

/** Completes kubectl's words; the rest is the shell's. */
function completerOf(session: Session): Completer {
  const names = clusterNames(session.cluster);
  return function* (line, cursor) {
    return completeKubectl(line, cursor, rootCommand, globalFlags, names);
  };
}

/** The transport is asked for each time: a new cluster has a new one. */
/** The way to the cluster of the moment: another one may take its place. */
const transportOf = (session: Session): Transport => ({ request: (...call) => session.transport.request(...call) });

const hostsIn = (fs: MemoryFileSystem): string => (fs.exists('/etc/hosts') ? decode(fs.readFile('/etc/hosts')) : '');

function powersOf(session: Session, history: string[]): ReadonlyMap<string, unknown> {
  const completer = completerOf(session);
  return new Map<string, unknown>([
    ['history', history],
    ['completer', completer],
    ['kubectl.transport', transportOf(session)],
  ]);
}

function* waitForever(): Process<number> {
  return yield* suspend<number>(() => undefined);
}

function textOf(pipe: Pipe): string {
  let text = '';
  for (let bytes = pipe.tryRead(); bytes; bytes = pipe.tryRead()) text += decode(bytes);
  return text;
}
