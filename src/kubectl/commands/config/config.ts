import type { Command } from '../../command.ts';
import {
  currentContext,
  deleteEntry,
  getContexts,
  listNames,
  renameContext,
  setContext,
  useContext,
} from './contexts.ts';
import { setCluster, setCredentials } from './entries.ts';
import { setProperty, unsetProperty } from './properties.ts';
import { view } from './view.ts';

export const config: Command = {
  use: 'config SUBCOMMAND',
  group: 'other',
  short: 'Modify kubeconfig files',
  long: `Reads and changes kubeconfig files.

 The file is, in this order:

  1.  the one given with --kubeconfig,
  2.  those in the variable KUBECONFIG, taken together; a value is changed in the file that has it,
  3.  ~/.kube/config.`,
  plainUseLine: true,
  commands: [
    currentContext,
    deleteEntry('cluster'),
    deleteEntry('context'),
    deleteEntry('user'),
    listNames('clusters'),
    getContexts,
    listNames('users'),
    renameContext,
    setProperty,
    setCluster,
    setContext,
    setCredentials,
    unsetProperty,
    useContext,
    view,
  ],
};
