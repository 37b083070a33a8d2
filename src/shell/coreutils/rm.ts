import type { Process } from '../../process/process.ts';
import { FileSystemError } from '../file-system.ts';
import { baseName, joinPath } from '../path.ts';
import { type Call, reasonOf, type Utility, UtilityError } from './utility.ts';

export const rm: Utility = {
  names: ['rm'],
  summary: 'Remove (unlink) FILEs',
  usage: '[-irf] FILE...',
  options: 'irRfvd',
  long: { recursive: 'r', force: 'f', verbose: 'v', interactive: 'i', 'no-preserve-root': 'd' },
  *run(call) {
    if (call.args.length === 0 && !call.has('f')) throw new UtilityError('missing operand');
    for (const name of call.args) {
      const last = baseName(name);
      if (last === '.' || last === '..') yield* call.error("can't remove '.' or '..'");
      else yield* removeOne(call, name);
    }
    return 0;
  },
};

function* removeOne(call: Call, name: string): Process<void> {
  const { fs } = call.context;
  const path = call.path(name);
  try {
    if (fs.lstat(path).kind === 'directory') {
      if (!call.has('r') && !call.has('R')) return yield* call.error(`'${name}' is a directory`);
      for (const inner of fs.readdir(path)) yield* removeOne(call, joinPath(name, inner));
    }
    fs.remove(path);
    if (call.has('v')) yield* call.out(`removed '${name}'\n`);
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    if (call.has('f') && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return;
    yield* call.error(`can't remove '${name}': ${reasonOf(error)}`);
  }
}
