/** `mknod`, `mkfifo`: files that stand for something else. Nothing is behind those that are made here. */
import { holdsCapability } from '../capabilities.ts';
import { type DeviceType, errorTexts, FileSystemError } from '../file-system.ts';
import { MemoryFileSystem } from '../memory-file-system.ts';
import { type Call, type Utility, UtilityError } from './utility.ts';

const types: Readonly<Record<string, DeviceType>> = { b: 'block', c: 'character', u: 'character', p: 'fifo' };

/** Makes the file. @throws FileSystemError */
export function makeSpecial(call: Call, name: string, type: DeviceType, mode: number): void {
  const { fs } = call.context;
  if (fs.exists(call.path(name))) throw new FileSystemError('EEXIST', name);
  // Writing a file there tells whether one may be made there.
  fs.writeFile(call.path(name), new Uint8Array(0));
  if (!(fs instanceof MemoryFileSystem)) throw new FileSystemError('EPERM', name);
  fs.mknod(call.path(name), mode, type);
}

const modeOf = (call: Call): number => (call.has('m') ? Number.parseInt(call.value('m') ?? '', 8) || 0o644 : 0o644);

export const mknod: Utility = {
  names: ['mknod'],
  summary: 'Create a special file (block, character, or pipe)',
  usage: '[-m MODE] NAME TYPE [MAJOR MINOR]',
  options: 'm:',
  *run(call) {
    const [name = '', letter = '', major, minor] = call.args;
    const type = Object.hasOwn(types, letter) ? types[letter] : undefined;
    if (!type || (type !== 'fifo' && (major === undefined || minor === undefined)))
      throw new UtilityError('missing operand');
    if (type !== 'fifo' && !holdsCapability(call.context.fs, 'MKNOD'))
      throw new UtilityError(`${name}: ${errorTexts.EPERM}`);
    makeSpecial(call, name, type, modeOf(call));
    return 0;
  },
};

export const mkfifo: Utility = {
  names: ['mkfifo'],
  summary: 'Create named pipe',
  usage: '[-m MODE] NAME...',
  options: 'm:',
  *run(call) {
    for (const name of call.args) {
      try {
        makeSpecial(call, name, 'fifo', modeOf(call));
      } catch (error) {
        if (!(error instanceof FileSystemError)) throw error;
        yield* call.error(`${name}: ${errorTexts[error.code]}`);
      }
    }
    return call.status;
  },
};
