import { isJsonObject, type JsonObject } from '../../apimachinery/json-value.ts';
import { quote } from '../../apimachinery/go-format.ts';
import { parseYaml } from '../../apimachinery/yaml.ts';
import type { ProgramContext } from '../../shell/context.ts';
import { KubectlError } from '../errors.ts';
import { pathKind, readFileText } from '../files.ts';

export interface OptionDefault {
  readonly name: string;
  readonly default: string;
}
export interface CommandDefaults {
  readonly command: string;
  readonly options: readonly OptionDefault[];
}
export interface Alias extends CommandDefaults {
  readonly name: string;
  readonly prependArgs: readonly string[];
  readonly appendArgs: readonly string[];
}
/** A person's defaults and aliases. Upstream: kubectl/pkg/config/v1beta1/types.go (v1.36) */
export interface Preference {
  readonly defaults: readonly CommandDefaults[];
  readonly aliases: readonly Alias[];
}

const group = 'kubectl.config.k8s.io';
/** What versions call their members. */
const members: ReadonlyMap<string, { readonly defaults: string; readonly options: string }> = new Map([
  ['v1alpha1', { defaults: 'overrides', options: 'flags' }],
  ['v1beta1', { defaults: 'defaults', options: 'options' }],
]);

export interface KubercFile {
  readonly path: string;
  /** Named by a flag or by the variable, so that it must be there. */
  readonly explicit: boolean;
}

/** The file of preferences; undefined when they are turned off. Upstream: LoadKuberc (v1.36) @throws KubectlError */
export function kubercFile(context: ProgramContext, flag: string): KubercFile | undefined {
  const variable = context.env.get('KUBERC') ?? '';
  if (variable === 'off') {
    if (flag === '') return undefined;
    throw new KubectlError('disabling kuberc via KUBERC=off and passing kuberc flag are mutually exclusive');
  }
  if (flag !== '') return { path: flag, explicit: true };
  if (variable !== '') return { path: variable, explicit: true };
  return { path: `${context.env.get('HOME') ?? ''}/.kube/kuberc`, explicit: false };
}

/** The preferences that hold, and what is to be said on stderr about them. Upstream: DefaultGetPreferences (v1.36) @throws KubectlError */
export function getPreferences(
  context: ProgramContext,
  flag: string,
): { readonly preference?: Preference; readonly notice: string } {
  const file = named(() => kubercFile(context, flag));
  if (!file || (!file.explicit && pathKind(context, file.path) === 'none')) return { notice: '' };
  try {
    const { preference, unknown } = decodePreference(readFileText(context, file.path), file.path);
    const fields = unknown.map((name) => `unknown field ${quote(name)}`).join(', ');
    const notice =
      unknown.length === 0
        ? ''
        : `kuberc: ignoring strict decoding error in ${file.path}: strict decoding error: ${fields}`;
    return { ...(preference ? { preference } : {}), notice };
  } catch (error) {
    const text = (error as Error).message;
    if (file.explicit) throw new KubectlError(`kuberc error kuberc: ${text}`);
    return { notice: `kuberc: no preferences loaded from ${file.path}: ${text}` };
  }
}

/** Errors about which file it is are told as errors of the preferences. */
function named<T>(find: () => T): T {
  try {
    return find();
  } catch (error) {
    throw new KubectlError(`kuberc error ${(error as Error).message}`);
  }
}

interface Decoded {
  readonly preference?: Preference;
  readonly unknown: readonly string[];
}

/** The first document of a known version. Upstream: kubectl/pkg/kuberc/marshal.go decodePreference (v1.36) @throws KubectlError */
function decodePreference(text: string, path: string): Decoded {
  const documents = text.split(/^---.*$/m).filter((one) => one.trim() !== '');
  for (const document of documents) {
    const decoded = decodeDocument(document);
    if (decoded) return decoded;
  }
  if (documents.length === 0) return { unknown: [] };
  throw new KubectlError(`no valid preferences found in ${path}, use --v=5 to see details`);
}

function decodeDocument(text: string): Decoded | undefined {
  let value: unknown;
  try {
    value = parseYaml(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value) || value['kind'] !== 'Preference') return undefined;
  const [owner, version = ''] = String(value['apiVersion']).split('/');
  const names = owner === group ? members.get(version) : undefined;
  return names && decodeFields(value, names);
}

function decodeFields(value: JsonObject, names: { readonly defaults: string; readonly options: string }): Decoded {
  const unknown: string[] = [];
  const know = (object: JsonObject, known: readonly string[], at: string): void => {
    for (const key of Object.keys(object)) if (!known.includes(key)) unknown.push(`${at}${key}`);
  };
  know(
    value,
    ['kind', 'apiVersion', 'aliases', names.defaults, 'credentialPluginPolicy', 'credentialPluginAllowlist'],
    '',
  );
  const optionsOf = (object: JsonObject, at: string): OptionDefault[] =>
    objects(object[names.options]).map((option, i) => {
      know(option, ['name', 'default'], `${at}.${names.options}[${i}].`);
      return { name: text(option['name']), default: text(option['default']) };
    });
  const aliases = objects(value['aliases']).map((alias, i): Alias => {
    know(alias, ['name', 'command', 'prependArgs', 'appendArgs', names.options], `aliases[${i}].`);
    return {
      name: text(alias['name']),
      command: text(alias['command']),
      prependArgs: texts(alias['prependArgs']),
      appendArgs: texts(alias['appendArgs']),
      options: optionsOf(alias, `aliases[${i}]`),
    };
  });
  const defaults = objects(value[names.defaults]).map((one, i): CommandDefaults => {
    const at = `${names.defaults}[${i}]`;
    know(one, ['command', names.options], `${at}.`);
    return { command: text(one['command']), options: optionsOf(one, at) };
  });
  return { preference: { defaults, aliases }, unknown };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(text) : []);
const objects = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isJsonObject) : []);
