import { suspend } from '../../../process/process.ts';
import type { Process } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import type { ImageDefinition } from './image.ts';

/** Runs until it is asked to end. */
function* quietServer(context: ProgramContext): Process<number> {
  return yield* suspend<number>((resume) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) context.onSignal(signal, () => resume(0));
  });
}

/** What an image that nobody wrote runs: a healthy server that says nothing. */
export const quietImage: ImageDefinition = {
  matches: [],
  programs: { 'quiet-server': quietServer },
  build: () => ({
    entrypoint: ['/usr/local/bin/server'],
    layers: [{ '/usr/local/bin/server': { program: 'quiet-server' } }],
    sizeBytes: 60_000_000,
    simplified: true,
  }),
};
