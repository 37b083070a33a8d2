import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/kubectl/command.ts';
import { commandName } from '../../src/kubectl/command-tree.ts';
import { rootCommand } from '../../src/kubectl/commands/registry.ts';
import { helpText, optionsText } from '../../src/kubectl/help.ts';

/** What the help of kubectl v1.36 lists, without its words: how commands are used, their aliases, flags with defaults, subcommands; all in order. */
interface HelpFacts {
  readonly usage?: string;
  readonly aliases?: string;
  readonly flags?: readonly string[];
  readonly commands?: readonly string[];
}

const facts = JSON.parse(readFileSync(new URL('./help-facts.json', import.meta.url), 'utf8')) as Record<
  string,
  HelpFacts
>;

/** Commands of ours that no other kubectl has. */
const own = new Set(['tabernetes']);

const all = new Map<string, Command>();
const collect = (command: Command, path: string): void => {
  all.set(path, command);
  for (const one of command.commands ?? [])
    if (!one.hidden && !one.deprecated && !own.has(commandName(one))) collect(one, `${path} ${commandName(one)}`);
};
collect(rootCommand, 'kubectl');

const flagLine = /^ {4}((?:-\w, )?--[\w-]+=.*):$/gm;
const flagsIn = (text: string): string[] => [...text.matchAll(flagLine)].map(([, flag = '']) => flag);

function factsIn(text: string): HelpFacts {
  const flags = flagsIn(text);
  const usage = /^Usage:\n {2}(.*)$/m.exec(text)?.[1];
  const aliases = /^Aliases:\n(.*)$/m.exec(text)?.[1];
  const lists = [...text.matchAll(/^(?:Available Commands|[A-Z].*Commands.*):\n((?: {2}.*\n)+)/gm)];
  const commands = lists
    .flatMap(([, lines = '']) => [...lines.matchAll(/^ {2}([a-z][\w-]*) {2,}/gm)].map(([, name = '']) => name))
    .filter((name) => !own.has(name));
  return {
    ...(usage === undefined ? {} : { usage }),
    ...(aliases === undefined ? {} : { aliases }),
    ...(flags.length > 0 ? { flags } : {}),
    ...(commands.length > 0 ? { commands } : {}),
  };
}

describe('help', () => {
  it('knows every command', () => {
    const wanted = Object.keys(facts).filter((path) => path !== 'kubectl options');
    expect([...all.keys()].sort()).toEqual(wanted.sort());
  });

  it.each([...all].map(([path, command]) => ({ path, command })))('$path', ({ path, command }) => {
    expect(factsIn(helpText(command, path))).toEqual(facts[path]);
  });

  it('lists the flags that every command takes', () => {
    expect(flagsIn(optionsText())).toEqual(facts['kubectl options']?.flags);
  });
});
