import { join } from 'node:path';
import { homedir } from 'node:os';
import type { FieldDescriptions } from '../api/field-descriptions.ts';
import type { NodePool } from '../protocol/control.ts';
import { type ServeOptions, serve } from '../server/serve.ts';

interface Flag {
  readonly name: string;
  /** Shown for the value; absent for a switch. */
  readonly value?: string;
  readonly help: string;
}

const flags: readonly Flag[] = [
  { name: 'port', value: 'N', help: 'port to listen on (default 6443; 0 chooses a free one)' },
  { name: 'host', value: 'ADDRESS', help: 'address to listen on (default 127.0.0.1)' },
  { name: 'nodes', value: 'N', help: 'worker nodes (default 3)' },
  { name: 'hollow', help: "nodes whose kubelet only walks a pod's status, as kwok does" },
  { name: 'no-controllers', help: 'do not run the controller manager' },
  { name: 'no-scheduler', help: 'do not run the scheduler' },
  { name: 'scheduler-config', value: 'FILE', help: 'a KubeSchedulerConfiguration: profiles, plugins, extenders' },
  { name: 'metrics-server', help: 'measure what nodes and pods use: kubectl top, autoscalers (not with --hollow)' },
  {
    name: 'node-pool',
    value: 'NAME=MIN:MAX[:CPU:MEMORY]',
    help: 'machines that the cluster autoscaler rents and gives back; several with commas',
  },
  { name: 'token-auth-file', value: 'FILE', help: 'users: lines of token,user,uid,"group1,group2"' },
  { name: 'kubeconfig', value: 'FILE', help: 'where to write the kubeconfig (default ~/.tabernetes/kubeconfig)' },
  { name: 'speed', value: 'X', help: 'virtual seconds per second, 0.1 to 1000 (default 1)' },
  { name: 'seed', value: 'TEXT', help: 'seed of everything random (default tabernetes)' },
  { name: 'latency', value: 'PRESET', help: 'realistic, or instant (default instant with --hollow, else realistic)' },
  { name: 'insecure', help: 'plain HTTP; clients do not send tokens over it' },
  { name: 'help', help: 'show this text' },
];

const usage = (): string => {
  const lines = flags.map(({ name, value, help }) => `  ${`--${name}${value ? ` ${value}` : ''}`.padEnd(26)} ${help}`);
  return `Serves a simulated Kubernetes cluster over HTTPS and WebSocket.\n\nUsage: tabernetes serve [flags]\n\nFlags:\n${lines.join('\n')}\n`;
};

/** `tabernetes serve`: runs until SIGINT or SIGTERM. Gives the exit code. */
export async function serveCommand(args: readonly string[]): Promise<number> {
  let options: ServeOptions;
  try {
    const given = parseFlags(args);
    if (given.has('help')) {
      process.stdout.write(usage());
      return 0;
    }
    options = optionsFrom(given);
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\nSee 'tabernetes serve --help' for usage.\n`);
    return 1;
  }
  try {
    const served = await serve({ ...options, fieldDescriptions: loadDescriptions() });
    process.stdout.write(`Serving Kubernetes at ${served.address}\n  export KUBECONFIG=${options.kubeconfig}\n`);
    await new Promise<void>((resolve) => {
      process.once('SIGINT', resolve);
      process.once('SIGTERM', resolve);
    });
    await served.close();
    return 0;
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n`);
    return 1;
  }
}

/** Loads what the build made of the published client's texts; until then, and without them, there are none. */
function loadDescriptions(): () => FieldDescriptions | undefined {
  let loaded: FieldDescriptions | undefined;
  import('virtual:field-descriptions').then(
    ({ descriptions }) => (loaded = descriptions),
    () => undefined,
  );
  return () => loaded;
}

function parseFlags(args: readonly string[]): Map<string, string> {
  const given = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const [name = '', inline] = (args[i] ?? '').split(/=(.*)/s, 2);
    const flag = flags.find((one) => `--${one.name}` === name);
    if (!flag) throw new Error(`unknown flag: ${args[i]}`);
    const value = flag.value ? (inline ?? args[++i]) : (inline ?? 'true');
    if (value === undefined) throw new Error(`flag needs an argument: ${name}`);
    given.set(flag.name, value);
  }
  return given;
}

function optionsFrom(given: ReadonlyMap<string, string>): ServeOptions {
  const number = (name: string, fallback: number, valid: (value: number) => boolean): number => {
    const text = given.get(name);
    const value = text === undefined ? fallback : Number(text);
    if (!valid(value)) throw new Error(`invalid argument "${text}" for "--${name}" flag`);
    return value;
  };
  const hollow = given.get('hollow') === 'true';
  const latency = given.get('latency') ?? (hollow ? 'instant' : 'realistic');
  if (latency !== 'instant' && latency !== 'realistic')
    throw new Error(`invalid argument "${latency}" for "--latency" flag`);
  const tokenAuthFile = given.get('token-auth-file');
  const schedulerConfig = given.get('scheduler-config');
  return {
    port: number('port', 6443, (value) => Number.isInteger(value) && value >= 0 && value < 65_536),
    host: given.get('host') ?? '127.0.0.1',
    nodes: number('nodes', 3, (value) => Number.isInteger(value) && value >= 0 && value <= 10_000),
    hollow,
    controllers: given.get('no-controllers') !== 'true',
    scheduler: given.get('no-scheduler') !== 'true',
    metricsServer: given.get('metrics-server') === 'true',
    nodePools: nodePools(given.get('node-pool') ?? ''),
    ...(tokenAuthFile ? { tokenAuthFile } : {}),
    ...(schedulerConfig ? { schedulerConfig } : {}),
    kubeconfig: given.get('kubeconfig') ?? join(homedir(), '.tabernetes', 'kubeconfig'),
    speed: number('speed', 1, (value) => value >= 0.1 && value <= 1000),
    seed: given.get('seed') ?? 'tabernetes',
    latency,
    insecure: given.get('insecure') === 'true',
    log: (line) => void process.stderr.write(`${line}\n`),
  };
}

/** `small=0:5,large=0:2:16:64Gi`. @throws Error */
function nodePools(text: string): NodePool[] {
  return text
    .split(',')
    .filter((one) => one !== '')
    .map((one) => {
      const match = /^([a-z][a-z0-9-]*)=(\d+):(\d+)(?::([^:]+):([^:]+))?$/.exec(one);
      const [, name = '', min, max, cpu, memory] = match ?? [];
      if (!match || Number(min) > Number(max)) throw new Error(`invalid argument "${one}" for "--node-pool" flag`);
      return { name, min: Number(min), max: Number(max), ...(cpu && memory ? { cpu, memory } : {}) };
    });
}
