import type { JsonObject } from '../../../apimachinery/json-value.ts';
import type { Process } from '../../../process/process.ts';
import type { Command, Invocation } from '../../command.ts';
import { type Kubeconfig, kubeconfigObject } from '../../config/kubeconfig.ts';
import { KubectlError } from '../../errors.ts';
import { pathKind, readFileBytes } from '../../files.ts';
import { flagSpecs } from '../../flags/flag-spec.ts';
import type { Unstructured } from '../../object.ts';
import { printerFor } from '../../printers/object-printer.ts';

const omitted = 'DATA+OMITTED';
const redacted = 'REDACTED';
const dataFields = ['certificate-authority-data', 'client-certificate-data', 'client-key-data'];

export const view: Command = {
  use: 'view',
  short: 'Display merged kubeconfig settings or a specified kubeconfig file',
  long: 'Shows the kubeconfig, all files of it taken together. Secrets are hidden unless --raw is given.',
  example: `kubectl config view

# Only what the current context needs
kubectl config view --minify`,
  flags: flagSpecs(`
    allow-missing-template-keys=true flatten=false merge=true minify=false o/output='yaml' raw=false
    show-managed-fields=false template=''
  `),
  run: runView,
};

/** Upstream: kubectl/pkg/cmd/config/view.go (v1.36) */
function* runView(invocation: Invocation): Process<void> {
  const { flags, args, factory, context, out } = invocation;
  if (args.length > 0) throw new KubectlError(`unexpected arguments: [${args.join(' ')}]`);
  if (factory.kubeconfigPaths.explicit === undefined && !flags.bool('merge')) {
    throw new KubectlError('if merge==false a precise file must be specified');
  }
  let config = factory.kubeconfig;
  if (flags.bool('minify')) config = minified(config, factory.effective.contextName);
  if (flags.bool('flatten')) config = flattened(invocation, config);
  else if (!flags.bool('raw')) config = withoutSecrets(config);
  const printer = printerFor(context, flags, { defaultFormat: 'yaml' });
  yield* out.print(printer.print(kubeconfigObject(config) as Unstructured, { typed: true }));
}

function minified(config: Kubeconfig, name: string): Kubeconfig {
  if (name === '') throw new KubectlError('current-context must exist in order to minify');
  const context = config.contexts.get(name);
  if (context === undefined) {
    throw new KubectlError(`cannot locate context ${name}`);
  }
  const only = (section: ReadonlyMap<string, JsonObject>, key: unknown) =>
    new Map([...section].filter(([one]) => one === key));
  return {
    ...config,
    currentContext: name,
    contexts: only(config.contexts, name),
    clusters: only(config.clusters, context['cluster']),
    users: only(config.users, context['user']),
  };
}

const mapEntries = (
  section: ReadonlyMap<string, JsonObject>,
  change: (entry: JsonObject) => JsonObject,
): ReadonlyMap<string, JsonObject> => new Map([...section].map(([name, entry]) => [name, change(entry)]));

/** Upstream: client-go/tools/clientcmd/api/helpers.go RedactSecrets, ShortenConfig (v1.36) */
function withoutSecrets(config: Kubeconfig): Kubeconfig {
  const hide = (entry: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(entry).map(([key, value]) => {
        if (dataFields.includes(key)) return [key, omitted];
        return [key, key === 'token' || key === 'password' ? redacted : value];
      }),
    );
  return { ...config, clusters: mapEntries(config.clusters, hide), users: mapEntries(config.users, hide) };
}

/** Files become data. Upstream: helpers.go FlattenConfig (v1.36) */
function flattened({ context }: Invocation, config: Kubeconfig): Kubeconfig {
  const inline = (entry: JsonObject): JsonObject => {
    let changed = entry;
    for (const field of ['certificate-authority', 'client-certificate', 'client-key']) {
      const path = changed[field];
      if (typeof path !== 'string' || path === '') continue;
      if (pathKind(context, path) === 'none') throw new KubectlError(`open ${path}: no such file or directory`);
      const { [field]: _path, ...others } = changed;
      const text = Array.from(readFileBytes(context, path), (byte) => String.fromCharCode(byte)).join('');
      changed = { ...others, [`${field}-data`]: btoa(text) };
    }
    return changed;
  };
  return { ...config, clusters: mapEntries(config.clusters, inline), users: mapEntries(config.users, inline) };
}
