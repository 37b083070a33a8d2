import type { Command } from '../../command.ts';
import { whyNot } from './why-not.ts';

/** What Tabernetes can tell beyond Kubernetes. Hidden: kubectl has no such command; with a real kubectl it is a plugin. */
export const tabernetes: Command = {
  use: 'tabernetes',
  hidden: true,
  short: 'What a simulated cluster can tell beyond Kubernetes',
  long: 'What a simulated cluster can tell beyond Kubernetes.',
  bareHelp: 'out',
  commands: [whyNot],
};
