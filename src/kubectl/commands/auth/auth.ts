import type { Command } from '../../command.ts';
import { canI } from './can-i.ts';
import { reconcile } from './reconcile.ts';
import { whoami } from './whoami.ts';

export const auth: Command = {
  use: 'auth',
  group: 'debug',
  short: 'Inspect authorization',
  long: 'Find out who you are and what you may do.',
  commands: [canI, reconcile, whoami],
};
