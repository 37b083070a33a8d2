/** `mkdir` and `rmdir`. */
import { FileSystemError } from '../file-system.ts';
import { dirName } from '../path.ts';
import { parseMode } from './file-mode.ts';
import { reasonOf, type Utility } from './utility.ts';

export const mkdir: Utility = {
  names: ['mkdir'],
  summary: 'Create DIRECTORY',
  usage: '[-m MODE] [-p] DIRECTORY...',
  options: 'm:pv',
  long: { parents: 'p', mode: 'm', verbose: 'v' },
  *run(call) {
    const mode = call.value('m');
    const bits = mode === undefined ? undefined : parseMode(mode, 0o777, true);
    for (const name of call.args) {
      try {
        call.context.fs.mkdir(call.path(name), { parents: call.has('p'), mode: bits ?? 0o755 });
        if (bits !== undefined) call.context.fs.chmod(call.path(name), bits);
        if (call.has('v')) yield* call.out(`created directory: '${name}'\n`);
      } catch (error) {
        if (!(error instanceof FileSystemError)) throw error;
        yield* call.error(`can't create directory '${name}': ${reasonOf(error)}`);
      }
    }
    return 0;
  },
};

export const rmdir: Utility = {
  names: ['rmdir'],
  summary: 'Remove DIRECTORY if it is empty',
  usage: '[-p] DIRECTORY...',
  options: 'p',
  *run(call) {
    for (const name of call.args) {
      try {
        if (call.context.fs.lstat(call.path(name)).kind !== 'directory') throw new FileSystemError('ENOTDIR', name);
        call.context.fs.remove(call.path(name));
        for (let up = dirName(name); call.has('p') && up !== '.' && up !== '/'; up = dirName(up))
          call.context.fs.remove(call.path(up));
      } catch (error) {
        if (!(error instanceof FileSystemError)) throw error;
        yield* call.error(`'${name}': ${reasonOf(error)}`);
      }
    }
    return 0;
  },
};
