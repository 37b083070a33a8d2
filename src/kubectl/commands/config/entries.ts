import { encodeBase64 } from '../../../apimachinery/base64.ts';
import type { JsonObject } from '../../../apimachinery/json-value.ts';
import type { Process } from '../../../process/process.ts';
import type { Command, Invocation } from '../../command.ts';
import { KubectlError } from '../../errors.ts';
import { pathKind, readFileBytes, resolvePath } from '../../files.ts';
import { flagSpecs } from '../../flags/flag-spec.ts';
import { arrayAt } from '../../object.ts';
import { parsePairs } from '../../pairs.ts';
import { changeEntry, modifyConfig, onlyArgument } from './config-support.ts';

export const setCluster: Command = {
  use: 'set-cluster NAME [--server=server] [--certificate-authority=path/to/certificate/authority] [--insecure-skip-tls-verify=true] [--tls-server-name=example.com]',
  short: 'Set a cluster entry in kubeconfig',
  long: 'Makes a cluster entry, or changes fields of one.',
  example: 'kubectl config set-cluster e2e --server=https://1.2.3.4',
  flags: flagSpecs(`
    certificate-authority='' embed-certs=false insecure-skip-tls-verify=false proxy-url='' server='' tls-server-name=''
  `),
  plainUseLine: true,
  completion: 'cluster',
  run: runSetCluster,
};

/** Upstream: kubectl/pkg/cmd/config/set_cluster.go (v1.36) */
function* runSetCluster(invocation: Invocation): Process<void> {
  const { flags, factory, context, out } = invocation;
  const name = yield* onlyArgument(invocation);
  const [authority, embed] = [flags.string('certificate-authority'), flags.bool('embed-certs')];
  if (name === '') throw new KubectlError('you must specify a non-empty cluster name');
  if (flags.bool('insecure-skip-tls-verify') && authority !== '') {
    throw new KubectlError('you cannot specify a certificate authority and insecure mode at the same time');
  }
  if (embed && authority === '') throw new KubectlError('you must specify a --certificate-authority to embed');
  if (embed) checkFile(invocation, 'certificate-authority', authority);
  const changes: Record<string, unknown> = {};
  if (flags.changed('server')) {
    changes['server'] = flags.string('server');
    changes['tls-server-name'] = undefined;
  }
  if (flags.changed('tls-server-name')) changes['tls-server-name'] = flags.string('tls-server-name');
  const insecure = flags.changed('insecure-skip-tls-verify') && flags.bool('insecure-skip-tls-verify');
  changes['insecure-skip-tls-verify'] = insecure || undefined;
  if (insecure) {
    Object.assign(changes, { 'certificate-authority': undefined, 'certificate-authority-data': undefined });
  }
  if (flags.changed('certificate-authority')) {
    const data = embed ? encodeBase64(readFileBytes(context, authority)) : undefined;
    Object.assign(changes, {
      'certificate-authority': embed ? undefined : resolvePath(context, authority),
      'certificate-authority-data': data,
      'insecure-skip-tls-verify': undefined,
    });
  }
  if (flags.changed('proxy-url')) changes['proxy-url'] = flags.string('proxy-url');
  modifyConfig(invocation, withServer(changeEntry(factory.kubeconfig, 'clusters', name, changes), name));
  yield* out.line(`Cluster ${JSON.stringify(name)} set.`);
}

type Config = ReturnType<typeof changeEntry>;

/** A cluster always has a server, if only an empty one. */
function withServer(config: Config, name: string): Config {
  const cluster = config.clusters.get(name);
  if (cluster === undefined || cluster['server'] !== undefined) return config;
  return { ...config, clusters: new Map([...config.clusters, [name, { ...cluster, server: '' }]]) };
}

function checkFile({ context }: Invocation, what: string, path: string): void {
  if (pathKind(context, path) !== 'none') return;
  throw new KubectlError(`could not stat ${what} file ${path}: stat ${path}: no such file or directory`);
}

export const setCredentials: Command = {
  use: 'set-credentials NAME [--client-certificate=path/to/certfile] [--client-key=path/to/keyfile] [--token=bearer_token] [--username=basic_user] [--password=basic_password] [--auth-provider=provider_name] [--auth-provider-arg=key=value] [--exec-command=exec_command] [--exec-api-version=exec_api_version] [--exec-arg=arg] [--exec-env=key=value]',
  short: 'Set a user entry in kubeconfig',
  long: 'Makes a user entry, or changes fields of one. A token and a name with a password exclude each other.',
  example: 'kubectl config set-credentials ann --token=abc',
  flags: flagSpecs(`
    auth-provider='' auth-provider-arg=[] client-certificate='' client-key='' embed-certs=false exec-api-version='' exec-arg=[]
    exec-command='' exec-env:array=[] exec-interactive-mode='' exec-provide-cluster-info=false password='' token='' username=''
  `),
  plainUseLine: true,
  completion: 'user',
  run: runSetCredentials,
};

/** Upstream: kubectl/pkg/cmd/config/set_credentials.go (v1.36) */
function* runSetCredentials(invocation: Invocation): Process<void> {
  const { factory, out } = invocation;
  const name = yield* onlyArgument(invocation, false);
  if (name === '') throw new KubectlError('you must specify a non-empty user name');
  checkCredentials(invocation);
  const before = factory.kubeconfig.users.get(name) ?? {};
  const changes = {
    ...certificateChanges(invocation),
    ...loginChanges(invocation),
    ...providerChanges(invocation, before),
    ...execChanges(invocation, before),
  };
  modifyConfig(invocation, changeEntry(factory.kubeconfig, 'users', name, changes));
  yield* out.line(`User ${JSON.stringify(name)} set.`);
}

function checkCredentials(invocation: Invocation): void {
  const { flags } = invocation;
  const basic = flags.string('username') !== '' || flags.string('password') !== '';
  if (flags.string('token') !== '' && basic) {
    throw new KubectlError(
      'you cannot specify more than one authentication method at the same time: --token, --username/--password',
    );
  }
  const [certificate, key] = [flags.string('client-certificate'), flags.string('client-key')];
  if (flags.bool('embed-certs')) {
    if (certificate === '' && key === '') {
      throw new KubectlError('you must specify a --client-certificate or --client-key to embed');
    }
    if (certificate !== '') checkFile(invocation, 'client-certificate', certificate);
    if (key !== '') checkFile(invocation, 'client-key', key);
  }
  const mode = flags.string('exec-interactive-mode');
  if (flags.changed('exec-interactive-mode') && !['IfAvailable', 'Always', 'Never'].includes(mode)) {
    throw new KubectlError('invalid interactive mode type, can be only IfAvailable, Never, Always');
  }
}

function certificateChanges({ flags, context }: Invocation): Record<string, unknown> {
  const changes: Record<string, unknown> = {};
  for (const field of ['client-certificate', 'client-key'].filter((one) => flags.changed(one))) {
    const path = flags.string(field);
    const embed = flags.bool('embed-certs');
    changes[field] = embed ? undefined : resolvePath(context, path);
    changes[`${field}-data`] = embed ? encodeBase64(readFileBytes(context, path)) : undefined;
  }
  return changes;
}

function loginChanges({ flags }: Invocation): Record<string, unknown> {
  const changes: Record<string, unknown> = {};
  for (const field of ['token', 'username', 'password'].filter((one) => flags.changed(one))) {
    changes[field] = flags.string(field);
  }
  const token = flags.string('token') !== '';
  const basic = flags.string('username') !== '' || flags.string('password') !== '';
  if (token && !basic) Object.assign(changes, { username: undefined, password: undefined });
  if (basic && !token) changes['token'] = undefined;
  return changes;
}

function providerChanges({ flags }: Invocation, before: JsonObject): Record<string, unknown> {
  const old = before['auth-provider'] as JsonObject | undefined;
  const name = flags.changed('auth-provider') ? flags.string('auth-provider') : String(old?.['name'] ?? '');
  if (name === '') return {};
  const { set, remove } = parsePairs(flags.strings('auth-provider-arg'), 'auth-provider-arg', true);
  const kept = old?.['name'] === name ? (old['config'] as JsonObject | undefined) : undefined;
  const config = Object.fromEntries([...Object.entries(kept ?? {}), ...set].filter(([key]) => !remove.includes(key)));
  return { 'auth-provider': { config, name } };
}

function execChanges({ flags }: Invocation, before: JsonObject): Record<string, unknown> {
  const old = before['exec'] as JsonObject | undefined;
  if (old === undefined && !flags.changed('exec-command')) return {};
  const { set, remove } = parsePairs(flags.strings('exec-env'), 'exec-env', true);
  const kept = arrayAt<{ name: string; value: string }>(old, 'env')
    .filter(({ name }) => !remove.includes(name))
    .map(({ name, value }) => ({ name, value: set.get(name) ?? value }));
  const added = [...set].filter(([name]) => !kept.some((one) => one.name === name));
  const env = [...kept, ...added.map(([name, value]) => ({ name, value }))];
  const args = flags.strings('exec-arg');
  const exec = {
    provideClusterInfo: false,
    ...old,
    ...(flags.changed('exec-command') ? { command: flags.string('exec-command'), args: null } : {}),
    ...(flags.changed('exec-api-version') ? { apiVersion: flags.string('exec-api-version') } : {}),
    ...(args.length > 0 ? { args } : {}),
    ...(flags.changed('exec-interactive-mode') ? { interactiveMode: flags.string('exec-interactive-mode') } : {}),
    ...(flags.changed('exec-provide-cluster-info')
      ? { provideClusterInfo: flags.bool('exec-provide-cluster-info') }
      : {}),
    env: env.length > 0 ? env : null,
  };
  return { exec };
}
