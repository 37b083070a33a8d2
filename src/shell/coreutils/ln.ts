import { FileSystemError } from '../file-system.ts';
import { baseName, joinPath } from '../path.ts';
import { reasonOf, type Utility } from './utility.ts';

export const ln: Utility = {
  names: ['ln'],
  summary: 'Create a link LINK or DIR/TARGET to the specified TARGET(s)',
  usage: '[-sfnbtv] [-S SUF] TARGET... LINK|DIR',
  options: 'sfnvT',
  long: { symbolic: 's', force: 'f', 'no-dereference': 'n' },
  *run(call) {
    const { fs } = call.context;
    const sources = call.args.length === 1 ? call.args : call.args.slice(0, -1);
    const last = call.args.length === 1 ? '.' : (call.args[call.args.length - 1] ?? '');
    for (const source of sources) {
      const path = call.path(last);
      const into =
        fs.exists(path) &&
        fs.stat(path).kind === 'directory' &&
        !(call.has('n') && fs.lstat(path).kind === 'symlink') &&
        !call.has('T');
      const name = into ? joinPath(last, baseName(source)) : last;
      try {
        if (call.has('f') && linkExists(call.path(name))) fs.remove(call.path(name));
        if (call.has('s')) fs.symlink(source, call.path(name));
        else fs.writeFile(call.path(name), fs.readFile(call.path(source)), { mode: fs.stat(call.path(source)).mode });
        if (call.has('v')) yield* call.out(`'${name}' -> '${source}'\n`);
      } catch (error) {
        if (!(error instanceof FileSystemError)) throw error;
        yield* call.error(`${name}: ${reasonOf(error)}`);
      }
    }
    return 0;

    function linkExists(path: string): boolean {
      try {
        fs.lstat(path);
        return true;
      } catch {
        return false;
      }
    }
  },
};
