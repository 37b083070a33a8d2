import type { ProgramContext } from './context.ts';
import { absolutePath } from './path.ts';

export interface Completion {
  /** Where the completed word begins in the line. */
  readonly start: number;
  /** Whole words, sorted. */
  readonly candidates: readonly string[];
}

/** Completes the word before the cursor: a command at the start of a command, else a path. */
export function completeWord(
  context: ProgramContext,
  line: string,
  cursor: number,
  commands: readonly string[],
): Completion {
  const before = line.slice(0, cursor);
  const start = before.length - (/(?:[^\s\\;&|<>()]|\\.)*$/.exec(before)?.[0].length ?? 0);
  const word = before.slice(start);
  const atCommand = /(?:^|[;&|(]|\b(?:then|do|else|if|while|exec|sudo|time|watch)\s)\s*$/.test(before.slice(0, start));
  const candidates = atCommand && !word.includes('/') ? commandNames(context, word, commands) : paths(context, word);
  return { start, candidates: [...new Set(candidates)].sort() };
}

function commandNames(context: ProgramContext, prefix: string, more: readonly string[]): string[] {
  const names = [...more];
  for (const directory of (context.env.get('PATH') ?? '/usr/bin:/bin').split(':'))
    names.push(...namesIn(context, directory));
  return names.filter((name) => name.startsWith(prefix)).map((name) => `${name} `);
}

function paths(context: ProgramContext, word: string): string[] {
  const slash = word.lastIndexOf('/');
  const directory = word.slice(0, slash + 1);
  const name = word.slice(slash + 1);
  const home = context.env.get('HOME') ?? '/';
  const at = absolutePath(context.cwd, directory.startsWith('~/') ? home + directory.slice(1) : directory || '.');
  return namesIn(context, at)
    .filter((each) => each.startsWith(name) && (name.startsWith('.') || !each.startsWith('.')))
    .map((each) => `${directory}${each}${isDirectory(context, `${at}/${each}`) ? '/' : ' '}`);
}

function namesIn(context: ProgramContext, path: string): readonly string[] {
  try {
    return context.fs.readdir(absolutePath(context.cwd, path));
  } catch {
    return [];
  }
}

function isDirectory(context: ProgramContext, path: string): boolean {
  return context.fs.exists(path) && context.fs.stat(path).kind === 'directory';
}
