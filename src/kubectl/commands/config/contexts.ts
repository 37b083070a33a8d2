import { compareStrings } from '../../../apimachinery/go-format.ts';
import type { Process } from '../../../process/process.ts';
import type { Command, Invocation } from '../../command.ts';
import { type SectionName, withEntry } from '../../config/kubeconfig.ts';
import { KubectlError, throwAll } from '../../errors.ts';
import { flagSpecs } from '../../flags/flag-spec.ts';
import { stringAt } from '../../object.ts';
import { TabWriter } from '../../printers/tab-writer.ts';
import { changeEntry, configFile, modifyConfig, onlyArgument, unexpectedArguments } from './config-support.ts';

export const currentContext: Command = {
  use: 'current-context',
  short: 'Display the current-context',
  long: 'Prints the name of the context that is in use.',
  example: 'kubectl config current-context',
  run: function* ({ factory, out }) {
    const { currentContext: name } = factory.kubeconfig;
    if (name === '') throw new KubectlError('current-context is not set');
    yield* out.line(name);
  },
};

export const useContext: Command = {
  use: 'use-context CONTEXT_NAME',
  aliases: ['use'],
  short: 'Set the current-context in a kubeconfig file',
  long: 'Makes another context the one in use.',
  example: 'kubectl config use-context minikube',
  plainUseLine: true,
  completion: 'context',
  run: function* (invocation) {
    const { factory, out } = invocation;
    const name = yield* onlyArgument(invocation);
    if (name === '') throw new KubectlError('empty context names are not allowed');
    if (!factory.kubeconfig.contexts.has(name)) {
      throw new KubectlError(`no context exists with the name: ${JSON.stringify(name)}`);
    }
    modifyConfig(invocation, { ...factory.kubeconfig, currentContext: name });
    yield* out.line(`Switched to context ${JSON.stringify(name)}.`);
  },
};

export const setContext: Command = {
  use: 'set-context [NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]',
  short: 'Set a context entry in kubeconfig',
  long: 'Makes a context, or changes fields of one.',
  example: 'kubectl config set-context --current --namespace=dev',
  flags: flagSpecs(`cluster='' current=false n/namespace='' user=''`),
  plainUseLine: true,
  completion: 'context',
  run: runSetContext,
};

function* runSetContext(invocation: Invocation): Process<void> {
  const { flags, args, factory, out } = invocation;
  if (args.length > 1) throw yield* unexpectedArguments(invocation);
  const [given = ''] = args;
  const current = flags.bool('current');
  if (given === '' && !current) throw new KubectlError('you must specify a non-empty context name or --current');
  if (given !== '' && current) throw new KubectlError('you cannot specify both a context name and --current');
  const config = factory.kubeconfig;
  const name = current ? config.currentContext : given;
  if (name === '') throw new KubectlError('no current context is set');
  const fields = ['cluster', 'user', 'namespace'].filter((field) => flags.changed(field));
  const changes = Object.fromEntries(fields.map((field) => [field, flags.string(field)]));
  modifyConfig(invocation, changeEntry(config, 'contexts', name, changes));
  yield* out.line(`Context ${JSON.stringify(name)} ${config.contexts.has(name) ? 'modified' : 'created'}.`);
}

export const renameContext: Command = {
  use: 'rename-context CONTEXT_NAME NEW_NAME',
  short: 'Rename a context from the kubeconfig file',
  long: 'Gives a context another name; when it is in use, it stays so.',
  example: 'kubectl config rename-context old-name new-name',
  plainUseLine: true,
  completion: 'context',
  run: function* (invocation) {
    const { args, factory, out } = invocation;
    const [from, to] = args;
    if (from === undefined || to === undefined || args.length !== 2) throw yield* unexpectedArguments(invocation);
    const config = factory.kubeconfig;
    const file = configFile(invocation);
    const entry = config.contexts.get(from);
    if (entry === undefined) {
      throw new KubectlError(`cannot rename the context ${JSON.stringify(from)}, it's not in ${file}`);
    }
    if (config.contexts.has(to)) {
      throw new KubectlError(
        `cannot rename the context ${JSON.stringify(from)}, the context ${JSON.stringify(to)} already exists in ${file}`,
      );
    }
    const renamed = withEntry(withEntry(config, 'contexts', to, entry), 'contexts', from, undefined);
    const inUse = config.currentContext === from ? to : config.currentContext;
    modifyConfig(invocation, { ...renamed, currentContext: inUse });
    yield* out.line(`Context ${JSON.stringify(from)} renamed to ${JSON.stringify(to)}.`);
  },
};

export const getContexts: Command = {
  use: 'get-contexts [(-o|--output=)name)]',
  short: 'Describe one or many contexts',
  long: 'Lists the contexts there are.',
  example: 'kubectl config get-contexts',
  flags: flagSpecs(`no-headers=false o/output=''`),
  plainUseLine: true,
  completion: 'context',
  run: runGetContexts,
};

/** Upstream: kubectl/pkg/cmd/config/get_contexts.go (v1.36) */
function* runGetContexts({ flags, args, factory, out }: Invocation): Process<void> {
  const format = flags.string('output');
  if (format !== '' && format !== 'name') throw new KubectlError(`output must be one of '' or 'name': ${format}`);
  const { contexts, currentContext: inUse } = factory.kubeconfig;
  const errors = args
    .filter((name) => !contexts.has(name))
    .map((name) => new KubectlError(`context ${name} not found`));
  const names = (args.length === 0 ? [...contexts.keys()] : args.filter((name) => contexts.has(name))).toSorted(
    compareStrings,
  );
  const table = new TabWriter();
  if (format !== 'name' && !flags.bool('no-headers')) {
    table.line('CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE');
  }
  for (const name of names) {
    const context = contexts.get(name);
    if (format === 'name') table.line(name);
    else {
      const mark = name === inUse ? '*' : '';
      table.line(mark, name, stringAt(context, 'cluster'), stringAt(context, 'user'), stringAt(context, 'namespace'));
    }
  }
  yield* out.print(table.flush());
  throwAll(errors);
}

/** Lists the names of clusters or users. */
export const listNames = (section: 'clusters' | 'users'): Command => ({
  use: `get-${section}`,
  short: `Display ${section} defined in the kubeconfig`,
  long: `Lists the ${section} there are.`,
  example: `kubectl config get-${section}`,
  run: function* ({ factory, out }) {
    yield* out.line('NAME');
    for (const name of [...factory.kubeconfig[section].keys()].sort(compareStrings)) yield* out.line(name);
  },
});

/** Deletes a context, a cluster or a user. */
export const deleteEntry = (word: 'context' | 'cluster' | 'user'): Command => ({
  use: word === 'user' ? 'delete-user NAME' : `delete-${word} NAME`,
  short: `Delete the specified ${word} from the kubeconfig`,
  long: `Takes a ${word} out of the kubeconfig.`,
  example: `kubectl config delete-${word} minikube`,
  plainUseLine: true,
  completion: word,
  run: function* (invocation) {
    const { factory, out, err } = invocation;
    const name = yield* onlyArgument(invocation);
    const section: SectionName = `${word}s`;
    const config = factory.kubeconfig;
    const file = configFile(invocation);
    if (!config[section].has(name)) throw new KubectlError(`cannot delete ${word} ${name}, not in ${file}`);
    if (word === 'context' && config.currentContext === name) {
      yield* err.line(
        'warning: this removed your active context, use "kubectl config use-context" to select a different one',
      );
    }
    modifyConfig(invocation, withEntry(config, section, name, undefined));
    yield* out.line(`deleted ${word} ${name} from ${file}`);
  },
});
