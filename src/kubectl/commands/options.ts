import type { Command } from '../command.ts';
import { optionsText } from '../help.ts';

export const options: Command = {
  use: 'options',
  short: 'Print the list of flags inherited by all commands',
  long: 'Lists the flags that every command takes.',
  example: 'kubectl options',
  hidden: true,
  silentHelp: true,
  run: function* ({ out }) {
    yield* out.print(optionsText());
  },
};
