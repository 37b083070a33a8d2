import { errorText } from '../../apimachinery/error-text.ts';
import { compareStrings } from '../../apimachinery/go-format.ts';
import type { ProgramContext } from '../../shell/context.ts';
import { KubectlError } from '../errors.ts';
import { readFileText, resolvePath, writeFileText } from '../files.ts';
import { isJsonObject, type JsonObject } from '../../apimachinery/json-value.ts';
import { writeYaml } from '../../apimachinery/yaml-writer.ts';
import { parseYaml } from '../../apimachinery/yaml.ts';

type Section = ReadonlyMap<string, JsonObject>;

/** A kubeconfig: entries by name. `origins` says which file an entry came from. */
export interface Kubeconfig {
  readonly currentContext: string;
  readonly clusters: Section;
  readonly contexts: Section;
  readonly users: Section;
  readonly preferences: JsonObject;
  readonly origins: ReadonlyMap<string, string>;
}

export type SectionName = 'clusters' | 'contexts' | 'users';

export const emptyKubeconfig: Kubeconfig = {
  currentContext: '',
  clusters: new Map(),
  contexts: new Map(),
  users: new Map(),
  preferences: {},
  origins: new Map(),
};

const entryKeys = { clusters: 'cluster', contexts: 'context', users: 'user' } as const;

/** Reads a kubeconfig's text (YAML or JSON). `file` becomes the entries' origin. */
export function parseKubeconfig(text: string, file: string): Kubeconfig {
  const raw = parseYaml(text);
  if (raw === null || raw === undefined) return emptyKubeconfig;
  if (!isJsonObject(raw))
    throw new KubectlError(`error loading config file "${file}": couldn't get version/kind; json parse error`);
  const origins = new Map<string, string>();
  const section = (name: SectionName): Section => {
    const out = new Map<string, JsonObject>();
    for (const entry of (raw[name] ?? []) as readonly JsonObject[]) {
      const key = String(entry['name'] ?? '');
      if (out.has(key)) continue;
      out.set(key, (entry[entryKeys[name]] ?? {}) as JsonObject);
      origins.set(`${name}/${key}`, file);
    }
    return out;
  };
  return {
    currentContext: String(raw['current-context'] ?? ''),
    clusters: section('clusters'),
    contexts: section('contexts'),
    users: section('users'),
    preferences: (raw['preferences'] ?? {}) as JsonObject,
    origins,
  };
}

/** The first of several files that has a value wins. Upstream: client-go/tools/clientcmd/loader.go Load (v1.36) */
export function mergeKubeconfigs(configs: readonly Kubeconfig[]): Kubeconfig {
  const merged = (name: SectionName): Section => {
    const out = new Map<string, JsonObject>();
    for (const config of configs) for (const [key, value] of config[name]) if (!out.has(key)) out.set(key, value);
    return out;
  };
  const origins = new Map<string, string>();
  for (const config of configs) for (const [key, file] of config.origins) if (!origins.has(key)) origins.set(key, file);
  return {
    currentContext: configs.find((config) => config.currentContext !== '')?.currentContext ?? '',
    clusters: merged('clusters'),
    contexts: merged('contexts'),
    users: merged('users'),
    preferences: configs.find((config) => Object.keys(config.preferences).length > 0)?.preferences ?? {},
    origins,
  };
}

const listOf = (section: Section, key: string): JsonObject[] =>
  [...section].sort(([a], [b]) => compareStrings(a, b)).map(([name, value]) => ({ [key]: value, name }));

/** The form that is written and shown. */
export function kubeconfigObject(config: Kubeconfig): JsonObject {
  const or = (list: JsonObject[]) => (list.length === 0 ? null : list);
  return {
    kind: 'Config',
    apiVersion: 'v1',
    ...(Object.keys(config.preferences).length > 0 ? { preferences: config.preferences } : {}),
    clusters: or(listOf(config.clusters, 'cluster')),
    users: or(listOf(config.users, 'user')),
    contexts: or(listOf(config.contexts, 'context')),
    'current-context': config.currentContext,
  };
}

/** Where kubeconfigs come from on this command line. */
export interface KubeconfigPaths {
  /** `--kubeconfig`. */
  readonly explicit: string | undefined;
  /** Files to read, in order of precedence. */
  readonly files: readonly string[];
  /** Changes that belong to no file go there. */
  readonly defaultFile: string;
}

/** Where configuration is read and written: the flag, `$KUBECONFIG`, or the file in the home directory. Upstream: client-go/tools/clientcmd/loader.go ClientConfigLoadingRules (v1.36) */
export function kubeconfigPaths(context: ProgramContext, explicit: string): KubeconfigPaths {
  if (explicit !== '') return { explicit, files: [explicit], defaultFile: explicit };
  const variable = context.env.get('KUBECONFIG') ?? '';
  const files = variable.split(':').filter(Boolean);
  const home = `${context.env.get('HOME') ?? ''}/.kube/config`;
  if (files.length === 0) return { explicit: undefined, files: [home], defaultFile: home };
  const existing = files.filter((file) => context.fs.exists(resolvePath(context, file)));
  return { explicit: undefined, files, defaultFile: existing.at(-1) ?? files.at(-1) ?? home };
}

/** Reads and merges the files; missing ones are skipped unless named by `--kubeconfig`. */
export function loadKubeconfig(context: ProgramContext, paths: KubeconfigPaths): Kubeconfig {
  const configs: Kubeconfig[] = [];
  for (const file of paths.files) {
    if (!context.fs.exists(resolvePath(context, file))) {
      if (paths.explicit !== undefined) throw new KubectlError(`stat ${file}: no such file or directory`);
      continue;
    }
    const text = readFileText(context, file);
    try {
      configs.push(parseKubeconfig(text, file));
    } catch (error) {
      const why = errorText(error);
      throw new KubectlError(`error loading config file ${JSON.stringify(file)}: ${why}`);
    }
  }
  return mergeKubeconfigs(configs);
}

/** Writes what changed back to the file each entry came from. Upstream: client-go/tools/clientcmd/config.go ModifyConfig (v1.36) */
export function saveKubeconfig(
  context: ProgramContext,
  paths: KubeconfigPaths,
  before: Kubeconfig,
  after: Kubeconfig,
): void {
  const touched = new Map<string, Kubeconfig>();
  const load = (file: string): Kubeconfig => {
    const known = touched.get(file);
    if (known) return known;
    const exists = context.fs.exists(resolvePath(context, file));
    return exists ? parseKubeconfig(readFileText(context, file), file) : emptyKubeconfig;
  };
  for (const name of ['clusters', 'contexts', 'users'] as const) {
    for (const key of new Set([...before[name].keys(), ...after[name].keys()])) {
      if (before[name].get(key) === after[name].get(key)) continue;
      const file = before.origins.get(`${name}/${key}`) ?? paths.defaultFile;
      touched.set(file, withEntry(load(file), name, key, after[name].get(key)));
    }
  }
  if (before.currentContext !== after.currentContext) {
    const holder = paths.files.find(
      (file) => context.fs.exists(resolvePath(context, file)) && load(file).currentContext !== '',
    );
    const file = holder ?? paths.defaultFile;
    touched.set(file, { ...load(file), currentContext: after.currentContext });
  }
  for (const [file, config] of touched) writeFileText(context, file, writeYaml(kubeconfigObject(config)), 0o600);
}

/** A copy with an entry replaced; undefined removes it. */
export function withEntry(
  config: Kubeconfig,
  name: SectionName,
  key: string,
  value: JsonObject | undefined,
): Kubeconfig {
  const section = new Map(config[name]);
  if (value === undefined) section.delete(key);
  else section.set(key, value);
  return { ...config, [name]: section };
}
