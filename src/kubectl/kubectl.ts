/**
 * kubectl as a program of the shell: the same code runs in the page's terminal, in containers and on the command line.
 *
 * It finds its way to the API server in `context.powers`: `kubectl.transport` is a Transport; `kubectl.connect` makes one for what a
 * kubeconfig says. Files are read through `context.fs`, time is `context.now()`. Commands are data (`command.ts`): parsing, help and
 * completion are made from it.
 */
import { BrokenPipeError } from '../process/pipe.ts';
import type { Process } from '../process/process.ts';
import type { ProgramContext } from '../shell/context.ts';
import type { Invocation } from './command.ts';
import { findCommand, suggestionsFor } from './command-tree.ts';
import { runComplete } from './complete.ts';
import { rootCommand } from './commands/registry.ts';
import { describeFailure, ExitError, KubectlError } from './errors.ts';
import { Factory } from './factory.ts';
import { FlagError, FlagSet, HelpRequested } from './flags/flag-set.ts';
import { globalFlags } from './flags/global-flags.ts';
import { helpText } from './help.ts';
import { type AppliedPreferences, applyPreferences } from './kuberc/apply-preferences.ts';
import { Output } from './output.ts';
import { runPlugin } from './plugins.ts';

/** The program. Ends with kubectl's exit code. */
export function* kubectl(context: ProgramContext): Process<number> {
  const out = new Output(context.stdout);
  const err = new Output(context.stderr);
  try {
    return yield* runCommandLine(context, out, err);
  } catch (error) {
    if (error instanceof BrokenPipeError) return 141;
    throw error;
  }
}

function* runCommandLine(context: ProgramContext, out: Output, err: Output): Process<number> {
  if (/^__complete(?:NoDesc)?$/.test(context.argv[1] ?? '')) return yield* runComplete(context, rootCommand, kubectl);
  let applied: AppliedPreferences;
  try {
    applied = applyPreferences(context, rootCommand);
  } catch (error) {
    if (!(error instanceof KubectlError)) throw error;
    yield* err.print(`error occurred while applying preferences ${error.message}\n`);
    return 1;
  }
  yield* err.print(applied.notice);
  const { words, presets } = applied;
  const found = findCommand(applied.root, words);
  if (found.unknown !== undefined) {
    const code = yield* runPlugin(context, words);
    if (code !== undefined) return code;
    yield* err.print(unknownCommand(found.unknown));
    return 1;
  }
  const { command, path, rest } = found;
  const flags = new FlagSet(command.flags ?? [], globalFlags);
  for (const { name, default: value } of presets) flags.preset(name, value);
  try {
    flags.parse(rest);
  } catch (error) {
    if (error instanceof HelpRequested) {
      yield* out.print(helpText(command, path));
      return 0;
    }
    if (!(error instanceof FlagError)) throw error;
    yield* err.print(`error: ${error.message}\nSee '${path} --help' for usage.\n`);
    return 1;
  }
  for (const notice of flags.notices) yield* err.line(notice);
  const factory = new Factory(context, flags, err);
  return yield* runInvocation({ context, command, path, flags, args: flags.args, factory, out, err });
}

function* runInvocation(invocation: Invocation): Process<number> {
  const { command, path, args, factory, err } = invocation;
  try {
    const profile = invocation.flags.sharedString('profile');
    if (profile !== '' && profile !== 'none') throw new KubectlError(`unknown profile '${profile}'`);
    checkRequired(invocation);
    command.args?.(args, path);
    if (command.run) yield* command.run(invocation);
    else yield* bareGroup(invocation);
    factory.checkWarnings();
    return 0;
  } catch (error) {
    if (error instanceof BrokenPipeError || (error instanceof Error && error.name === 'KilledError')) throw error;
    const { text, code } = describeFailure(error);
    yield* err.print(factory.warnings.take());
    if (text !== '') yield* err.print(text.endsWith('\n') ? text : `${text}\n`);
    return code + (code > 0 && !(error instanceof ExitError) ? (command.errorCodeOffset ?? 0) : 0);
  }
}

/** @throws KubectlError `required flag(s) "image" not set` */
function checkRequired({ command, flags }: Invocation): void {
  const missing = (command.required ?? []).filter((name) => !flags.changed(name));
  if (missing.length === 0) return;
  throw new KubectlError(
    `required flag(s) ${missing
      .toSorted()
      .map((name) => JSON.stringify(name))
      .join(', ')} not set`,
  );
}

/** A group of commands without a subcommand. Upstream: kubectl/pkg/cmd/util/helpers.go DefaultSubCommandRun (v1.36) */
function* bareGroup({ command, path, args, out, err }: Invocation): Process<void> {
  if (args.length > 0 && command !== rootCommand) {
    throw new KubectlError(`unknown command ${JSON.stringify(args.join(' '))}\nSee '${path} -h' for help and examples`);
  }
  if (command.bareHelp === 'out') return yield* out.print(helpText(command, path));
  if (command === rootCommand) return yield* out.print(helpText(command, path));
  yield* err.print(helpText(command, path));
  throw new ExitError(1);
}

function unknownCommand(word: string): string {
  const suggestions = suggestionsFor(rootCommand, word);
  const hint =
    suggestions.length === 0 ? '' : `\nDid you mean this?\n${suggestions.map((name) => `\t${name}\n`).join('')}`;
  return `error: unknown command ${JSON.stringify(word)} for "kubectl"\n${hint}`;
}
