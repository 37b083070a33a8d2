/** Images that show with whose rights a program runs. */
import type { Process } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { writeText } from '../../../shell/streams.ts';
import { decode } from '../../../shell/text.ts';
import { debianBase } from './bases.ts';
import type { ImageDefinition } from './image.ts';

/** Its file belongs to root and has the set-user-ID bit: it runs as root, unless it may not gain rights. */
function* nonewprivs(context: ProgramContext): Process<number> {
  const mayGain = !/^NoNewPrivs:\t1$/m.test(decode(context.fs.readFile('/proc/self/status')));
  yield* writeText(context.stdout, `Effective uid: ${mayGain ? 0 : context.user.uid}\n`);
  return 0;
}

export const nonewprivsImage: ImageDefinition = {
  matches: ['*/nonewprivs'],
  programs: { nonewprivs },
  build: () => ({
    cmd: ['nnp'],
    layers: [...debianBase(), { '/usr/local/bin/nnp': { program: 'nonewprivs', mode: 0o6755 } }],
    sizeBytes: 7_000_000,
  }),
};

export const nonrootImage: ImageDefinition = {
  matches: ['*/e2e-test-images/nonroot'],
  build: () => ({ cmd: ['/bin/bash'], user: '1234', layers: debianBase(), sizeBytes: 40_000_000 }),
};
