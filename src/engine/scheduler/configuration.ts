/** The scheduler's configuration, in the words of KubeSchedulerConfiguration (kubescheduler.config.k8s.io/v1). */
import type { Handle, Plugin } from './framework.ts';
import type { CompileDeviceSelector } from './dynamic-resources/device-allocator.ts';
import type { CallExtender, ExtenderConfiguration } from './extender.ts';
import { type PluginArgs, type PluginRegistration, pluginRegistry } from './plugins/registry.ts';

export interface PluginReference {
  /** `*` in a `disabled` list: all. */
  readonly name: string;
  readonly weight?: number;
}

export interface PluginSet {
  readonly enabled?: readonly PluginReference[];
  readonly disabled?: readonly PluginReference[];
}

/** The methods that belong to each extension point. */
const methodsOf = {
  preEnqueue: ['preEnqueue'],
  queueSort: ['less'],
  preFilter: ['preFilter', 'addPod', 'removePod'],
  filter: ['filter'],
  postFilter: ['postFilter'],
  preScore: ['preScore'],
  score: ['score', 'normalizeScore'],
  reserve: ['reserve', 'unreserve'],
  permit: ['permit'],
  preBind: ['preBindPreFlight', 'preBind'],
  bind: ['bind'],
  postBind: ['postBind'],
} as const satisfies Record<string, readonly (keyof Plugin)[]>;

export type ExtensionPoint = keyof typeof methodsOf;
export const extensionPoints = Object.keys(methodsOf) as readonly ExtensionPoint[];

export interface ProfileConfiguration {
  /** Default `default-scheduler`. */
  readonly schedulerName?: string;
  readonly percentageOfNodesToScore?: number;
  readonly plugins?: Partial<Record<ExtensionPoint | 'multiPoint', PluginSet>>;
  readonly pluginConfig?: readonly { readonly name: string; readonly args: PluginArgs }[];
}

export interface SchedulerConfiguration {
  /** Default: one profile with the default plugins. */
  readonly profiles?: readonly ProfileConfiguration[];
  /** 0, the default: as many as the size of the cluster suggests. */
  readonly percentageOfNodesToScore?: number;
  /** Default 1. */
  readonly podInitialBackoffSeconds?: number;
  /** Default 10. */
  readonly podMaxBackoffSeconds?: number;
  readonly extenders?: readonly ExtenderConfiguration[];
  /** Plugins besides the built-in ones, for profiles to enable. */
  readonly outOfTreePlugins?: readonly PluginRegistration[];
  /** Makes functions of device selectors; without it no device is selected. */
  readonly compileDeviceSelector?: CompileDeviceSelector;
  /** How extenders are reached; without it they are not. */
  readonly callExtender?: CallExtender;
  /** How long one attempt takes, in ms of virtual time. Default 0. */
  readonly attemptMs?: () => number;
  /** Whether to keep why pods went where they went; default true. */
  readonly explain?: boolean;
}

export const defaultSchedulerName = 'default-scheduler';

const isDisabled = (set: PluginSet | undefined, name: string): boolean =>
  set?.disabled?.some((plugin) => plugin.name === name || plugin.name === '*') ?? false;

/** The names that the profile enables, defaults first, each with its weight. Upstream: apis/config/v1/default_plugins.go mergePluginSet */
function enabledPlugins(plugins: ProfileConfiguration['plugins'] = {}): Map<string, number> {
  const enabled = new Map<string, number>();
  for (const { name, weight } of pluginRegistry) if (!isDisabled(plugins.multiPoint, name)) enabled.set(name, weight);
  for (const { name, weight } of plugins.multiPoint?.enabled ?? []) enabled.set(name, weight || enabled.get(name) || 1);
  for (const [point, set] of Object.entries(plugins)) {
    if (point === 'multiPoint') continue;
    for (const { name, weight } of set?.enabled ?? []) {
      if (!enabled.has(name) || (point === 'score' && weight)) enabled.set(name, weight || 1);
    }
  }
  return enabled;
}

/** The plugin without the extension points at which the profile disables it. */
function withoutDisabledPoints(plugin: Plugin, plugins: ProfileConfiguration['plugins'] = {}): Plugin {
  const dropped = new Set<string>();
  for (const point of extensionPoints) {
    const set = plugins[point];
    const isEnabled = set?.enabled?.some(({ name }) => name === plugin.name);
    if (!isEnabled && isDisabled(set, plugin.name)) for (const method of methodsOf[point]) dropped.add(method);
  }
  if (dropped.size === 0) return plugin;
  return new Proxy(plugin, {
    get: (target, key) => {
      if (dropped.has(String(key))) return undefined;
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Makes the plugins of a profile. @throws Error for a name that no plugin has */
export function createPlugins(
  profile: ProfileConfiguration,
  handle: Handle,
  outOfTree: readonly PluginRegistration[] = [],
): { readonly plugin: Plugin; readonly weight: number }[] {
  const registry = new Map([...pluginRegistry, ...outOfTree].map((registration) => [registration.name, registration]));
  return [...enabledPlugins(profile.plugins)].map(([name, weight]) => {
    const registration = registry.get(name);
    if (!registration) throw new Error(`plugin "${name}" does not exist`);
    const args = profile.pluginConfig?.find((config) => config.name === name)?.args ?? {};
    return { plugin: withoutDisabledPoints(registration.create(args, handle), profile.plugins), weight };
  });
}
