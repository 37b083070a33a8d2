import type { Command, CommandGroup } from './command.ts';
import { commandName } from './command-tree.ts';
import type { FlagSpec } from './flags/flag-spec.ts';
import { flagText } from './flags/flag-texts.ts';
import { globalFlags } from './flags/global-flags.ts';

const groupTitles: readonly (readonly [CommandGroup, string])[] = [
  ['beginner', 'Basic Commands (Beginner):'],
  ['intermediate', 'Basic Commands (Intermediate):'],
  ['deploy', 'Deploy Commands:'],
  ['cluster', 'Cluster Management Commands:'],
  ['debug', 'Troubleshooting and Debugging Commands:'],
  ['advanced', 'Advanced Commands:'],
  ['settings', 'Settings Commands:'],
  ['other', 'Other Commands:'],
];

/** What `--help` prints. Upstream: kubectl/pkg/util/templates (v1.36), for the shape */
export function helpText(command: Command, path: string): string {
  if (command.silentHelp) return '';
  const sections = [command.long ?? `${command.short}.`];
  if (command.aliases) sections.push(`Aliases:\n${[commandName(command), ...command.aliases].join(', ')}`);
  if (command.example) sections.push(`Examples:\n${indent(command.example)}`);
  if (command.commands) sections.push(...commandSections(command, path === 'kubectl'));
  const flags = (command.flags ?? []).filter((flag) => !flag.hidden);
  if (flags.length > 0) sections.push(`Options:\n${flagsText(flags, path)}`);
  sections.push(`Usage:\n  ${useLine(command, path)}`);
  const hints = [
    ...(command.commands ? [`Use "${path} <command> --help" for more information about a given command.`] : []),
    'Use "kubectl options" for a list of global command-line options (applies to all commands).',
  ];
  return `${sections.join('\n\n')}\n\n${hints.join('\n')}\n`;
}

const indent = (text: string): string =>
  text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');

function useLine(command: Command, path: string): string {
  const parent = path.includes(' ') ? `${path.slice(0, path.lastIndexOf(' '))} ` : '';
  const line = `${parent}${command.use}`;
  const flags = command.plainUseLine || line.includes('[flags]') ? '' : ' [flags]';
  return `${line}${flags}${line.includes('[options]') ? '' : ' [options]'}`;
}

function commandSections(command: Command, isRoot: boolean): string[] {
  const visible = (command.commands ?? []).filter((one) => !one.hidden && !one.deprecated);
  const width = Math.max(13, ...visible.map((one) => commandName(one).length + 2));
  const lines = (list: readonly Command[]) => list.map((one) => `  ${commandName(one).padEnd(width)} ${one.short}`);
  if (!isRoot) {
    const sorted = visible.toSorted((a, b) => (commandName(a) < commandName(b) ? -1 : 1));
    return [`Available Commands:\n${lines(sorted).join('\n')}`];
  }
  return groupTitles.flatMap(([group, title]) => {
    const own = visible.filter((one) => (one.group ?? 'other') === group);
    const section = `${title}\n${lines(own).join('\n')}`;
    return group === 'other' ? ['Subcommands provided by plugins:', section] : [section];
  });
}

function flagsText(flags: readonly FlagSpec[], path: string): string {
  return flags
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((flag) => {
      const short = flag.short === '' ? '' : `-${flag.short}, `;
      return `    ${short}--${flag.name}=${flag.defaultText}:\n\t${flagText(flag.name, path)}`;
    })
    .join('\n\n');
}

/** What `kubectl options` prints. */
export function optionsText(): string {
  return `The following options can be passed to any command:\n\n${flagsText(globalFlags, 'kubectl')}\n`;
}
