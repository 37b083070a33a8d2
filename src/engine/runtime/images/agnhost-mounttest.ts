/** agnhost mounttest: creates files with given modes and says what file systems, modes, owners and contents it finds. */
import { type Process, sleep } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { type FileStat, FileSystemError } from '../../../shell/file-system.ts';
import { decode, encode } from '../../../shell/text.ts';
import { writeText } from '../../../shell/streams.ts';
import { goFileError, goQuote, parseGoFlags } from './go-program.ts';

const newFileContent = 'mount-tester new file\n';

/** Gives 1 when any of the steps failed. The order of the steps is part of the contract. */
export function* mounttest(context: ProgramContext, words: readonly string[]): Process<number> {
  const { values } = parseGoFlags(words);
  const tester = new MountTester(context);
  const steps: readonly (readonly [string, (path: string) => Process<boolean>])[] = [
    ['fs_type', (path) => tester.fsType(path)],
    ...(['0644', '0666', '0660', '0777'] as const).map(
      (mode) => [`new_file_${mode}`, (path: string) => tester.newFile(path, Number.parseInt(mode, 8))] as const,
    ),
    ['file_mode', (path) => tester.fileMode(path)],
    ['file_perm', (path) => tester.filePermissions(path)],
    ['file_owner', (path) => tester.fileOwner(path)],
    ['file_content', (path) => tester.content(path)],
    [
      'file_content_in_loop',
      (path) =>
        tester.loop(
          path,
          Number(values.get('retry_time') ?? 180) * 1000,
          values.get('break_on_expected_content') !== 'false',
        ),
    ],
  ];
  let failed = false;
  for (const [flag, step] of steps) {
    const path = values.get(flag);
    if (path !== undefined && path !== '' && !(yield* step(path))) failed = true;
  }
  return failed ? 1 : 0;
}

class MountTester {
  readonly #context: ProgramContext;
  constructor(context: ProgramContext) {
    this.#context = context;
  }
  #print(text: string): Process<void> {
    return writeText(this.#context.stdout, text);
  }
  /** Runs a step; a file system's error becomes a line and a failure. */
  *#guard(step: () => Process<void>, describe: (error: FileSystemError) => string): Process<boolean> {
    try {
      yield* step();
      return true;
    } catch (error) {
      if (!(error instanceof FileSystemError)) throw error;
      yield* this.#print(describe(error));
      return false;
    }
  }

  fsType(path: string): Process<boolean> {
    const { fs } = this.#context;
    const self = this;
    return this.#guard(
      function* () {
        const real = fs.realpath(path);
        const mount = fs
          .mounts()
          .find((each) => real === each.path || each.path === '/' || real.startsWith(`${each.path}/`));
        const type = mount?.type === 'tmpfs' ? 'tmpfs' : (mount?.type ?? 'ext4');
        yield* self.#print(`mount type of ${goQuote(path)}: ${type}\n`);
      },
      (error) => `error from statfs(${goQuote(path)}): ${goFileError('statfs', path, error)}\n`,
    );
  }
  newFile(path: string, mode: number): Process<boolean> {
    const self = this;
    return this.#guard(
      function* () {
        const existed = self.#context.fs.exists(path);
        self.#context.fs.writeFile(path, encode(newFileContent), { mode });
        if (!existed) self.#context.fs.chmod(path, mode);
        yield* self.content(path);
      },
      (error) => `error writing new file ${goQuote(path)}: ${goFileError('open', path, error)}\n`,
    );
  }
  content(path: string): Process<boolean> {
    const self = this;
    return this.#guard(
      function* () {
        yield* self.#print(`content of file ${goQuote(path)}: ${decode(self.#context.fs.readFile(path))}\n`);
      },
      (error) => `error reading file content for ${goQuote(path)}: ${goFileError('open', path, error)}\n`,
    );
  }
  fileMode(path: string): Process<boolean> {
    return this.#describe(path, (stat) => `mode of file ${goQuote(path)}: ${goMode(stat)}\n`, 'Stat');
  }
  filePermissions(path: string): Process<boolean> {
    return this.#describe(
      path,
      (stat) => `perms of file ${goQuote(path)}: ${goMode({ kind: 'file', mode: stat.mode & 0o777 })}\n`,
      'Stat',
    );
  }
  fileOwner(path: string): Process<boolean> {
    return this.#describe(
      path,
      (stat) => `owner UID of ${goQuote(path)}: ${stat.uid}\nowner GID of ${goQuote(path)}: ${stat.gid}\n`,
      'stat',
    );
  }
  #describe(path: string, describe: (stat: FileStat) => string, operation: 'stat' | 'Stat'): Process<boolean> {
    const self = this;
    return this.#guard(
      function* () {
        const { fs } = self.#context;
        yield* self.#print(describe(fs.stat(path)));
      },
      (error) => `error from ${operation}(${goQuote(path)}): ${goFileError('stat', path, error)}\n`,
    );
  }
  *loop(path: string, limitMs: number, breaks: boolean): Process<boolean> {
    const { fs } = this.#context;
    const startedAt = this.#context.now();
    let good = true;
    for (; this.#context.now() - startedAt < limitMs; yield* sleep(2000)) {
      let content: string;
      try {
        content = decode(fs.readFile(path));
        good = true;
      } catch (error) {
        if (!(error instanceof FileSystemError)) throw error;
        good = false;
        yield* this.#print(`Error reading file ${path}: ${goFileError('open', path, error)}, retrying\n`);
        continue;
      }
      yield* this.#print(`content of file ${goQuote(path)}: ${content}\n`);
      if (!breaks) continue;
      if (content === newFileContent) break;
      yield* this.#print(`Unexpected content. Expected: ${newFileContent}. Retrying\n`);
    }
    return good;
  }
}

/** os.FileMode as Go prints it: `-rwxr-xr-x`, `dtrwxrwxrwx`, `Lrwxrwxrwx`. */
export function goMode(stat: Pick<FileStat, 'kind' | 'mode'>): string {
  const kinds = { file: '', directory: 'd', symlink: 'L', device: 'Dc' } as const;
  const special = `${kinds[stat.kind]}${stat.mode & 0o4000 ? 'u' : ''}${stat.mode & 0o2000 ? 'g' : ''}${stat.mode & 0o1000 ? 't' : ''}`;
  const bits = [...'rwxrwxrwx'].map((letter, index) => (stat.mode & (1 << (8 - index)) ? letter : '-')).join('');
  return `${special === '' ? '-' : special}${bits}`;
}
