/**
 * `kubectl __complete WORD…`: what shells' completion scripts ask. The last word is the one to complete; candidates come one per
 * line, then a number that tells the shell what to do with them.
 * Upstream: spf13/cobra completions.go, kubectl/pkg/util/completion/completion.go (v1.36)
 */
import { Pipe } from '../process/pipe.ts';
import type { Process } from '../process/process.ts';
import type { ProgramContext } from '../shell/context.ts';
import type { Command } from './command.ts';
import { commandName, findCommand } from './command-tree.ts';
import { FlagSet } from './flags/flag-set.ts';
import { type FlagSpec, flagSpecs } from './flags/flag-spec.ts';
import { flagText } from './flags/flag-texts.ts';
import { globalFlags } from './flags/global-flags.ts';
import { Output } from './output.ts';

/** What a shell is to do with the candidates. */
const directives = { default: 0, noSpace: 2, noFiles: 4, fileExtensions: 8 } as const;
const directiveNames: ReadonlyMap<number, string> = new Map([
  [0, 'ShellCompDirectiveDefault'],
  [2, 'ShellCompDirectiveNoSpace'],
  [4, 'ShellCompDirectiveNoFileComp'],
  [8, 'ShellCompDirectiveFilterFileExt'],
]);

interface Candidates {
  readonly words: readonly string[];
  readonly directive: number;
}
/** Runs a command line of kubectl and gives what it prints. */
type Ask = (words: readonly string[]) => Process<string>;

const onlyTypes = (text: string) => text.split(' ');
const workloads = onlyTypes('deployment daemonset statefulset');
/** Commands that take resources of a few types only. */
const typesOf: ReadonlyMap<string, readonly string[]> = new Map([
  ['kubectl rollout history', workloads],
  ['kubectl rollout pause', ['deployment']],
  ['kubectl rollout restart', workloads],
  ['kubectl rollout resume', ['deployment']],
  ['kubectl rollout status', workloads],
  ['kubectl rollout undo', workloads],
  ['kubectl scale', onlyTypes('deployment replicaset replicationcontroller statefulset')],
  ['kubectl autoscale', onlyTypes('deployment replicaset replicationcontroller statefulset')],
  ['kubectl expose', onlyTypes('pod service replicationcontroller deployment replicaset')],
  ['kubectl taint', ['node']],
]);
const podOwners = onlyTypes(
  'daemonsets/ deployments/ pods/ jobs/ replicasets/ replicationcontrollers/ services/ statefulsets/',
);
const formats = onlyTypes(
  'json yaml kyaml name go-template go-template-file template templatefile jsonpath jsonpath-as-json jsonpath-file',
);
const tableFormats = onlyTypes('custom-columns custom-columns-file wide');

/** Answers `__complete` and `__completeNoDesc`. `run` is kubectl itself. */
export function* runComplete(
  context: ProgramContext,
  root: Command,
  run: (context: ProgramContext) => Process<number>,
): Process<number> {
  const [, name, ...words] = context.argv;
  const ask: Ask = (asked) => captured(context, ['kubectl', ...asked], run);
  const found = yield* candidatesOf(root, words.slice(0, -1), words.at(-1) ?? '', ask);
  const lines = name === '__completeNoDesc' ? found.words.map((word) => word.split('\t')[0] ?? '') : found.words;
  yield* new Output(context.stdout).print([...lines, `:${found.directive}`].map((line) => `${line}\n`).join(''));
  yield* new Output(context.stderr).print(
    `Completion ended with directive: ${directiveNames.get(found.directive) ?? ''}\n`,
  );
  return 0;
}

function* captured(
  context: ProgramContext,
  argv: readonly string[],
  run: (context: ProgramContext) => Process<number>,
): Process<string> {
  const [stdout, stderr] = [new Pipe(Number.MAX_SAFE_INTEGER), new Pipe(Number.MAX_SAFE_INTEGER)];
  yield* run({ ...context, argv: [...argv], stdout, stderr });
  const decoder = new TextDecoder();
  let text = '';
  for (let chunk = stdout.tryRead(); chunk; chunk = stdout.tryRead()) text += decoder.decode(chunk, { stream: true });
  return text;
}

function* candidatesOf(root: Command, words: readonly string[], word: string, ask: Ask): Process<Candidates> {
  const { command, path, rest } = findCommand(root, words);
  const flags = new FlagSet(command.flags ?? [], globalFlags);
  const open = openFlag(flags, rest, word);
  if (open) return yield* valuesOf(open.flag, open.value, path, ask, sharedWords(flags, rest.slice(0, -1)));
  if (word.startsWith('-')) return { words: flagNames(command, word, rest, path), directive: directives.noFiles };
  if (command.commands && command.commands.length > 0 && rest.length === 0) {
    const names = command.commands
      .filter((one) => !one.deprecated && (!one.hidden || commandName(one) === 'options'))
      .map((one) => `${commandName(one)}\t${one.short}`);
    if (command === root) names.push('help\tHelp about any command');
    return { words: names.filter((one) => one.startsWith(word)).sort(), directive: directives.noFiles };
  }
  const lenient = new FlagSet(command.flags ?? [], globalFlags);
  try {
    lenient.parse(rest);
  } catch {
    // What stands before the word may be unfinished; what was read until there counts.
  }
  const required = (command.required ?? [])
    .filter((flag) => !lenient.changed(flag))
    .map((flag) => `--${flag}\t${flagText(flag, path)}`);
  const found = yield* argumentsOf({
    command,
    path,
    args: lenient.args,
    word,
    ask,
    shared: sharedWords(lenient, rest),
  });
  return { words: [...required, ...found.words.filter((one) => one.startsWith(word))], directive: found.directive };
}

/** The flag whose value the word is, if it is one. */
function openFlag(
  flags: FlagSet,
  rest: readonly string[],
  word: string,
): { readonly flag: FlagSpec; readonly value: string } | undefined {
  const named = (text: string) =>
    text.startsWith('--') ? flags.lookup(text.slice(2)) : flags.lookupShort(text.slice(1));
  const [, name = '', value] = /^(-[^=]+)=(.*)$/s.exec(word) ?? [];
  if (value !== undefined) {
    const flag = named(name);
    return flag && { flag, value };
  }
  const last = rest.at(-1) ?? '';
  if (!/^-./.test(last) || last.includes('=') || last === '--') return undefined;
  const flag = named(last);
  return flag && flag.withoutValue === undefined ? { flag, value: word } : undefined;
}

function* valuesOf(
  flag: FlagSpec,
  value: string,
  path: string,
  ask: Ask,
  shared: readonly string[],
): Process<Candidates> {
  const only = (words: readonly string[]): Candidates => ({
    words: words.filter((one) => one.startsWith(value)),
    directive: directives.noFiles,
  });
  switch (flag.name) {
    case 'namespace':
      return only(yield* namesOf('namespace', ask, shared));
    case 'context':
    case 'cluster':
    case 'user':
      return only(yield* configNames(flag.name, ask));
    case 'filename':
      return { words: ['json', 'yaml', 'yml'], directive: directives.fileExtensions };
    case 'output':
      if (path === 'kubectl get') return only([...formats, ...tableFormats]);
      return path === 'kubectl api-resources' ? { words: [], directive: directives.default } : only(formats);
    default:
      return { words: [], directive: directives.default };
  }
}

const helpFlag = flagSpecs('h/help=false');

function flagNames(command: Command, word: string, rest: readonly string[], path: string): string[] {
  const own = [...(command.flags ?? []), ...helpFlag];
  const inherited = globalFlags.filter(({ name }) => !own.some((one) => one.name === name));
  const isUsed = ({ name, short, type }: FlagSpec) =>
    type !== 'array' &&
    type !== 'strings' &&
    rest.some((one) => one === `-${short}` || one.split('=')[0] === `--${name}`);
  const sorted = (flags: readonly FlagSpec[]) => flags.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return [...sorted(inherited), ...sorted(own)]
    .filter((flag) => !flag.hidden && !isUsed(flag))
    .flatMap((flag) =>
      [`--${flag.name}`, ...(flag.short === '' ? [] : [`-${flag.short}`])].map((name) => ({ name, flag })),
    )
    .filter(({ name }) => name.startsWith(word))
    .map(
      ({ name, flag }) =>
        `${name}\t${flag.name === 'help' ? `help for ${commandName(command)}` : flagText(flag.name, path)}`,
    );
}

interface Place {
  readonly command: Command;
  readonly path: string;
  readonly args: readonly string[];
  readonly word: string;
  readonly ask: Ask;
  /** Flags that tell where to look. */
  readonly shared: readonly string[];
}

function* argumentsOf(place: Place): Process<Candidates> {
  const { command, path, args, ask, shared } = place;
  const named = (words: readonly string[]): Candidates => ({
    words: words.filter((one) => !args.includes(one)),
    directive: directives.noFiles,
  });
  const types = typesOf.get(path);
  if (types) return named(yield* typeOrName(place, types));
  switch (command.completion) {
    case 'resource-type-and-name':
      return named(yield* typeOrName(place, undefined));
    case 'resource-type':
      return { words: [], directive: directives.default };
    case 'node':
      return named(yield* namesOf('node', ask, shared));
    case 'pod':
      return named(args.length === 0 ? yield* namesOf('pod', ask, shared) : []);
    case 'pod-or-workload':
      if (args.length > 0) return named([]);
      if (place.word.includes('/')) return named(yield* typeOrName(place, undefined));
      return named([...(yield* namesOf('pod', ask, shared)), ...podOwners]);
    case 'context':
    case 'cluster':
    case 'user':
      return named(args.length === 0 ? yield* configNames(command.completion, ask) : []);
    case 'shell':
      return named(args.length === 0 ? ['powershell', 'bash', 'zsh', 'fish'] : []);
    default:
      return { words: [], directive: directives.default };
  }
}

function* typeOrName({ args, word, ask, shared }: Place, types: readonly string[] | undefined): Process<string[]> {
  const [type] = args;
  const slash = word.indexOf('/');
  if (type === undefined && slash > 0) {
    const names = yield* namesOf(word.slice(0, slash), ask, shared);
    return names.map((name) => `${word.slice(0, slash)}/${name}`);
  }
  if (type === undefined) {
    if (types) return [...types];
    return (yield* ask(['api-resources', '-o', 'name', '--verbs', 'get', ...shared])).split('\n').filter(Boolean);
  }
  return type.includes('/') ? [] : yield* namesOf(type, ask, shared);
}

function* namesOf(type: string, ask: Ask, shared: readonly string[]): Process<string[]> {
  const template = '{{range .items}}{{.metadata.name}} {{end}}';
  return (yield* ask(['get', type, '-o', 'template', '--template', template, ...shared])).split(' ').filter(Boolean);
}

function* configNames(kind: 'context' | 'cluster' | 'user', ask: Ask): Process<string[]> {
  const text = yield* ask(['config', `get-${kind}s`, ...(kind === 'context' ? ['-o', 'name'] : [])]);
  return text.split('\n').filter((line) => line !== '' && line !== 'NAME');
}

const carried = ['namespace', 'context', 'cluster', 'user', 'kubeconfig', 'server', 'token'];

/** The flags among the words that tell which cluster and namespace are meant. */
function sharedWords(flags: FlagSet, rest: readonly string[]): string[] {
  try {
    if (!carried.some((name) => flags.changed(name))) flags.parse(rest);
  } catch {
    // What was read before the mistake counts.
  }
  return carried.filter((name) => flags.sharedChanged(name)).map((name) => `--${name}=${flags.string(name)}`);
}
