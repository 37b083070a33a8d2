import type { Client } from '../../src/client/client.ts';
import type { Cluster } from '../../src/engine/cluster.ts';
import { kubectl } from '../../src/kubectl/kubectl.ts';
import { withTimeout } from '../../src/process/combinators.ts';
import { Pipe } from '../../src/process/pipe.ts';
import { type Process, suspend } from '../../src/process/process.ts';
import type { Credentials, Program } from '../../src/shell/context.ts';
import { utilityPrograms } from '../../src/shell/coreutils/registry.ts';
import { shellProgram } from '../../src/shell/interpreter/sh-program.ts';
import { programFileContent } from '../../src/shell/layer.ts';
import { createFileSystem } from '../../src/shell/memory-file-system.ts';
import { ContainerProcesses } from '../../src/shell/process-table.ts';
import { decode, encode } from '../../src/shell/text.ts';
import type { RunStep } from './case.ts';
import { nodeProgram } from './node-program.ts';
import { opensslProgram } from './openssl-program.ts';
import type { Bench } from './perform.ts';

const home = '/tmp/case-000000';
const root: Credentials = { uid: 0, gid: 0, groups: [0], name: 'root' };
const limitMs = 60_000;

const programs = new Map<string, Program>([...utilityPrograms, ['bash', shellProgram('bash')], ['sh', shellProgram('bash')], ['kubectl', kubectl], ['node', nodeProgram], ['openssl', opensslProgram]]);

/** A case's API client and its shell with kubectl, both in the cluster's virtual time. */
export function shellBench(cluster: Cluster, client: Client): Bench {
  const { sim } = cluster;
  const fs = createFileSystem({ now: () => sim.now(), type: 'ext4' });
  for (const folder of ['/bin', '/usr/bin', '/usr/local/bin', '/tmp', '/etc', '/dev', home]) fs.mkdir(folder, { parents: true });
  for (const name of programs.keys()) fs.writeFile(`/bin/${name}`, encode(programFileContent(name)), { mode: 0o755 });
  const random = sim.random.fork('case');
  const processes = new ContainerProcesses({
    driver: sim,
    environment: { fs, hostname: 'case', powers: new Map<string, unknown>([['kubectl.connect', () => client.transport]]) },
    programNamed: (name) => programs.get(name),
    random: () => random.float(),
  });
  processes.startFunction({ argv: ['init'] }, function* (): Process<number> {
    yield* suspend<void>(() => {});
    return 0;
  });

  function* run(step: RunStep, namespace: string): ReturnType<Bench['run']> {
    const kubeconfig = `${home}/.kubeconfig-${step.as ?? 'admin'}`;
    fs.writeFile(kubeconfig, encode(kubeconfigText(step.as ?? 'admin', namespace)));
    const stdin = new Pipe();
    stdin.push(encode(step.stdin ?? ''));
    stdin.close();
    const [stdout, stderr] = [new Pipe(Number.MAX_SAFE_INTEGER), new Pipe(Number.MAX_SAFE_INTEGER)];
    const env = new Map([['HOME', home], ['KUBECONFIG', kubeconfig], ['PATH', '/usr/local/bin:/usr/bin:/bin'], ['TERM', 'dumb']]);
    const child = processes.start({ argv: ['bash', '-c', step.run], env, cwd: home, user: root, stdin, stdout, stderr });
    let exit: number;
    try {
      exit = (yield* withTimeout(limitMs, child.wait())).code;
    } catch {
      child.kill('SIGKILL');
      exit = -1;
    }
    return { stdout: taken(stdout), stderr: taken(stderr), exit };
  }

  return { client, run, writeFile: (name, text) => fs.writeFile(`${home}/${name}`, encode(text)) };
}

function taken(pipe: Pipe): string {
  let text = '';
  for (let chunk = pipe.tryRead(); chunk; chunk = pipe.tryRead()) text += decode(chunk);
  return text;
}

const kubeconfigText = (user: string, namespace: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'oracle',
    clusters: [{ name: 'oracle', cluster: { server: 'https://127.0.0.1:16443', 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'user', user: { token: `${user}-token` } }],
    contexts: [{ name: 'oracle', context: { cluster: 'oracle', user: 'user', namespace } }],
  });
