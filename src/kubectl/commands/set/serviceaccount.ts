import type { Process } from '../../../process/process.ts';
import type { Command, Invocation } from '../../command.ts';
import { KubectlError } from '../../errors.ts';
import { dryRunStrategy, printerOf, withDryRun } from '../../options.ts';
import { updatePodSpec } from '../../polymorphic/pod-template.ts';
import { checkLocal, runPatches, setFlags, setTargets } from './set-support.ts';

export const setServiceAccount: Command = {
  use: 'serviceaccount (-f FILENAME | TYPE NAME) SERVICE_ACCOUNT',
  aliases: ['sa'],
  short: 'Update the service account of a pod template',
  example: 'kubectl set serviceaccount deployment web robot',
  flags: setFlags,
  plainUseLine: true,
  completion: 'none',
  run: runSetServiceAccount,
};

function* runSetServiceAccount(invocation: Invocation): Process<void> {
  const { args } = invocation;
  const dryRun = yield* dryRunStrategy(invocation);
  checkLocal(invocation, dryRun);
  const print = printerOf(invocation, withDryRun('serviceaccount updated', dryRun));
  const serviceAccountName = args.at(-1);
  if (serviceAccountName === undefined) throw new KubectlError('serviceaccount is required');
  const infos = yield* setTargets(invocation, args.slice(0, -1));
  yield* runPatches(invocation, {
    infos,
    dryRun,
    print,
    errors: [],
    failure: 'failed to patch ServiceAccountName',
    sendEmpty: true,
    change: (object) => updatePodSpec(object, (spec) => ({ ...spec, serviceAccountName })),
  });
}
