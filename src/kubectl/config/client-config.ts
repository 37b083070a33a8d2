import { quote } from '../../apimachinery/go-format.ts';
import type { ProgramContext } from '../../shell/context.ts';
import { KubectlError } from '../errors.ts';
import { pathKind, readFileText } from '../files.ts';
import type { FlagSet } from '../flags/flag-set.ts';
import type { JsonObject } from '../../apimachinery/json-value.ts';
import type { Kubeconfig } from './kubeconfig.ts';

/** How to reach a server, and as whom: what a host needs to make a transport. Strings are empty when unset. */
export interface RestConfig {
  readonly server: string;
  readonly tlsServerName: string;
  readonly insecure: boolean;
  /** PEM. */
  readonly certificateAuthority: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The context in force: with what flags say over what files say. Upstream: client-go/tools/clientcmd/client_config.go (v1.36) */
export interface EffectiveConfig {
  readonly contextName: string;
  readonly clusterName: string;
  readonly userName: string;
  readonly cluster: JsonObject;
  readonly user: JsonObject;
  readonly namespace: string;
  /** Whether the namespace was asked for on the command line. */
  readonly namespaceIsExplicit: boolean;
}

const text = (object: JsonObject, key: string): string => {
  const value = object[key];
  return typeof value === 'string' ? value : '';
};

/** @throws KubectlError when the context does not exist */
export function effectiveConfig(config: Kubeconfig, flags: FlagSet): EffectiveConfig {
  const wanted = flags.sharedString('context');
  const contextName = wanted === '' ? config.currentContext : wanted;
  const context = config.contexts.get(contextName);
  if (contextName !== '' && context === undefined) {
    if (wanted !== '') throw new KubectlError(`context ${quote(contextName)} does not exist`);
    throw new KubectlError(`current-context ${quote(contextName)} does not exist`);
  }
  const clusterName = flags.sharedString('cluster') || text(context ?? {}, 'cluster');
  const userName = flags.sharedString('user') || text(context ?? {}, 'user');
  const cluster = config.clusters.get(clusterName);
  if (flags.sharedChanged('cluster') && cluster === undefined) {
    throw new KubectlError(`cluster ${quote(clusterName)} does not exist`);
  }
  const user = config.users.get(userName);
  if (flags.sharedChanged('user') && user === undefined)
    throw new KubectlError(`auth info ${quote(userName)} does not exist`);
  const explicit = flags.sharedChanged('namespace') && flags.sharedString('namespace') !== '';
  return {
    contextName,
    clusterName,
    userName,
    cluster: withClusterFlags(cluster ?? {}, flags),
    user: withUserFlags(user ?? {}, flags),
    namespace: explicit ? flags.sharedString('namespace') : text(context ?? {}, 'namespace') || 'default',
    namespaceIsExplicit: explicit,
  };
}

function withClusterFlags(cluster: JsonObject, flags: FlagSet): JsonObject {
  const out: Record<string, unknown> = { ...cluster };
  if (flags.sharedChanged('server') && flags.sharedString('server') !== '')
    out['server'] = flags.sharedString('server');
  if (flags.sharedChanged('tls-server-name')) out['tls-server-name'] = flags.sharedString('tls-server-name');
  if (flags.sharedString('certificate-authority') !== '') {
    out['certificate-authority'] = flags.sharedString('certificate-authority');
    delete out['certificate-authority-data'];
  }
  if (flags.bool('insecure-skip-tls-verify')) {
    out['insecure-skip-tls-verify'] = true;
    delete out['certificate-authority'];
    delete out['certificate-authority-data'];
  }
  return out;
}

function withUserFlags(user: JsonObject, flags: FlagSet): JsonObject {
  const out: Record<string, unknown> = { ...user };
  for (const name of ['token', 'username', 'password', 'client-certificate', 'client-key', 'as', 'as-uid']) {
    if (flags.sharedChanged(name) && flags.sharedString(name) !== '') out[name] = flags.sharedString(name);
  }
  if (flags.sharedChanged('as-group')) out['as-groups'] = flags.strings('as-group');
  if (flags.sharedChanged('as-user-extra')) out['as-user-extra'] = extras(flags.strings('as-user-extra'));
  return out;
}

function extras(pairs: readonly string[]): JsonObject {
  const out = new Map<string, string[]>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const key = at < 0 ? pair : pair.slice(0, at);
    out.set(key, [...(out.get(key) ?? []), at < 0 ? '' : pair.slice(at + 1)]);
  }
  return Object.fromEntries(out);
}

/** @throws KubectlError for a configuration that cannot be used */
export function restConfig(context: ProgramContext, effective: EffectiveConfig): RestConfig {
  const { cluster, user } = effective;
  const problems = [...userProblems(effective, context), ...clusterProblems(effective, context)];
  if (problems.length > 0)
    throw new KubectlError(problems.length === 1 ? (problems[0] ?? '') : `[${problems.join(', ')}]`);
  const server = text(cluster, 'server') || 'http://localhost:8080';
  return {
    server: /^\w+:\/\//.test(server) ? server : `http://${server}`,
    tlsServerName: text(cluster, 'tls-server-name'),
    insecure: cluster['insecure-skip-tls-verify'] === true,
    certificateAuthority: fileOrData(context, cluster, 'certificate-authority'),
    clientCertificate: fileOrData(context, user, 'client-certificate'),
    clientKey: fileOrData(context, user, 'client-key'),
    headers: { ...authHeaders(context, user), ...impersonationHeaders(user) },
  };
}

function clusterProblems({ cluster, clusterName }: EffectiveConfig, context: ProgramContext): string[] {
  const file = text(cluster, 'certificate-authority');
  if (file === '' || text(cluster, 'certificate-authority-data') !== '' || pathKind(context, file) !== 'none')
    return [];
  return [
    `unable to read certificate-authority ${file} for ${clusterName} due to open ${file}: no such file or directory`,
  ];
}

function userProblems({ user, userName }: EffectiveConfig, context: ProgramContext): string[] {
  const problems: string[] = [];
  const methods = [
    ...(text(user, 'token') !== '' ? ['token'] : []),
    ...(text(user, 'username') !== '' || text(user, 'password') !== '' ? ['basicAuth'] : []),
  ];
  if (text(user, 'client-certificate') !== '' || text(user, 'client-certificate-data') !== '') {
    if (text(user, 'client-key') === '' && text(user, 'client-key-data') === '') {
      problems.push(
        `client-key-data or client-key must be specified for ${userName} to use the clientCert authentication method.`,
      );
    }
    for (const [key, word] of [
      ['client-certificate', 'client-cert'],
      ['client-key', 'client-key'],
    ] as const) {
      const file = text(user, key);
      if (file !== '' && pathKind(context, file) === 'none') {
        problems.push(`unable to read ${word} ${file} for ${userName} due to open ${file}: no such file or directory`);
      }
    }
  }
  if (methods.length > 1) {
    problems.push(
      `more than one authentication method found for ${userName}; found [${methods.join(' ')}], only one is allowed`,
    );
  }
  const impersonates = ['as-uid', 'as-groups', 'as-user-extra'].some((key) => user[key] !== undefined);
  if (impersonates && text(user, 'as') === '') {
    problems.push(`requesting uid, groups or user-extra for ${userName} without impersonating a user`);
  }
  return problems;
}

function fileOrData(context: ProgramContext, object: JsonObject, key: string): string {
  const data = text(object, `${key}-data`);
  if (data !== '') return atob(data);
  const file = text(object, key);
  return file === '' || pathKind(context, file) === 'none' ? '' : readFileText(context, file);
}

function authHeaders(context: ProgramContext, user: JsonObject): Record<string, string> {
  const tokenFile = text(user, 'tokenFile');
  const token = text(user, 'token') || (tokenFile === '' ? '' : readFileText(context, tokenFile).trim());
  if (token !== '') return { authorization: `Bearer ${token}` };
  const username = text(user, 'username');
  return username === '' ? {} : { authorization: `Basic ${btoa(`${username}:${text(user, 'password')}`)}` };
}

function impersonationHeaders(user: JsonObject): Record<string, string> {
  const out: Record<string, string> = {};
  if (text(user, 'as') !== '') out['impersonate-user'] = text(user, 'as');
  if (text(user, 'as-uid') !== '') out['impersonate-uid'] = text(user, 'as-uid');
  const groups = (user['as-groups'] ?? []) as readonly string[];
  if (groups.length > 0) out['impersonate-group'] = groups.join(',');
  for (const [key, values] of Object.entries((user['as-user-extra'] ?? {}) as Record<string, readonly string[]>)) {
    out[`impersonate-extra-${key.toLowerCase()}`] = values.join(',');
  }
  return out;
}
