import type { Command } from '../command.ts';
import { apply } from './apply/apply.ts';
import { create } from './create/create.ts';
import { deleteCommand } from './delete.ts';
import { get } from './get.ts';
import { wait } from './wait.ts';

/** All commands, in the order of the root help. */
export const rootCommand: Command = {
  use: 'kubectl',
  short: 'kubectl controls the Kubernetes cluster manager',
  long: 'kubectl controls the Kubernetes cluster manager.\n\n Find more information at: https://kubernetes.io/docs/reference/kubectl/',
  bareHelp: 'out',
  commands: [create, get, deleteCommand, apply, wait],
};
