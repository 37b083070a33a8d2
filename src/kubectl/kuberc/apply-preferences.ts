/**
 * Puts a person's aliases and defaults into a command line before it is read.
 * Upstream: kubectl/pkg/kuberc/kuberc.go Apply (v1.36)
 */
import { quote } from '../../apimachinery/go-format.ts';
import type { ProgramContext } from '../../shell/context.ts';
import type { Command } from '../command.ts';
import { commandName, findCommand } from '../command-tree.ts';
import { KubectlError } from '../errors.ts';
import { FlagSet } from '../flags/flag-set.ts';
import { globalFlags } from '../flags/global-flags.ts';
import { getPreferences, type OptionDefault, type Preference } from './preference.ts';

export interface AppliedPreferences {
  /** The commands, with the alias that is used. */
  readonly root: Command;
  readonly words: readonly string[];
  /** Flags that are set before the words are read. */
  readonly presets: readonly OptionDefault[];
  /** For stderr. */
  readonly notice: string;
}

/** @throws KubectlError when the preferences cannot be applied */
export function applyPreferences(context: ProgramContext, root: Command): AppliedPreferences {
  const words = context.argv.slice(1);
  const nothing = { root, words, presets: [], notice: '' };
  if (words.length === 0) return nothing;
  const { preference, notice } = getPreferences(context, explicitKuberc(words));
  if (!preference) return { ...nothing, notice };
  validate(preference);
  const aliased = applyAliases(preference, root, words, context.argv[0] ?? 'kubectl');
  const overrides = applyOverrides(preference, aliased);
  return { ...aliased, presets: [...aliased.presets, ...overrides.presets], notice: notice + overrides.notice };
}

/** The value of `--kuberc`, looked for before flags are read. */
function explicitKuberc(words: readonly string[]): string {
  for (const [i, word] of words.entries()) {
    if (word === '--') break;
    const value = word === '--kuberc' ? words[i + 1] : /--kuberc=([^=]*)/.exec(word)?.[1];
    if (word !== '--kuberc' && value === undefined) continue;
    if (value === undefined || (value === '' && word !== '--kuberc'))
      throw new KubectlError('kuberc file is not found');
    return value;
  }
  return '';
}

function validate({ aliases, defaults }: Preference): void {
  const seen = new Set<string>();
  const checkNames = (options: readonly OptionDefault[]): void => {
    const dashed = options.find(({ name }) => name.startsWith('-'));
    if (dashed) throw new KubectlError(`flag name ${dashed.name} should be in long form without dashes`);
  };
  for (const { name, options } of aliases) {
    if (!/^[a-zA-Z]+$/.test(name)) {
      throw new KubectlError('invalid alias name, can only include alphabetical characters');
    }
    checkNames(options);
    if (seen.has(name)) throw new KubectlError(`duplicate alias name ${name}`);
    seen.add(name);
  }
  for (const { options } of defaults) checkNames(options);
}

interface Line {
  readonly root: Command;
  readonly words: readonly string[];
  readonly presets: readonly OptionDefault[];
  /** The alias that is used. */
  readonly alias?: string;
}

function applyAliases(preference: Preference, root: Command, words: readonly string[], program: string): Line {
  const plain = { root, words, presets: [] };
  if (findCommand(root, words).unknown === undefined) return plain;
  const at = words.findIndex((word) => !word.startsWith('-') && !word.startsWith('__complete'));
  const alias = preference.aliases.find(({ name }) => name === words[at]);
  if (!alias) return plain;
  const target = findCommand(root, alias.command.split(/\s+/).filter(Boolean));
  if (target.unknown !== undefined) {
    throw new KubectlError(
      `command ${quote(alias.command)} not found to set alias ${quote(alias.name)}: [${target.rest.join(' ')}]`,
    );
  }
  const { use } = target.command;
  const command: Command = {
    ...target.command,
    use: `${alias.name}${use.slice(commandName(target.command).length)}`,
    aliases: [],
  };
  const presets = presetsOf(command, alias.options, words, {
    missing: (flag) => `invalid alias flag ${flag} in alias ${program}`,
    wrong: (option, why) =>
      `could not apply value ${option.default} to flag ${option.name} in alias ${program} err: ${why}`,
  });
  return {
    root: { ...root, commands: [...(root.commands ?? []), command] },
    words: [...words.slice(0, at + 1), ...alias.prependArgs, ...words.slice(at + 1), ...alias.appendArgs],
    presets,
    alias: alias.name,
  };
}

function applyOverrides(
  { defaults }: Preference,
  { root, words, alias }: Line,
): { readonly presets: readonly OptionDefault[]; readonly notice: string } {
  const found = findCommand(root, words);
  const presets: OptionDefault[] = [];
  let notice = '';
  if (found.unknown !== undefined) return { presets, notice };
  const name = commandName(found.command);
  for (const { command, options } of defaults) {
    const target = findCommand(root, command.split(/\s+/).filter(Boolean));
    if (target.unknown !== undefined) {
      notice += `Warning: command ${quote(command)} not found to set kuberc override\n`;
      continue;
    }
    if (commandName(target.command) !== name) continue;
    if (alias === name) throw new KubectlError(`alias ${name} can not be overridden`);
    presets.push(
      ...presetsOf(found.command, options, words, {
        missing: (flag) => `invalid flag ${flag} for command ${command}`,
        wrong: (option, why) =>
          `could not apply override value ${option.default} to flag ${option.name} in command ${command} err: ${why}`,
      }),
    );
  }
  return { presets, notice };
}

interface Texts {
  missing(flag: string): string;
  wrong(option: OptionDefault, why: string): string;
}

/** The defaults of flags that the words do not set themselves. */
function presetsOf(
  command: Command,
  options: readonly OptionDefault[],
  words: readonly string[],
  texts: Texts,
): OptionDefault[] {
  const flags = new FlagSet(command.flags ?? [], globalFlags);
  const shorts = new Set(flags.specs.map(({ short }) => short).filter((short) => short !== ''));
  return options.filter((option) => {
    const spec = flags.lookup(option.name);
    if (!spec) throw new KubectlError(texts.missing(option.name));
    if (isInWords(spec.name, spec.short, shorts, words)) return false;
    try {
      flags.set(spec, option.default);
    } catch (error) {
      throw new KubectlError(texts.wrong(option, (error as Error).message));
    }
    return true;
  });
}

/** Upstream: searchInArgs (v1.36) */
function isInWords(name: string, short: string, shorts: ReadonlySet<string>, words: readonly string[]): boolean {
  return words.some((word) => {
    if (word === `--${name}` || word.startsWith(`--${name}=`)) return true;
    if (short === '') return false;
    if (word.startsWith(`-${short}`)) return true;
    return /^-[a-zA-Z]+$/.test(word) && shorts.has(short) && word.slice(1).includes(short);
  });
}
