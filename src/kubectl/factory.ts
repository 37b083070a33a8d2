import { userAgent } from '../apimachinery/build-version.ts';
import { Client } from '../client/client.ts';
import type { Process } from '../process/process.ts';
import type { Transport } from '../protocol/rest.ts';
import type { ProgramContext } from '../shell/context.ts';
import { type EffectiveConfig, effectiveConfig, type RestConfig, restConfig } from './config/client-config.ts';
import { type Kubeconfig, kubeconfigPaths, loadKubeconfig } from './config/kubeconfig.ts';
import { ConnectionError, ExitError, KubectlError } from './errors.ts';
import { parseDuration } from '../apimachinery/duration.ts';
import type { FlagSet } from './flags/flag-set.ts';
import { ClientLog } from './rest/client-log.ts';
import type { Output } from './output.ts';
import { ResourceBuilder } from './resource/resource-builder.ts';
import { discover, type Discovery, type RestMapping } from './rest/discovery.ts';
import { OpenApi } from './rest/open-api.ts';
import { type HelperOptions, ResourceHelper } from './rest/resource-helper.ts';
import { RestClient } from './rest/rest-client.ts';
import { WarningCollector } from './rest/warnings.ts';

/** Makes a transport for a configuration: the power `kubectl.connect` of hosts that can reach servers outside. */
export type Connect = (config: RestConfig) => Transport;

/**
 * What commands share on one command line: configuration, client, discovery.
 *
 * Upstream: kubectl/pkg/cmd/util/factory_client_access.go (v1.36)
 */
export class Factory {
  readonly context: ProgramContext;
  readonly flags: FlagSet;
  readonly warnings = new WarningCollector();
  readonly #err: Output;
  #kubeconfig: Kubeconfig | undefined;
  #effective: EffectiveConfig | undefined;
  #rest: RestClient | undefined;
  #discovery: Discovery | undefined;
  #openApi: OpenApi | undefined;

  constructor(context: ProgramContext, flags: FlagSet, err: Output) {
    this.context = context;
    this.flags = flags;
    this.#err = err;
  }

  get kubeconfigPaths() {
    return kubeconfigPaths(this.context, this.flags.string('kubeconfig'));
  }

  /** The merged files, as they are. */
  get kubeconfig(): Kubeconfig {
    this.#kubeconfig ??= loadKubeconfig(this.context, this.kubeconfigPaths);
    return this.#kubeconfig;
  }

  get effective(): EffectiveConfig {
    this.#effective ??= effectiveConfig(this.kubeconfig, this.flags);
    return this.#effective;
  }

  /** The namespace in force. */
  get namespace(): string {
    const { namespace, namespaceIsExplicit } = this.effective;
    if (namespaceIsExplicit || this.effective.contextName !== '') return namespace;
    return this.#inClusterNamespace() ?? namespace;
  }

  get namespaceIsExplicit(): boolean {
    return this.effective.namespaceIsExplicit;
  }

  #inClusterNamespace(): string | undefined {
    const file = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';
    if (!this.context.fs.exists(file)) return undefined;
    return new TextDecoder().decode(this.context.fs.readFile(file)).trim();
  }

  /** @throws KubectlError when there is no way to reach a server */
  get rest(): RestClient {
    this.#rest ??= this.#connect();
    return this.#rest;
  }

  #connect(): RestClient {
    const config = restConfig(this.context, this.effective);
    const scheme = /^(\w+):/.exec(config.server)?.[1] ?? '';
    const timeout = this.flags.string('request-timeout');
    const timeoutMs = requestTimeout(timeout);
    const transport = this.#transport(config, scheme);
    const headers = { 'user-agent': userAgent('kubectl'), ...config.headers };
    const host = config.server.replace(/^\w+:\/\//, '').replace(/\/.*$/, '');
    const logged = new ClientLog(this.context, this.flags.int('v'), config.server).wrap(transport, this.#err);
    return new RestClient(new Client(logged, headers), { err: this.#err, warnings: this.warnings, host, timeoutMs });
  }

  #transport(config: RestConfig, scheme: string): Transport {
    const given = this.context.powers.get('kubectl.transport') as Transport | undefined;
    if (given !== undefined && !this.flags.sharedChanged('server')) return given;
    const connect = this.context.powers.get('kubectl.connect') as Connect | undefined;
    if (connect !== undefined && (scheme === 'http' || scheme === 'https')) return connect(config);
    const why =
      scheme === 'http' || scheme === 'https'
        ? `dial tcp: no route to ${config.server}`
        : `unsupported protocol scheme ${JSON.stringify(scheme)}`;
    return {
      request: (_request, receiver) => {
        receiver.fail(new ConnectionError(`Unable to connect to the server: ${why}`));
        return { abort: () => {}, send: () => {}, closeSend: () => {} };
      },
    };
  }

  *discovery(): Process<Discovery> {
    if (this.#discovery) return this.#discovery;
    try {
      this.#discovery = yield* discover(this.rest, this.warnings);
    } catch (error) {
      if (error instanceof ConnectionError) yield* this.#logDiscoveryFailure(error);
      throw error;
    }
    return this.#discovery;
  }

  *#logDiscoveryFailure(error: ConnectionError): Process<void> {
    const log = new ClientLog(this.context, 0, '');
    const why = error.message.replace(/^Unable to connect to the server: /, '');
    const { server } = restConfig(this.context, this.effective);
    const refused = `dial tcp ${this.rest.host}: connect: connection refused`;
    const text = `couldn't get current server API group list: Get "${server}/api?timeout=32s": ${/was refused/.test(why) ? refused : why}`;
    const line = log.line('E', 'memcache.go:265', `"Unhandled Error" err=${JSON.stringify(text)}`);
    yield* this.#err.print(line.repeat(5));
  }

  /** Forgets what discovery said (a CRD may have come). */
  forgetDiscovery(): void {
    this.#discovery = undefined;
  }

  *openApi(): Process<OpenApi> {
    this.#openApi ??= new OpenApi(this.rest);
    return this.#openApi;
  }

  builder(): ResourceBuilder {
    return new ResourceBuilder(this);
  }

  helper(mapping: RestMapping, options: HelperOptions = {}): ResourceHelper {
    return new ResourceHelper(this.rest, mapping, options);
  }

  /** The mapping of a built-in or served kind. */
  *mapping(group: string, version: string, kind: string): Process<RestMapping> {
    return (yield* this.discovery()).mappingFor({ group, version, kind });
  }

  /** Ends with an error when warnings came and `--warnings-as-errors` is set. */
  checkWarnings(): void {
    if (!this.flags.bool('warnings-as-errors') || this.warnings.count === 0) return;
    const { count } = this.warnings;
    throw new ExitError(1, `error: ${count} warning${count === 1 ? '' : 's'} received`);
  }
}

/** Milliseconds; a bare number means seconds. Upstream: client-go/tools/clientcmd/helpers.go ParseTimeout (v1.36) */
function requestTimeout(text: string): number {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  try {
    return parseDuration(text);
  } catch {
    throw new KubectlError(
      `invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)`,
    );
  }
}
