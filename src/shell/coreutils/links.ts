/** `readlink`, `realpath`, `basename`, `dirname`. */
import { baseName, dirName, resolvePath } from '../path.ts';
import { FileSystemError } from '../file-system.ts';
import { type Utility, UtilityError } from './utility.ts';

export const readlink: Utility = {
  names: ['readlink'],
  summary: 'Display the value of a symlink',
  usage: '[-fnv] FILE...',
  options: 'fnvemqs',
  *run(call) {
    for (const name of call.args) {
      try {
        const { fs } = call.context;
        const path = call.path(name);
        const shown =
          call.has('f') || call.has('e') || call.has('m')
            ? fs.exists(path) || call.has('e')
              ? fs.realpath(path)
              : resolvePath('/', path)
            : fs.readlink(path);
        yield* call.out(`${shown}${call.has('n') ? '' : '\n'}`);
      } catch (error) {
        if (!(error instanceof FileSystemError)) throw error;
        call.status = 1;
      }
    }
    return 0;
  },
};

export const realpath: Utility = {
  names: ['realpath'],
  summary: 'Print absolute pathnames of FILEs',
  usage: 'FILE...',
  options: 'ems',
  *run(call) {
    for (const name of call.args) {
      try {
        yield* call.out(`${call.context.fs.realpath(call.path(name))}\n`);
      } catch (error) {
        yield* call.fileError(name, error);
      }
    }
    return 0;
  },
};

export const basename: Utility = {
  names: ['basename'],
  summary: 'Strip directory path and SUFFIX from FILE',
  usage: 'FILE [SUFFIX] | -a FILE... | -s SUFFIX FILE...',
  options: 'as:',
  *run(call) {
    const [first, second] = call.args;
    if (first === undefined) throw new UtilityError('missing operand');
    const many = call.has('a') || call.has('s');
    const suffix = call.value('s') ?? (many ? '' : (second ?? ''));
    for (const name of many ? call.args : [first]) {
      const base = baseName(name);
      yield* call.out(
        `${suffix !== '' && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base}\n`,
      );
    }
    return 0;
  },
};

export const dirname: Utility = {
  names: ['dirname'],
  summary: 'Strip non-directory suffix from FILENAME',
  usage: 'FILENAME',
  options: '',
  *run(call) {
    for (const name of call.args) yield* call.out(`${dirName(name)}\n`);
    return 0;
  },
};
