import type { Command } from '../command.ts';
import { annotate } from './annotate.ts';
import { apply } from './apply/apply.ts';
import { attach } from './attach.ts';
import { auth } from './auth/auth.ts';
import { autoscale } from './autoscale.ts';
import { certificate } from './certificate.ts';
import { config } from './config/config.ts';
import { cordon, uncordon } from './cordon.ts';
import { create } from './create/create.ts';
import { deleteCommand } from './delete.ts';
import { describe } from './describe.ts';
import { drain } from './drain.ts';
import { exec } from './exec.ts';
import { expose } from './expose.ts';
import { get } from './get.ts';
import { label } from './label.ts';
import { logs } from './logs.ts';
import { patch } from './patch.ts';
import { replace } from './replace.ts';
import { rollout } from './rollout/rollout.ts';
import { run } from './run.ts';
import { scale } from './scale.ts';
import { set } from './set/set.ts';
import { taint } from './taint.ts';
import { version } from './version.ts';
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
    run,
    set,
    get,
    deleteCommand,
    rollout,
    scale,
    autoscale,
    certificate,
    cordon,
    uncordon,
    drain,
    taint,
    describe,
    logs,
    attach,
    exec,
    auth,
    apply,
    patch,
    replace,
    wait,
    label,
    annotate,
    config,
    version,
  ],
};
