import type { Process } from '../../process/process.ts';
import { FileSystemError } from '../file-system.ts';
import { targetsOf } from './cp.ts';
import { copyTree, removeTree } from './file-tree.ts';
import { type Call, reasonOf, type Utility } from './utility.ts';

export const mv: Utility = {
  names: ['mv'],
  summary: 'Rename SOURCE to DEST, or move SOURCEs to DIRECTORY',
  usage: '[-finT] SOURCE... DEST',
  options: 'finTvut:',
  long: { force: 'f', verbose: 'v', 'no-clobber': 'n', 'target-directory': 't' },
  *run(call) {
    for (const { source, target } of targetsOf(call)) yield* moveOne(call, source, target);
    return 0;
  },
};

function* moveOne(call: Call, source: string, target: string): Process<void> {
  const { fs } = call.context;
  const [from, to] = [call.path(source), call.path(target)];
  if (call.has('n') && fs.exists(to)) return;
  try {
    fs.lstat(from);
    try {
      fs.rename(from, to);
    } catch (error) {
      if (!(error instanceof FileSystemError) || error.code !== 'EXDEV') throw error;
      copyTree(fs, from, to, { preserve: true, keepLinks: true });
      removeTree(fs, from);
    }
    if (call.has('v')) yield* call.out(`'${source}' -> '${target}'\n`);
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    yield* call.error(`can't rename '${source}': ${reasonOf(error)}`);
  }
}
