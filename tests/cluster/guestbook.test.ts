import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createCluster } from '../../src/engine/cluster.ts';
import { createAll, exec, startShellPod, waitForDeployments } from './support.ts';

/** Other people's manifests: read where they are at hand, never copied. Without them these tests are skipped. */
const folder = new URL('../../../shared/manifests/gke-samples/quickstarts/guestbook/', import.meta.url);

describe.skipIf(!existsSync(folder))('the guestbook', () => {
  it('reads an entry back through a replica', { timeout: 60_000 }, () => {
    const problems: string[] = [];
    const cluster = createCluster({
      nodes: 3,
      latency: 'realistic',
      onProblem: (problem) => problems.push(problem.message),
    });
    cluster.advance(20_000);
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml')))
      createAll(cluster, readFileSync(new URL(file, folder), 'utf8'));
    expect(waitForDeployments(cluster)).toEqual([]);
    startShellPod(cluster);
    const get = (query: string) => exec(cluster, 'shell', ['wget', '-qO-', `http://frontend/guestbook.php?${query}`]);
    expect(get('cmd=set&key=messages&value=,hello').exit).toBe(0);
    cluster.advance(2_000);
    const read = get('cmd=get&key=messages');
    expect({ exit: read.exit, body: JSON.parse(read.stdout) as unknown }).toEqual({
      exit: 0,
      body: { data: ',hello' },
    });
    const follower = exec(cluster, 'shell', ['sh', '-c', 'echo "GET messages" | nc -w 2 redis-follower 6379']);
    expect(follower.stdout).toContain(',hello');
    expect(problems).toEqual([]);
    cluster.stop();
  });
});
