import type { Command } from '../../command.ts';
import { rolloutHistory } from './history.ts';
import { rolloutPause, rolloutRestart, rolloutResume } from './pause.ts';
import { rolloutStatus } from './status.ts';
import { rolloutUndo } from './undo.ts';

export const rollout: Command = {
  use: 'rollout SUBCOMMAND',
  group: 'deploy',
  short: 'Manage the rollout of a resource',
  long: `Manage the rollout of one or many resources.

 It works for:

  *  deployments
  *  daemonsets
  *  statefulsets`,
  example: `# Go back to the previous deployment
kubectl rollout undo deployment/web

# How far is it?
kubectl rollout status daemonset/agent

# Replace all pods
kubectl rollout restart deployment/web`,
  plainUseLine: true,
  bareHelp: 'out',
  commands: [rolloutHistory, rolloutPause, rolloutRestart, rolloutResume, rolloutStatus, rolloutUndo],
};
