import type { Command } from '../../kubectl/command.ts';
import type { FlagSpec } from '../../kubectl/flags/flag-spec.ts';

/** What the cluster has now, for completing names. */
export interface NameSource {
  /** Names and short names of resource types. */
  types(): readonly string[];
  names(type: string, namespace: string | undefined): readonly string[];
}

export interface Completed {
  /** Where the completed word begins in the line. */
  readonly start: number;
  readonly candidates: readonly string[];
}

interface Line {
  readonly command: Command;
  readonly flags: readonly FlagSpec[];
  /** Words that are neither commands nor flags. */
  readonly args: readonly string[];
  readonly namespace: string | undefined;
  /** The flag whose value the cursor stands in. */
  readonly valueOf: FlagSpec | undefined;
  readonly afterDashes: boolean;
}

const outputs = ['custom-columns=', 'json', 'jsonpath=', 'name', 'wide', 'yaml'];
const nameOf = (command: Command) => command.use.split(' ')[0] ?? '';

/** Completes a kubectl command line; undefined leaves the word to the shell (files, other programs). */
export function completeKubectl(
  line: string,
  cursor: number,
  root: Command,
  globalFlags: readonly FlagSpec[],
  source: NameSource,
): Completed | undefined {
  const before = line.slice(0, cursor);
  const start = before.length - (/[^\s]*$/.exec(before)?.[0].length ?? 0);
  const word = before.slice(start);
  const [program, ...words] = (/[^|;&]*$/.exec(before.slice(0, start))?.[0] ?? '').trim().split(/\s+/);
  if (program !== 'kubectl' && program !== 'k') return undefined;
  const read = readLine(words, root, globalFlags);
  const found = candidatesFor(word, read, source);
  return found && { start, candidates: [...new Set(found)].filter((text) => text.startsWith(word)).sort() };
}

function readLine(words: readonly string[], root: Command, globalFlags: readonly FlagSpec[]): Line {
  let command = root;
  let namespace: string | undefined;
  let valueOf: FlagSpec | undefined;
  const args: string[] = [];
  for (const word of words) {
    const known = [...(command.flags ?? []), ...globalFlags];
    if (word === '--') return { command, flags: known, args, namespace, valueOf: undefined, afterDashes: true };
    if (valueOf) {
      if (valueOf.name === 'namespace') namespace = word;
      valueOf = undefined;
    } else if (word.startsWith('-')) {
      const [name = '', value] = word.split('=');
      const flag = flagNamed(known, name);
      if (flag?.name === 'namespace' && value !== undefined) namespace = value;
      if (flag && value === undefined && flag.withoutValue === undefined) valueOf = flag;
    } else {
      const next = command.commands?.find((each) => nameOf(each) === word || each.aliases?.includes(word));
      if (next && args.length === 0) command = next;
      else args.push(word);
    }
  }
  return { command, flags: [...(command.flags ?? []), ...globalFlags], args, namespace, valueOf, afterDashes: false };
}

const flagNamed = (flags: readonly FlagSpec[], text: string) =>
  flags.find((flag) => text === `--${flag.name}` || (flag.short !== '' && text === `-${flag.short}`));

function candidatesFor(word: string, line: Line, source: NameSource): readonly string[] | undefined {
  const { command, flags, valueOf } = line;
  if (line.afterDashes) return undefined;
  if (valueOf) return valuesOf(valueOf, source);
  if (word.startsWith('-')) {
    return flags
      .filter((flag) => !flag.hidden)
      .map((flag) => `--${flag.name}${flag.withoutValue === undefined ? '=' : ' '}`);
  }
  if (command.commands && line.args.length === 0)
    return command.commands.filter((each) => !each.hidden).map((each) => `${nameOf(each)} `);
  return argumentsOf(word, line, source);
}

function valuesOf(flag: FlagSpec, source: NameSource): readonly string[] | undefined {
  if (flag.name === 'namespace') return words(source.names('namespaces', undefined));
  if (flag.name === 'output') return outputs.map((text) => (text.endsWith('=') ? text : `${text} `));
  return flag.name === 'filename' ? undefined : [];
}

const words = (names: readonly string[]) => names.map((name) => `${name} `);

function argumentsOf(word: string, { command, args, namespace }: Line, source: NameSource): readonly string[] {
  const space = namespace ?? 'default';
  switch (command.completion) {
    case 'resource-type':
      return args.length === 0 ? words(source.types()) : [];
    case 'resource-type-and-name':
      return typeAndName(word, args, space, source);
    case 'node':
      return words(source.names('nodes', undefined));
    case 'pod':
      return args.length === 0 ? words(source.names('pods', space)) : [];
    case 'pod-or-workload': {
      if (args.length > 0) return [];
      const workloads = ['deployment', 'statefulset', 'job', 'service'].flatMap((type) =>
        source.names(type, space).map((name) => `${type}/${name}`),
      );
      return words([...source.names('pods', space), ...workloads]);
    }
    default:
      return [];
  }
}

/** `pods web…`, or `pod/web…`. */
function typeAndName(word: string, args: readonly string[], namespace: string, source: NameSource): readonly string[] {
  const slash = word.indexOf('/');
  if (slash > 0)
    return words(source.names(word.slice(0, slash), namespace).map((name) => word.slice(0, slash + 1) + name));
  const [type] = args;
  if (type === undefined) return words(source.types());
  return type.includes('/') ? [] : words(source.names(type, namespace));
}
