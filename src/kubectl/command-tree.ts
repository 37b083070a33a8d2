import type { Command } from './command.ts';
import { FlagSet } from './flags/flag-set.ts';
import { globalFlags } from './flags/global-flags.ts';

export const commandName = (command: Command): string => command.use.split(' ')[0] ?? '';

export interface FoundCommand {
  readonly command: Command;
  /** `kubectl rollout undo`. */
  readonly path: string;
  /** The words without the commands' names. */
  readonly rest: readonly string[];
  /** The first word, when it is no command. */
  readonly unknown?: string;
}

/** Walks from the root by the words that are no flags. Upstream: spf13/cobra command.go Find */
export function findCommand(root: Command, words: readonly string[]): FoundCommand {
  let command = root;
  let path = commandName(root);
  let rest: readonly string[] = words;
  for (;;) {
    const at = firstArgument(command, rest);
    const word = at < 0 ? undefined : rest[at];
    const sub = word === undefined ? undefined : subcommand(command, word);
    if (sub === undefined) {
      const unknown = command === root && word !== undefined ? { unknown: word } : {};
      return { command, path, rest, ...unknown };
    }
    rest = rest.filter((_, index) => index !== at);
    command = sub;
    path = `${path} ${commandName(sub)}`;
  }
}

function subcommand(command: Command, word: string): Command | undefined {
  return command.commands?.find((one) => commandName(one) === word || one.aliases?.includes(word));
}

/** Where the first word stands that is neither a flag nor a flag's value. */
function firstArgument(command: Command, words: readonly string[]): number {
  const flags = new FlagSet(command.flags ?? [], globalFlags);
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') return -1;
    if (word.startsWith('--')) {
      if (!word.includes('=') && flags.lookup(word.slice(2))?.withoutValue === undefined && word !== '--help') at++;
    } else if (word.startsWith('-') && word.length > 1) {
      if (word.length === 2 && flags.lookupShort(word.slice(1))?.withoutValue === undefined && word !== '-h') at++;
    } else if (word !== '') return at;
  }
  return -1;
}

/** Commands that a mistyped word may have meant. Upstream: spf13/cobra command.go SuggestionsFor */
export function suggestionsFor(root: Command, word: string): string[] {
  const typed = word.toLowerCase();
  return (root.commands ?? [])
    .filter((command) => {
      if (command.hidden || command.deprecated) return false;
      const name = commandName(command);
      if (levenshtein(typed, name.toLowerCase()) <= 2 || name.toLowerCase().startsWith(typed)) return true;
      return command.suggestFor?.some((one) => one.toLowerCase() === typed) ?? false;
    })
    .map(commandName);
}

function levenshtein(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      current.push(Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
