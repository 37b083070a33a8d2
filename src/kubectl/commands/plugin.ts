import { errorText } from '../../apimachinery/error-text.ts';
import type { Process } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { ExitError } from '../errors.ts';
import { fileError, resolvePath } from '../files.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { pathDirectories } from '../plugins.ts';

/** `knownCommand`: the command a name would stand for. */
export const plugin = (knownCommand: (words: readonly string[]) => string | undefined): Command => ({
  use: 'plugin [flags]',
  group: 'other',
  short: 'Provides utilities for interacting with plugins',
  long: 'A plugin is a program on PATH whose name begins with "kubectl-": "kubectl hello" runs "kubectl-hello".',
  example: 'kubectl plugin list',
  plainUseLine: true,
  commands: [
    {
      use: 'list',
      short: "List all visible plugin executables on a user's PATH",
      long: 'Lists the plugins there are, with warnings about those that cannot run.',
      example: 'kubectl plugin list',
      flags: flagSpecs('name-only=false'),
      run: (invocation) => listPlugins(invocation, knownCommand),
    },
  ],
});

const executable = 0o111;

/** Upstream: kubectl/pkg/cmd/plugin/plugin.go (v1.36) */
function* listPlugins(
  invocation: Invocation,
  knownCommand: (words: readonly string[]) => string | undefined,
): Process<void> {
  const { flags, out, err } = invocation;
  const paths = yield* pluginPaths(invocation);
  const errors: string[] = [];
  if (paths.length > 0) yield* out.print('The following compatible plugins are available:\n\n');
  else errors.push('error: unable to find any kubectl plugins in your PATH\n');
  const seen = new Map<string, string>();
  let warnings = 0;
  for (const path of paths) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    yield* out.line(flags.bool('name-only') ? name : path);
    const found: string[] = [];
    if (!((invocation.context.fs.stat(resolvePath(invocation.context, path)).mode & executable) !== 0)) {
      found.push(`warning: ${path} identified as a kubectl plugin, but it is not executable`);
    }
    const other = seen.get(name);
    if (other === undefined) seen.set(name, path);
    else found.push(`warning: ${path} is overshadowed by a similarly named plugin: ${other}`);
    const command = knownCommand(name.split('-').slice(1));
    if (command !== undefined) found.push(`warning: ${name} overwrites existing command: ${JSON.stringify(command)}`);
    for (const text of found) yield* err.line(`  - ${text}`);
    warnings += found.length;
  }
  if (warnings === 1) errors.push('error: one plugin warning was found\n');
  else if (warnings > 1) errors.push(`error: ${warnings} plugin warnings were found\n`);
  if (errors.length > 0) throw new ExitError(1, errors.join(''));
}

function* pluginPaths({ context, err }: Invocation): Process<string[]> {
  const paths: string[] = [];
  for (const directory of new Set(pathDirectories(context))) {
    if (directory.trim() === '') continue;
    const absolute = resolvePath(context, directory);
    let names: readonly string[];
    try {
      names = [...context.fs.readdir(absolute)].sort();
    } catch (error) {
      yield* err.line(
        `Unable to read directory ${JSON.stringify(directory)} from your PATH: ${errorText(fileError('open', directory, error))}. Skipping...`,
      );
      continue;
    }
    for (const name of names) {
      if (!name.startsWith('kubectl-')) continue;
      const path = `${directory}/${name}`;
      if (context.fs.stat(resolvePath(context, path)).kind !== 'directory') paths.push(path);
    }
  }
  return paths;
}
