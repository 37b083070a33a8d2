import { type Process, suspend } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { distrolessBase } from './bases.ts';
import type { ImageDefinition } from './image.ts';

/** Sleeps until SIGTERM or SIGINT. */
export function* pause(context: ProgramContext): Process<number> {
  return yield* suspend<number>((resume) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) context.onSignal(signal, () => resume(0));
  });
}

export const pauseImage: ImageDefinition = {
  matches: ['*/pause', '*/pause-amd64', '*/pause-*'],
  programs: { pause },
  build: () => ({
    entrypoint: ['/pause'],
    user: '65535:65535',
    layers: [...distrolessBase, { '/pause': { program: 'pause' } }],
    sizeBytes: 320_000,
  }),
};
