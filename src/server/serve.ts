/** `tabernetes serve`: a cluster behind HTTPS and WebSocket, for real kubectl, Helm, client libraries and test suites. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { FieldDescriptions } from '../api/field-descriptions.ts';
import { parseYaml } from '../apimachinery/yaml.ts';
import { type ClusterOptions, createCluster } from '../engine/cluster.ts';
import { Pacer, type PacerHost } from '../engine/cluster-pacer.ts';
import type { NodePool } from '../protocol/control.ts';
import type { UserInfo } from '../protocol/rest.ts';
import { servingCertificate } from './certificates.ts';
import { startHttpServer } from './http-server.ts';
import { kubeconfigText } from './kubeconfig.ts';
import { parseTokenFile } from './token-file.ts';

export interface ServeOptions {
  readonly port: number;
  readonly host: string;
  readonly nodes: number;
  readonly hollow: boolean;
  readonly controllers: boolean;
  readonly scheduler: boolean;
  readonly metricsServer: boolean;
  readonly nodePools: readonly NodePool[];
  readonly tokenAuthFile?: string;
  /** A KubeSchedulerConfiguration. */
  readonly schedulerConfig?: string;
  /** Where the kubeconfig is written. */
  readonly kubeconfig: string;
  readonly speed: number;
  readonly seed: string;
  readonly latency: 'realistic' | 'instant';
  /** Plain HTTP; clients do not send tokens over it. */
  readonly insecure: boolean;
  /** Texts for OpenAPI documents (`kubectl explain`), once they are there. */
  readonly fieldDescriptions?: () => FieldDescriptions | undefined;
  /** Receives what is worth telling: the address, errors of components. */
  readonly log: (line: string) => void;
}

export interface Served {
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

const nodeHost: PacerHost = {
  now: () => performance.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
  setImmediate: (callback) => void setImmediate(callback),
};

/**
 * Clients have a clock of their own, and certificates, tokens and leases are dated: a server that was kept from running makes up for
 * it, as a machine's clock goes on. Only what a suspended machine slept through is given up.
 */
const lagLimitMs = 600_000;

const admin: UserInfo = { username: 'kubernetes-admin', uid: 'admin', groups: ['system:masters'] };

/** Starts a cluster and serves it until `close`. Rejects when the port is taken or the token file is broken. */
export async function serve(options: ServeOptions): Promise<Served> {
  const tokens = options.tokenAuthFile
    ? parseTokenFile(readFileSync(options.tokenAuthFile, 'utf8'))
    : new Map([['admin-token', admin]]);
  const certificate = options.insecure
    ? undefined
    : await servingCertificate(options.host, join(homedir(), '.tabernetes', 'pki'));
  let publicAddress = '';
  const startedAt = nodeHost.now();
  const cluster = createCluster({
    ...clusterOptions(options),
    publicAddress: () => publicAddress || undefined,
    tokens,
    ...(certificate ? { authority: certificate.authority } : {}),
  });
  const pacer = new Pacer(cluster.sim, nodeHost, { lagLimitMs });
  pacer.setSpeed(options.speed);
  const server = await startHttpServer({
    handler: { handle: (request, exchange) => cluster.handleAsPerson(request, exchange) },
    port: options.port,
    host: options.host,
    ...(certificate ? { certificate } : {}),
    afterRequest: () => pacer.kick(),
    onProblem: (error) => options.log(`server: ${error instanceof Error ? error.stack : String(error)}`),
  });
  pacer.start(startedAt);
  publicAddress = `${options.host}:${server.port}`;
  const address = `${certificate ? 'https' : 'http'}://${publicAddress}`;
  writeKubeconfig(
    options.kubeconfig,
    kubeconfigText({
      server: address,
      token: tokenOfAdmin(tokens),
      ...(certificate ? { ca: certificate.authority.certificate } : {}),
    }),
  );
  return {
    address,
    port: server.port,
    close: async () => {
      pacer.stop();
      await server.close();
      cluster.stop();
    },
  };
}

function clusterOptions(options: ServeOptions): ClusterOptions {
  return {
    seed: options.seed,
    epochMs: Date.now(),
    nodes: options.nodes,
    hollow: options.hollow,
    controllers: options.controllers,
    scheduler: options.scheduler,
    metricsServer: options.metricsServer,
    nodePools: options.nodePools,
    latency: options.latency,
    ...(options.schedulerConfig ? { schedulerConfiguration: readConfiguration(options.schedulerConfig) } : {}),
    ...(options.fieldDescriptions ? { fieldDescriptions: options.fieldDescriptions } : {}),
    systemPods: !options.hollow && options.controllers && options.scheduler,
    onProblem: (problem) => options.log(`${problem.component}: ${problem.message}`),
  };
}

/** What the file says; the cluster checks it. */
function readConfiguration(file: string): NonNullable<ClusterOptions['schedulerConfiguration']> {
  return (parseYaml(readFileSync(file, 'utf8')) ?? {}) as NonNullable<ClusterOptions['schedulerConfiguration']>;
}

/** The token of a cluster administrator, or else the first one. */
function tokenOfAdmin(tokens: ReadonlyMap<string, UserInfo>): string {
  const found = [...tokens].find(([, user]) => user.groups.includes('system:masters')) ?? [...tokens][0];
  return found?.[0] ?? '';
}

function writeKubeconfig(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o600 });
}
