import { errorText } from '../../apimachinery/error-text.ts';
import { quote } from '../../apimachinery/go-format.ts';
import { isJsonObject, type JsonObject } from '../../apimachinery/json-value.ts';
import { parseYaml } from '../../apimachinery/yaml.ts';
import { writeYaml } from '../../apimachinery/yaml-writer.ts';
import type { Process } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { KubectlError, throwAll } from '../errors.ts';
import { pathKind, readFileText, writeFileText } from '../files.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import type { Unstructured } from '../object.ts';
import { printerFor } from '../printers/object-printer.ts';
import { kubercFile, type KubercFile } from '../kuberc/preference.ts';

const empty = { apiVersion: 'kubectl.config.k8s.io/v1beta1', kind: 'Preference' };

function fileOf({ context, flags }: Invocation): KubercFile {
  const file = kubercFile(context, flags.string('kuberc'));
  if (!file) throw new KubectlError('KUBERC is disabled via KUBERC=off environment variable');
  return file;
}

/** What the file says, under the names of v1beta1. */
function readPreference(invocation: Invocation, path: string): JsonObject {
  let value: unknown;
  const content = readFileText(invocation.context, path);
  try {
    value = parseYaml(content);
  } catch (error) {
    throw new KubectlError(`error parsing kuberc file: ${errorText(error)}`);
  }
  return isJsonObject(value) ? value : {};
}

function* savePreference({ context, out }: Invocation, path: string, preference: JsonObject): Process<void> {
  writeFileText(context, path, writeYaml({ aliases: null, defaults: null, ...preference }));
  yield* out.print(`Updated ${path}\n`);
}

const view: Command = {
  use: 'view',
  short: 'Display the current kuberc configuration',
  long: 'Shows the file of preferences.',
  example: `kubectl kuberc view

# As JSON
kubectl kuberc view -o json`,
  flags: flagSpecs(`allow-missing-template-keys=true kuberc='' o/output='yaml' show-managed-fields=false template=''`),
  plainUseLine: true,
  run: runView,
};

/** What is offered to whoever has no preferences yet. */
const recommended = {
  ...empty,
  aliases: null,
  defaults: [
    { command: 'apply', options: [{ name: 'server-side', default: 'true' }] },
    { command: 'delete', options: [{ name: 'interactive', default: 'true' }] },
  ],
};

/** Upstream: kubectl/pkg/cmd/kuberc/view.go (v1.36) */
function* runView(invocation: Invocation): Process<void> {
  const { context, flags, out } = invocation;
  const { path, explicit } = fileOf(invocation);
  if (pathKind(context, path) === 'none') {
    if (explicit) throw new KubectlError(`kuberc file not found at ${path}`);
    yield* out.print(`kuberc file not found at ${path}\n`);
    yield* out.print('Would you like to generate a default kuberc file with recommended options? (y/N): ');
    const answer = new TextDecoder().decode((yield* context.stdin.read()) ?? new Uint8Array());
    if (/^\s*y\s/i.test(`${answer}\n`)) yield* savePreference(invocation, path, recommended);
    return;
  }
  const preference = readPreference(invocation, path);
  const { kind, apiVersion, defaults, aliases, ...rest } = preference;
  const shown = { kind, apiVersion, defaults: defaults ?? [], aliases: aliases ?? [], ...rest };
  yield* out.print(printerFor(context, flags, { defaultFormat: 'yaml' }).print(shown as Unstructured, { typed: true }));
}

const set: Command = {
  use: 'set --section (defaults|aliases) --command COMMAND',
  short: 'Set values in the kuberc configuration',
  long: `Writes defaults of flags, aliases, or which credential plugins may run into the file of preferences.

 Defaults hold for a command; resources and arguments are for aliases (--prependarg, --appendarg).`,
  example: `kubectl kuberc set --section defaults --command get --option output=wide

# kubectl getn
kubectl kuberc set --section aliases --name getn --command get --prependarg nodes`,
  flags: flagSpecs(`
    allowlist-entry:array=[] appendarg:array=[] command='' kuberc='' name='' option:array=[] overwrite=false policy=''
    prependarg:array=[] section=''
  `),
  required: ['section'],
  plainUseLine: true,
  run: runSet,
};

/** Upstream: kubectl/pkg/cmd/kuberc/set.go (v1.36) */
function* runSet(invocation: Invocation): Process<void> {
  const { context, flags } = invocation;
  const { path } = fileOf(invocation);
  checkSet(invocation);
  const present = pathKind(context, path) !== 'none' && readFileText(context, path) !== '';
  const preference = present ? readPreference(invocation, path) : empty;
  const options = parseOptions(flags.strings('option'));
  const section = flags.string('section');
  const next =
    section === 'defaults'
      ? withDefaults(invocation, preference, options)
      : section === 'aliases'
        ? withAlias(invocation, preference, options)
        : withPolicy(invocation, preference);
  yield* savePreference(invocation, path, next);
}

const sections = ['defaults', 'aliases', 'credentialplugin'];
const policies = ['AllowAll', 'DenyAll', 'Allowlist'];

/** @throws KubectlError for flags that do not fit together */
function checkSet({ flags }: Invocation): void {
  const section = flags.string('section');
  const name = flags.string('name');
  const refuse = (why: string): never => {
    throw new KubectlError(why);
  };
  const [defaults = '', aliases = '', plugin = ''] = sections;
  if (!sections.includes(section))
    refuse(`--section must be ${quote(defaults)}, ${quote(aliases)}, or ${quote(plugin)}, got: ${section}`);
  if (section === aliases && name === '') refuse(`--name is required when --section=${aliases}`);
  if (section === defaults && name !== '') refuse(`--name should not be specified when --section=${defaults}`);
  if (section === defaults && flags.strings('prependarg').length + flags.strings('appendarg').length > 0)
    refuse(`--prependarg and --appendarg are only valid for --section=${aliases}`);
  if (section !== plugin && flags.string('command') === '')
    refuse(`--command is required when --section=${aliases} or --section=${defaults}`);
  if (section === plugin) checkPolicy(flags.string('policy'), flags.strings('allowlist-entry').length, refuse);
}

function checkPolicy(policy: string, entries: number, refuse: (why: string) => never): void {
  const section = '--section=credentialplugin';
  if (policy === '') refuse(`--policy is required when ${section}`);
  if (!policies.includes(policy))
    refuse(` --policy must be  ${policies.slice(0, 2).map(quote).join(', ')}, or "Allowlist", got: ${policy}`);
  if (policy !== 'Allowlist' && entries > 0)
    refuse(`--allowlist-entry may only be used when ${section} and --policy=Allowlist`);
  if (policy === 'Allowlist' && entries === 0)
    refuse(`--allowlist-entry is required when ${section} and --policy=Allowlist`);
}

function parseOptions(options: readonly string[]): JsonObject[] {
  return options.map((option) => {
    const at = option.indexOf('=');
    if (at < 0) throw new KubectlError(`invalid option format ${quote(option)}, expected flag=value`);
    return { default: option.slice(at + 1), name: option.slice(0, at).replace(/^-+/, '') };
  });
}

const entriesOf = (preference: JsonObject, section: string): JsonObject[] => {
  const value = preference[section];
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
};

function withDefaults({ flags }: Invocation, preference: JsonObject, options: readonly JsonObject[]): JsonObject {
  const command = flags.string('command');
  const entries = entriesOf(preference, 'defaults');
  const at = entries.findIndex((one) => one['command'] === command);
  if (at < 0) {
    const added = { command, options: options.length > 0 ? options : null };
    return { ...preference, defaults: [...entries, added] };
  }
  if (!flags.bool('overwrite'))
    throw new KubectlError(`defaults for command ${quote(command)} already exist, use --overwrite to replace`);
  const kept = { ...entries[at], ...(options.length > 0 ? { options } : {}) };
  return { ...preference, defaults: entries.with(at, kept) };
}

function withAlias({ flags }: Invocation, preference: JsonObject, options: readonly JsonObject[]): JsonObject {
  const name = flags.string('name');
  const entries = entriesOf(preference, 'aliases');
  const at = entries.findIndex((one) => one['name'] === name);
  if (at >= 0 && !flags.bool('overwrite'))
    throw new KubectlError(`alias ${quote(name)} already exists, use --overwrite to replace`);
  const given = (member: string, values: readonly unknown[]): JsonObject => {
    const kept = values.length > 0 ? values : entries[at]?.[member];
    return Array.isArray(kept) && kept.length > 0 ? { [member]: kept } : {};
  };
  const alias = {
    name,
    command: flags.string('command'),
    ...given('prependArgs', flags.strings('prependarg')),
    ...given('appendArgs', flags.strings('appendarg')),
    ...given('options', options),
  };
  return { ...preference, aliases: at < 0 ? [...entries, alias] : entries.with(at, alias) };
}

function withPolicy({ flags }: Invocation, preference: JsonObject): JsonObject {
  const policy = flags.string('policy');
  const allowlist =
    policy === 'Allowlist' ? { credentialPluginAllowlist: allowlistOf(flags.strings('allowlist-entry')) } : {};
  return { ...preference, ...allowlist, credentialPluginPolicy: policy };
}

function allowlistOf(values: readonly string[]): JsonObject[] {
  const errors: KubectlError[] = [];
  const entries = values
    .flatMap((value) => value.split(','))
    .flatMap((pair) => {
      const at = pair.indexOf('=');
      const field = at < 0 ? '' : pair.slice(0, at);
      const command = pair.slice(at + 1);
      const problem =
        at < 0
          ? `improperly formatted allowlist entry: ${quote(pair)}`
          : field === 'name'
            ? 'allowlist entry field "name" is deprecated, use "command" instead'
            : field !== 'command'
              ? `unrecognized allowlist entry field: ${quote(field)}`
              : command.trim() === ''
                ? `empty value in allowlist entry for field ${quote(field)}`
                : undefined;
      if (problem === undefined) return [{ command }];
      errors.push(new KubectlError(problem));
      return [];
    });
  throwAll(errors);
  return entries;
}

export const kuberc: Command = {
  use: 'kuberc SUBCOMMAND',
  group: 'other',
  short: 'Manage kuberc configuration files',
  long: 'Shows and changes the file of preferences: defaults of flags and aliases of commands.',
  example: `kubectl kuberc view

# Wide output from now on
kubectl kuberc set --section defaults --command get --option output=wide`,
  plainUseLine: true,
  commands: [view, set],
};
