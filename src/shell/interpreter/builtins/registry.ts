/** All builtins. To add one: write it in a file of this folder and put it into the table. */
import { dashEchoProgram, echoProgram } from '../../coreutils/echo.ts';
import { killProgram } from '../../coreutils/kill.ts';
import { printfProgram } from '../../coreutils/printf.ts';
import { testProgram } from '../../coreutils/test.ts';
import type { Program } from '../../context.ts';
import { CollectingWriter, writeText } from '../../streams.ts';
import { InnerContext } from '../inner-context.ts';
import type { Flavour } from '../state.ts';
import type { Builtin, BuiltinHost } from './builtin.ts';
import * as commands from './command-builtins.ts';
import * as flow from './flow-builtins.ts';
import * as variables from './variable-builtins.ts';

/** Runs a utility inside the shell. */
const inside = (program: Program): Builtin =>
  function* (host, words, streams) {
    const argv = words[0] === 'kill' ? words.map((word) => jobPid(host, word)) : words;
    return yield* program(new InnerContext(host.state.context, argv, host.state.environment(), streams));
  };

const jobPid = (host: BuiltinHost, word: string) =>
  word.startsWith('%') ? String(flow.findJob(host, word)?.pid ?? word) : word;

const lookups = commands.makeLookupBuiltins((name, host) => builtinNamed(name, host.state.flavour) !== undefined);

/** dash's echo reads escapes without being asked. */
const echoBuiltin: Builtin = function* (host, words, streams) {
  const program = host.state.flavour === 'dash' ? dashEchoProgram : echoProgram;
  return yield* inside(program)(host, words, streams);
};

const printfBuiltin: Builtin = function* (host, words, streams) {
  if (words[1] !== '-v') return yield* inside(printfProgram)(host, words, streams);
  const collect = new CollectingWriter();
  const status = yield* inside(printfProgram)(host, ['printf', ...words.slice(3)], { ...streams, stdout: collect });
  host.state.set(words[2] ?? '', collect.text());
  return status;
};

const trueBuiltin: Builtin = function* () {
  return 0;
};
const falseBuiltin: Builtin = function* () {
  return 1;
};
const builtinBuiltin: Builtin = function* (host, words, streams) {
  const builtin = builtinNamed(words[1] ?? '', host.state.flavour);
  return builtin ? yield* builtin(host, words.slice(1), streams) : 1;
};
const helpBuiltin: Builtin = function* (_host, _words, streams) {
  yield* writeText(streams.stdout, `Built-in commands:\n------------------\n\t${[...builtins.keys()].join(' ')}\n`);
  return 0;
};

const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['.', flow.dotBuiltin],
  [':', flow.colonBuiltin],
  ['[', inside(testProgram)],
  ['alias', commands.aliasBuiltin],
  ['bg', trueBuiltin],
  ['break', flow.breakBuiltin],
  ['cd', commands.cdBuiltin],
  ['command', lookups.command],
  ['continue', flow.continueBuiltin],
  ['echo', echoBuiltin],
  ['eval', flow.evalBuiltin],
  ['exec', flow.colonBuiltin],
  ['exit', flow.exitBuiltin],
  ['export', variables.exportBuiltin],
  ['false', falseBuiltin],
  ['fg', commands.foregroundBuiltin],
  ['getopts', variables.getoptsBuiltin],
  ['hash', commands.hashBuiltin],
  ['help', helpBuiltin],
  ['jobs', commands.jobsBuiltin],
  ['kill', inside(killProgram)],
  ['let', variables.letBuiltin],
  ['local', variables.localBuiltin],
  ['printf', printfBuiltin],
  ['pwd', commands.pwdBuiltin],
  ['read', variables.readBuiltin],
  ['readonly', variables.readonlyBuiltin],
  ['return', flow.returnBuiltin],
  ['set', variables.setBuiltin],
  ['shift', variables.shiftBuiltin],
  ['source', flow.dotBuiltin],
  ['test', inside(testProgram)],
  ['times', commands.timesBuiltin],
  ['trap', flow.trapBuiltin],
  ['true', trueBuiltin],
  ['type', lookups.type],
  ['ulimit', commands.ulimitBuiltin],
  ['umask', commands.umaskBuiltin],
  ['unalias', commands.unaliasBuiltin],
  ['unset', variables.unsetBuiltin],
  ['wait', flow.waitBuiltin],
]);

const bashBuiltins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['builtin', builtinBuiltin],
  ['declare', variables.declareBuiltin],
  ['dirs', commands.dirsBuiltin],
  ['disown', trueBuiltin],
  ['mapfile', variables.mapfileBuiltin],
  ['popd', commands.popdBuiltin],
  ['pushd', commands.pushdBuiltin],
  ['readarray', variables.mapfileBuiltin],
  ['shopt', commands.shoptBuiltin],
  ['typeset', variables.declareBuiltin],
]);

/** Builtins whose assignments stay and whose errors end a script (POSIX). */
export const specialBuiltins: ReadonlySet<string> = new Set([
  '.',
  ':',
  'break',
  'continue',
  'eval',
  'exec',
  'exit',
  'export',
  'readonly',
  'return',
  'set',
  'shift',
  'times',
  'trap',
  'unset',
  'source',
]);

/** The builtin of a name in a kind of shell. */
export function builtinNamed(name: string, flavour: Flavour): Builtin | undefined {
  if (flavour === 'dash' && (name === 'source' || name === 'help' || name === 'let')) return undefined;
  return builtins.get(name) ?? (flavour === 'bash' ? bashBuiltins.get(name) : undefined);
}

/** Names, for completion. */
export function builtinNames(flavour: Flavour): string[] {
  return [...builtins.keys(), ...(flavour === 'bash' ? bashBuiltins.keys() : [])];
}
