import { isJsonObject, type JsonObject } from '../../apimachinery/json-value.ts';
import {
  duplicate,
  type FieldError,
  invalid,
  newPath,
  type Path,
  required,
  toAggregate,
} from '../../apimachinery/field-error.ts';
import { defaultSchedulerName, extensionPoints, type SchedulerConfiguration } from './configuration.ts';
import type { ExtenderConfiguration } from './extender.ts';
import { pluginRegistry } from './plugins/registry.ts';
import { isExtendedResourceName } from './resource.ts';

const apiVersion = 'kubescheduler.config.k8s.io/v1';
const kind = 'KubeSchedulerConfiguration';

const pluginSet = ['enabled', 'disabled'];
/** The fields of each type. A name ending in `[]` is a list; what is not named here is taken as it is. */
const fields: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  KubeSchedulerConfiguration: {
    apiVersion: '',
    kind: '',
    parallelism: '',
    leaderElection: '',
    clientConnection: '',
    enableProfiling: '',
    enableContentionProfiling: '',
    percentageOfNodesToScore: '',
    podInitialBackoffSeconds: '',
    podMaxBackoffSeconds: '',
    profiles: 'KubeSchedulerProfile[]',
    extenders: 'Extender[]',
    delayCacheUntilActive: '',
  },
  KubeSchedulerProfile: {
    schedulerName: '',
    percentageOfNodesToScore: '',
    plugins: 'Plugins',
    pluginConfig: 'PluginConfig[]',
  },
  Plugins: Object.fromEntries(
    [...extensionPoints, 'multiPoint', 'placementGenerate', 'placementScore'].map((point) => [point, 'PluginSet']),
  ),
  PluginSet: Object.fromEntries(pluginSet.map((list) => [list, 'Plugin[]'])),
  Plugin: { name: '', weight: '' },
  PluginConfig: { name: '', args: '' },
  Extender: {
    urlPrefix: '',
    filterVerb: '',
    preemptVerb: '',
    prioritizeVerb: '',
    weight: '',
    bindVerb: '',
    enableHTTPS: '',
    tlsConfig: '',
    httpTimeout: '',
    nodeCacheCapable: '',
    managedResources: 'ManagedResource[]',
    ignorable: '',
  },
  ManagedResource: { name: '', ignoredByScheduler: '' },
};

function unknownFields(value: unknown, type: string, path: string): string[] {
  if (type.endsWith('[]')) {
    if (!Array.isArray(value)) return [];
    return value.flatMap((item, i) => unknownFields(item, type.slice(0, -2), `${path}[${i}]`));
  }
  const known = fields[type];
  if (!known || !isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return Object.hasOwn(known, name)
      ? unknownFields(item, known[name] ?? '', at)
      : [`unknown field ${JSON.stringify(at)}`];
  });
}

function checkPercentage(path: Path, value: unknown): FieldError[] {
  if (value === undefined || (typeof value === 'number' && value >= 0 && value <= 100)) return [];
  return [invalid(path, value, 'not in valid range [0-100]')];
}

/** Upstream: pkg/scheduler/apis/config/validation/validation.go (v1.36) */
function validate(configuration: SchedulerConfiguration): FieldError[] {
  const { profiles = [{}], extenders = [], podInitialBackoffSeconds = 1, podMaxBackoffSeconds = 10 } = configuration;
  const errors: FieldError[] = [];
  const seen = new Map<string, number>();
  const profilesPath = newPath('profiles');
  profiles.forEach((profile, i) => {
    const path = profilesPath.index(i);
    const name = profile.schedulerName ?? (profiles.length === 1 ? defaultSchedulerName : '');
    if (name === '') errors.push(required(path.child('schedulerName')));
    errors.push(...checkPercentage(path.child('percentageOfNodesToScore'), profile.percentageOfNodesToScore));
    const configured = new Set<string>();
    profile.pluginConfig?.forEach((config, j) => {
      if (configured.has(config.name)) errors.push(duplicate(path.child('pluginConfig').index(j), config.name));
      configured.add(config.name);
    });
    const known = seen.get(name);
    if (known !== undefined)
      errors.push(duplicate(path.child('schedulerName'), `${profilesPath.index(known).child('schedulerName')}`));
    seen.set(name, i);
  });
  errors.push(...checkPercentage(newPath('percentageOfNodesToScore'), configuration.percentageOfNodesToScore));
  if (podInitialBackoffSeconds <= 0)
    errors.push(invalid(newPath('podInitialBackoffSeconds'), podInitialBackoffSeconds, 'must be greater than 0'));
  if (podMaxBackoffSeconds < podInitialBackoffSeconds) {
    errors.push(
      invalid(
        newPath('podMaxBackoffSeconds'),
        podMaxBackoffSeconds,
        'must be greater than or equal to PodInitialBackoffSeconds',
      ),
    );
  }
  return [...errors, ...validateExtenders(extenders)];
}

function validateExtenders(extenders: readonly ExtenderConfiguration[]): FieldError[] {
  const errors: FieldError[] = [];
  const managed = new Set<string>();
  extenders.forEach(({ prioritizeVerb, weight = 0, managedResources = [] }, i) => {
    const path = newPath('extenders').index(i);
    if (prioritizeVerb && weight <= 0)
      errors.push(invalid(path.child('weight'), weight, 'must have a positive weight applied to it'));
    managedResources.forEach(({ name }, j) => {
      const at = path.child('managedResources').index(j).child('name');
      if (!isExtendedResourceName(name)) errors.push(invalid(at, name, 'is an invalid extended resource name'));
      if (managed.has(name)) errors.push(invalid(at, name, 'duplicate extender managed resource name'));
      managed.add(name);
    });
  });
  const binders = extenders.filter(({ bindVerb }) => bindVerb).length;
  if (binders > 1)
    errors.push(
      invalid(
        newPath('extenders'),
        `found ${binders} extenders implementing bind`,
        'only one extender can implement bind',
      ),
    );
  return errors;
}

/** Resources that only extenders count are none of the fit plugin's business. Upstream: scheduler.go buildExtenders (v1.36) */
function withIgnoredResources(configuration: SchedulerConfiguration): SchedulerConfiguration {
  const ignored = (configuration.extenders ?? []).flatMap(({ managedResources = [] }) =>
    managedResources.filter((resource) => resource.ignoredByScheduler).map(({ name }) => name),
  );
  if (ignored.length === 0) return configuration;
  const profiles = (configuration.profiles ?? [{}]).map((profile) => {
    const { pluginConfig = [] } = profile;
    const own = pluginConfig.find(({ name }) => name === 'NodeResourcesFit')?.args ?? {};
    const args = { ...own, ignoredResources: [...(own.ignoredResources ?? []), ...ignored] };
    const others = pluginConfig.filter(({ name }) => name !== 'NodeResourcesFit');
    return { ...profile, pluginConfig: [...others, { name: 'NodeResourcesFit', args }] };
  });
  return { ...configuration, profiles };
}

/**
 * Checks what a person configures, and completes it: what is in a KubeSchedulerConfiguration file, or the same given as an object.
 *
 * @throws Error that says what is wrong, in kube-scheduler's words
 */
export function decodeSchedulerConfiguration(document: unknown): SchedulerConfiguration {
  if (!isJsonObject(document)) throw new Error(`${kind}: an object is expected`);
  const { kind: givenKind = kind, apiVersion: givenVersion = apiVersion } = document;
  if (givenKind !== kind || givenVersion !== apiVersion) {
    throw new Error(
      `no kind ${JSON.stringify(givenKind)} is registered for version ${JSON.stringify(givenVersion)} in scheme "pkg/scheduler/apis/config/scheme/scheme.go:30"`,
    );
  }
  const unknown = unknownFields(withoutFunctions(document), kind, '');
  if (unknown.length > 0) throw new Error(`strict decoding error: ${unknown.join(', ')}`);
  const configuration = document as SchedulerConfiguration;
  const errors = validate(configuration);
  if (errors.length > 0) throw new Error(toAggregate(errors));
  checkPluginNames(configuration);
  return withIgnoredResources(configuration);
}

/** What a program gives besides: functions, plugins of its own. */
function withoutFunctions(document: JsonObject): JsonObject {
  const { outOfTreePlugins: _plugins, explain: _explain, ...rest } = document;
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => typeof value !== 'function'));
}

function checkPluginNames({ profiles = [], outOfTreePlugins = [] }: SchedulerConfiguration): void {
  const known = new Set([...pluginRegistry, ...outOfTreePlugins].map(({ name }) => name));
  for (const { plugins = {} } of profiles) {
    for (const { enabled = [] } of Object.values(plugins)) {
      for (const { name } of enabled) {
        if (!known.has(name)) throw new Error(`initializing profiles: plugin ${JSON.stringify(name)} does not exist`);
      }
    }
  }
}
