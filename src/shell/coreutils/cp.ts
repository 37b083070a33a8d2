import type { Process } from '../../process/process.ts';
import { FileSystemError } from '../file-system.ts';
import { baseName, joinPath } from '../path.ts';
import { copyTree, removeTree } from './file-tree.ts';
import { type Call, reasonOf, type Utility, UtilityError } from './utility.ts';

/** The targets of `cp` and `mv`: into a directory, or onto one name. @throws UtilityError */
export function targetsOf(call: Call): { readonly source: string; readonly target: string }[] {
  const given = call.value('t');
  const sources = given === undefined ? call.args.slice(0, -1) : [...call.args];
  const destination = given ?? call.args[call.args.length - 1] ?? '';
  if (sources.length === 0) throw new UtilityError('missing file operand');
  const path = call.path(destination);
  const isDirectory = call.context.fs.exists(path) && call.context.fs.stat(path).kind === 'directory' && !call.has('T');
  if (!isDirectory && (sources.length > 1 || given !== undefined))
    throw new UtilityError(`target '${destination}' is not a directory`);
  return sources.map((source) => ({
    source,
    target: isDirectory ? joinPath(destination, baseName(source)) : destination,
  }));
}

export const cp: Utility = {
  names: ['cp'],
  summary: 'Copy SOURCEs to DEST',
  usage: '[-arPLHpfinlsTu] SOURCE... DEST',
  options: 'arRPLHpfinlsTuvdt:',
  long: {
    archive: 'a',
    recursive: 'r',
    force: 'f',
    preserve: 'p',
    verbose: 'v',
    'no-clobber': 'n',
    'target-directory': 't',
  },
  *run(call) {
    for (const { source, target } of targetsOf(call)) yield* copyOne(call, source, target);
    return 0;
  },
};

function* copyOne(call: Call, source: string, target: string): Process<void> {
  const { fs } = call.context;
  const [from, to] = [call.path(source), call.path(target)];
  try {
    const stat = fs.stat(from);
    const recursive = call.has('r') || call.has('R') || call.has('a');
    if (stat.kind === 'directory' && !recursive) return yield* call.error(`omitting directory '${source}'`);
    if (call.has('n') && fs.exists(to)) return;
    if (fs.exists(to) && fs.realpath(from) === fs.realpath(to))
      return yield* call.error(`'${source}' and '${target}' are the same file`);
    if (call.has('f') && fs.exists(to) && fs.stat(to).kind === 'file') removeTree(fs, to);
    if (call.has('s')) fs.symlink(source, to);
    else
      copyTree(fs, from, to, {
        preserve: call.has('a') || call.has('p'),
        keepLinks: call.has('a') || call.has('d') || call.has('P') || (recursive && !call.has('L')),
      });
    if (call.has('v')) yield* call.out(`'${source}' -> '${target}'\n`);
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    const missing = error.path === from;
    yield* call.error(
      missing ? `can't stat '${source}': ${reasonOf(error)}` : `can't create '${target}': ${reasonOf(error)}`,
    );
  }
}
