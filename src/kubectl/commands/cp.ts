import { errorText } from '../../apimachinery/error-text.ts';
import type { Process } from '../../process/process.ts';
import { decodeTar, encodeTarEntry, type TarEntry, tarEnd } from '../../shell/tar-archive.ts';
import type * as corev1 from '../../api/core/v1.ts';
import type { Command, Invocation } from '../command.ts';
import { ExitError, KubectlError } from '../errors.ts';
import { concatBytes } from '../../shell/text.ts';
import { pathKind, resolvePath } from '../files.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { findOrDefaultContainer } from '../pods/containers.ts';
import { streamCommand } from '../pods/remote-command.ts';
import { podPath } from './exec.ts';

export const cp: Command = {
  use: 'cp <file-spec-src> <file-spec-dest>',
  group: 'debug',
  short: 'Copy files and directories to and from containers',
  long: 'Copies through tar, which the container must have. Links that lead out of the copied directory are left out.',
  example: `kubectl cp /tmp/site web:/usr/share/nginx/html

# From a container of a pod in another namespace
kubectl cp dev/web:/var/log/app.log ./app.log -c main`,
  flags: flagSpecs(`c/container='' no-preserve=false retries=0`),
  plainUseLine: true,
  completion: 'pod',
  run: runCp,
};

interface FileSpec {
  readonly pod: string;
  readonly namespace: string;
  readonly path: string;
}

/** Upstream: kubectl/pkg/cmd/cp/cp.go (v1.36) */
function* runCp(invocation: Invocation): Process<void> {
  const { args, factory } = invocation;
  const [from, to] = args;
  if (from === undefined || to === undefined || args.length !== 2) {
    throw new KubectlError('source and destination are required');
  }
  const source = fileSpec(from, factory.namespace);
  const target = fileSpec(to, factory.namespace);
  if (source.pod !== '' && target.pod !== '') {
    throw new KubectlError('one of src or dest must be a local file specification');
  }
  if (source.path === '' || target.path === '') throw new KubectlError('filepath can not be empty');
  if (source.pod !== '') return yield* copyFromPod(invocation, source, target.path);
  if (target.pod !== '') return yield* copyToPod(invocation, source.path, target);
  throw new KubectlError('one of src or dest must be a remote file specification');
}

function fileSpec(word: string, namespace: string): FileSpec {
  const colon = word.indexOf(':');
  const wrong = new KubectlError('filespec must match the canonical format: [[namespace/]pod:]file/path');
  if (colon === 0) throw wrong;
  if (colon < 0) return { pod: '', namespace, path: word };
  const parts = word.slice(0, colon).split('/');
  const path = word.slice(colon + 1);
  const [first = '', second] = parts;
  if (parts.length > 2) throw wrong;
  return second === undefined ? { pod: first, namespace, path } : { pod: second, namespace: first, path };
}

interface Remote {
  readonly onStdout?: (bytes: Uint8Array) => Process<void>;
  readonly readStdin?: () => Process<Uint8Array | undefined>;
}

/** Runs a command in the pod's container. */
function* runThere(
  { factory, flags, err }: Invocation,
  { pod: name, namespace }: FileSpec,
  command: readonly string[],
  { onStdout, readStdin }: Remote,
): Process<void> {
  const path = `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(name)}`;
  const pod = yield* factory.rest.json<corev1.Pod>({ path });
  const { container, notice } = findOrDefaultContainer(pod, flags.string('container'));
  yield* err.print(notice);
  const query = [
    ['container', container.name],
    ...command.map((word) => ['command', word]),
    ...(readStdin === undefined ? [] : [['stdin', 'true']]),
    ['stdout', 'true'],
    ['stderr', 'true'],
  ];
  yield* streamCommand(factory, podPath({ namespace, name }, 'exec', query), {
    stdin: readStdin !== undefined,
    tty: false,
    ...(onStdout === undefined ? {} : { onStdout }),
    ...(readStdin === undefined ? {} : { readStdin }),
  });
}

const baseOf = (path: string): string => path.replace(/\/+$/, '').split('/').at(-1) ?? '';
const directoryOf = (path: string): string => {
  const slash = path.replace(/\/+$/, '').lastIndexOf('/');
  return slash < 0 ? '.' : path.slice(0, slash) || '/';
};

function* copyToPod(invocation: Invocation, local: string, target: FileSpec): Process<void> {
  const { context, flags } = invocation;
  if (pathKind(context, local) === 'none') throw new KubectlError(`${local} doesn't exist in local filesystem`);
  const isDirectory = yield* isRemoteDirectory(invocation, target);
  const path = isDirectory ? `${target.path.replace(/\/+$/, '')}/${baseOf(local)}` : target.path;
  const entries = localEntries(invocation, resolvePath(context, local), baseOf(path));
  let archive: Uint8Array | undefined = concatBytes([...entries.map(encodeTarEntry), tarEnd()]);
  const preserve = flags.bool('no-preserve') ? ['--no-same-permissions', '--no-same-owner'] : [];
  yield* runThere(invocation, target, ['tar', ...preserve, '-xmf', '-', '-C', directoryOf(path)], {
    // biome-ignore lint/correctness/useYield: a process that never waits
    readStdin: function* () {
      const bytes = archive;
      archive = undefined;
      return bytes;
    },
  });
}

function* isRemoteDirectory(invocation: Invocation, target: FileSpec): Process<boolean> {
  try {
    yield* runThere({ ...invocation, flags: invocation.flags }, target, ['test', '-d', target.path], {});
    return true;
  } catch (error) {
    if (error instanceof ExitError) return false;
    throw error;
  }
}

/** A file, or a directory with all that is in it. */
function localEntries({ context }: Invocation, path: string, name: string): TarEntry[] {
  const { fs } = context;
  const entries: TarEntry[] = [];
  const visit = (at: string, as: string): void => {
    const { kind, mode, uid, gid, mtimeMs } = fs.lstat(at);
    const common = { mode, uid, gid, mtimeMs };
    if (kind === 'symlink') {
      entries.push({ ...common, name: as, kind: 'symlink', target: fs.readlink(at), content: new Uint8Array() });
    } else if (kind === 'directory') {
      entries.push({ ...common, name: `${as}/`, kind: 'directory', content: new Uint8Array() });
      for (const child of [...fs.readdir(at)].sort()) visit(`${at}/${child}`, `${as}/${child}`);
    } else entries.push({ ...common, name: as, kind: 'file', content: fs.readFile(at) });
  };
  visit(path, name);
  return entries;
}

function* copyFromPod(invocation: Invocation, source: FileSpec, local: string): Process<void> {
  const { context, err } = invocation;
  const chunks: Uint8Array[] = [];
  // biome-ignore lint/correctness/useYield: a process that never waits
  const onStdout = function* (bytes: Uint8Array): Process<void> {
    chunks.push(bytes);
  };
  yield* runThere(invocation, source, ['tar', 'cf', '-', source.path], { onStdout });
  const entries = decodeTar(concatBytes(chunks));
  if (entries === undefined) throw new KubectlError('unexpected EOF');
  const prefix = source.path
    .replace(/^\/+/, '')
    .replace(/\/+$/, '')
    .replace(/^(?:\.\.?\/)+/, '');
  const target =
    pathKind(context, local) === 'directory' && entries[0]?.kind === 'file' ? `${local}/${baseOf(prefix)}` : local;
  for (const entry of entries) {
    if (!entry.name.startsWith(prefix)) {
      throw new KubectlError(`tar contents corrupted`);
    }
    const rest = entry.name.slice(prefix.length).replace(/\/+$/, '');
    if (rest.split('/').includes('..')) {
      yield* err.line(`warning: file ${JSON.stringify(entry.name)} is outside target destination, skipping`);
      continue;
    }
    yield* writeEntry(invocation, entry, resolvePath(context, `${target}${rest}`));
  }
}

function* writeEntry({ context, err }: Invocation, entry: TarEntry, path: string): Process<void> {
  if (entry.kind === 'symlink') {
    return yield* err.line(
      `warning: skipping symlink: ${JSON.stringify(path)} -> ${JSON.stringify(entry.target ?? '')} (consider using "kubectl exec -n NAMESPACE POD -- tar cf - PATH | tar xf -")`,
    );
  }
  try {
    context.fs.mkdir(entry.kind === 'directory' ? path : directoryOf(path), { parents: true });
    if (entry.kind === 'file') context.fs.writeFile(path, entry.content, { mode: entry.mode });
  } catch (error) {
    throw new KubectlError(errorText(error));
  }
}
