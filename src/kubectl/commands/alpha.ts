import type { Command } from '../command.ts';

/** Where commands stand that are not yet stable; v1.36 has none. Upstream: kubectl/pkg/cmd/alpha.go (v1.36) */
export const alpha: Command = {
  use: 'alpha',
  short: 'Commands for features in alpha',
  hidden: true,
  run: function* ({ err }) {
    yield* err.print('No alpha commands are available in this version of kubectl\n');
  },
};
