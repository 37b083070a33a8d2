import type { Command } from '../command.ts';
import { findCommand } from '../command-tree.ts';
import { alpha } from './alpha.ts';
import { annotate } from './annotate.ts';
import { apiResources, apiVersions } from './api-resources.ts';
import { apply } from './apply/apply.ts';
import { attach } from './attach.ts';
import { auth } from './auth/auth.ts';
import { autoscale } from './autoscale.ts';
import { certificate } from './certificate.ts';
import { clusterInfo } from './cluster-info.ts';
import { completion } from './completion.ts';
import { config } from './config/config.ts';
import { cordon, uncordon } from './cordon.ts';
import { cp } from './cp.ts';
import { create } from './create/create.ts';
import { debug } from './debug.ts';
import { deleteCommand } from './delete.ts';
import { describe } from './describe.ts';
import { diff } from './diff.ts';
import { drain } from './drain.ts';
import { edit } from './edit.ts';
import { events } from './events.ts';
import { exec } from './exec.ts';
import { explain } from './explain.ts';
import { expose } from './expose.ts';
import { get } from './get.ts';
import { kuberc } from './kuberc.ts';
import { label } from './label.ts';
import { logs } from './logs.ts';
import { kustomize } from './kustomize.ts';
import { options } from './options.ts';
import { proxy } from './proxy.ts';
import { patch } from './patch.ts';
import { plugin } from './plugin.ts';
import { portForward } from './port-forward.ts';
import { replace } from './replace.ts';
import { rollout } from './rollout/rollout.ts';
import { run } from './run.ts';
import { scale } from './scale.ts';
import { set } from './set/set.ts';
import { tabernetes } from './tabernetes/tabernetes.ts';
import { taint } from './taint.ts';
import { top } from './top.ts';
import { version } from './version.ts';
import { wait } from './wait.ts';

/** The command that words stand for, if any: plugins cannot take its place. */
function knownCommand(words: readonly string[]): string | undefined {
  const found = findCommand(rootCommand, words);
  return found.unknown === undefined && found.command !== rootCommand ? found.path : undefined;
}

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
    explain,
    get,
    edit,
    deleteCommand,
    rollout,
    scale,
    autoscale,
    certificate,
    clusterInfo,
    top,
    cordon,
    uncordon,
    drain,
    taint,
    describe,
    logs,
    attach,
    exec,
    portForward,
    proxy,
    cp,
    auth,
    debug,
    events,
    diff,
    apply,
    patch,
    replace,
    wait,
    kustomize,
    label,
    annotate,
    completion,
    apiResources,
    apiVersions,
    config,
    kuberc,
    plugin(knownCommand),
    tabernetes,
    version,
    options,
    alpha,
  ],
};
