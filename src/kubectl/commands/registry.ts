import type { Command } from '../command.ts';
import { annotate } from './annotate.ts';
import { apply } from './apply/apply.ts';
import { autoscale } from './autoscale.ts';
import { create } from './create/create.ts';
import { deleteCommand } from './delete.ts';
import { describe } from './describe.ts';
import { expose } from './expose.ts';
import { get } from './get.ts';
import { label } from './label.ts';
import { patch } from './patch.ts';
import { replace } from './replace.ts';
import { rollout } from './rollout/rollout.ts';
import { scale } from './scale.ts';
import { set } from './set/set.ts';
import { wait } from './wait.ts';

/** All commands, in the order of the root help. */
export const rootCommand: Command = {
  use: 'kubectl',
  short: 'kubectl controls the Kubernetes cluster manager',
  long: 'kubectl controls the Kubernetes cluster manager.\n\n Find more information at: https://kubernetes.io/docs/reference/kubectl/',
  bareHelp: 'out',
  commands: [
    create,
    expose,
    set,
    get,
    deleteCommand,
    rollout,
    scale,
    autoscale,
    describe,
    apply,
    patch,
    replace,
    wait,
    label,
    annotate,
  ],
};
