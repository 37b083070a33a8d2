import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { events, pods } from '../../src/api/resources.ts';
import { type Cluster, createCluster } from '../../src/engine/cluster.ts';
import { createAll, exec, isReady } from './support.ts';

const propagations = { main: 'Bidirectional', replica: 'HostToContainer', private: 'None', usual: undefined };
const pod = (name: string, propagation: string | undefined) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    nodeName: 'node-1',
    containers: [
      {
        name: 'c',
        image: 'busybox',
        command: ['sh', '-c', `mkdir /mnt/test/${name}; sleep 3600`],
        securityContext: { privileged: true },
        volumeMounts: [{ name: 'host', mountPath: '/mnt/test', mountPropagation: propagation }],
      },
    ],
    volumes: [{ name: 'host', hostPath: { path: '/var/lib/shared' } }],
  },
});
/** Looks at its node through a hostPath of everything, as people's debugging pods do. */
const debugging = (name: string, privileged: boolean, hostPID = false) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    nodeName: 'node-1',
    hostPID,
    containers: [
      {
        name: 'c',
        image: 'busybox',
        command: ['sleep', '3600'],
        securityContext: { privileged },
        volumeMounts: [{ name: 'host', mountPath: '/rootfs' }],
      },
    ],
    volumes: [{ name: 'host', hostPath: { path: '/' } }],
  },
});

// Upstream: test/e2e/node/mount_propagation.go (v1.36)
describe('mounts of pods and of their node', () => {
  let cluster: Cluster;
  const names = Object.keys(propagations);
  const sh = (name: string, script: string) => exec(cluster, name, ['sh', '-c', script]);
  const onHost = (script: string) =>
    exec(cluster, 'debug', ['nsenter', '--mount=/rootfs/proc/1/ns/mnt', '--', 'sh', '-c', script]);
  beforeAll(() => {
    cluster = createCluster({ nodes: 1, systemPods: false });
    const all = [
      ...Object.entries(propagations).map(([name, propagation]) => pod(name, propagation)),
      debugging('debug', true),
      debugging('debug-pid', true, true),
      debugging('unprivileged', false),
    ];
    for (const one of all) createAll(cluster, JSON.stringify(one));
    const up = () =>
      all.every(({ metadata }) => isReady(cluster.read(pods, 'default', metadata.name) ?? { metadata: {} }));
    cluster.runUntil(up, 120_000);
    for (const name of names) {
      expect(sh(name, `mount -t tmpfs m-${name} /mnt/test/${name} && echo ${name} > /mnt/test/${name}/file`).exit).toBe(
        0,
      );
    }
    const host = '/var/lib/shared/host';
    expect(onHost(`mkdir ${host}; mount -t tmpfs m-host ${host}; echo host > ${host}/file`)).toMatchObject({ exit: 0 });
  });
  afterAll(() => cluster.stop());

  it.each([
    ['main', ['main', 'host']],
    ['replica', ['main', 'replica', 'host']],
    ['private', ['private']],
    ['usual', ['usual']],
  ])('%s sees what is mounted for %j', (name, visible) => {
    const seen = [...names, 'host'].filter((other) => sh(name, `cat /mnt/test/${other}/file`).stdout === `${other}\n`);
    expect(seen).toEqual(visible);
  });
  it('the node sees its own mounts and those of containers that share theirs, also as its kubelet does', () => {
    const seen = [...names, 'host'].filter((one) => onHost(`cat /var/lib/shared/${one}/file`).exit === 0);
    expect(seen).toEqual(['main', 'host']);
    expect(onHost('nsenter -t $(pidof kubelet) -m cat /var/lib/shared/main/file').stdout).toBe('main\n');
  });
  it('forgets what is unmounted', () => {
    expect(sh('main', 'umount /mnt/test/main; umount /mnt/test/main').stderr).toBe(
      "umount: can't unmount /mnt/test/main: Invalid argument\n",
    );
    expect(sh('replica', 'cat /mnt/test/main/file').stderr).toBe(
      "cat: can't open '/mnt/test/main/file': No such file or directory\n",
    );
  });
  it('binds directories, read-only where asked', () => {
    const script =
      'mkdir /a /b; echo 1 > /a/f; mount --bind /a /b; cat /b/f; mount -o bind,ro /a /tmp; touch /tmp/x; umount /b; ls /b';
    expect(onHost(script)).toMatchObject({ stdout: '1\n', stderr: 'touch: /tmp/x: Read-only file system\n' });
  });
  it('mounts devices and sockets of the node as what they are', () => {
    expect(sh('debug', 'cd /tmp; mknod b b 89 1; mknod c c 89 1; mkfifo p; mknod b b 1 1').stderr).toBe(
      'mknod: b: File exists\n',
    );
    expect(sh('debug', 'cd /tmp; nc -lU s & sleep 1; ls -l b c p s | cut -c1; find . -type b; test -S s').stdout).toBe(
      'b\nc\np\ns\n./b\n',
    );
    expect(onHost('mknod /opt/b b 89 1; mknod /opt/c c 89 1').stderr).toBe('');
    const hostPaths = [
      { path: '/opt/b', type: 'BlockDevice' },
      { path: '/opt/c', type: 'BlockDevice' },
      { path: '/opt/c', type: 'CharDevice' },
      { path: '/opt/b', type: 'Socket' },
      { path: '/run/containerd/containerd.sock', type: 'Socket' },
    ];
    for (const [i, hostPath] of hostPaths.entries()) {
      const container = { name: 'c', image: 'busybox', command: ['sleep', '3600'] };
      const mounted = { ...container, volumeMounts: [{ name: 'host', mountPath: '/x' }] };
      const spec = { nodeName: 'node-1', containers: [mounted], volumes: [{ name: 'host', hostPath }] };
      createAll(cluster, JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: `device-${i}` }, spec }));
    }
    cluster.advance(20_000);
    const phases = hostPaths.map((_, i) => cluster.read(pods, 'default', `device-${i}`)?.status?.phase);
    expect(phases).toEqual(['Running', 'Pending', 'Running', 'Pending', 'Running']);
    const failures = cluster.readAll(events, 'default').filter(({ reason }) => reason === 'FailedMount');
    expect(new Set(failures.map(({ message }) => message))).toEqual(
      new Set([
        'MountVolume.SetUp failed for volume "host" : hostPath type check failed: /opt/c is not a block device',
        'MountVolume.SetUp failed for volume "host" : hostPath type check failed: /opt/b is not a socket file',
      ]),
    );
  });
  it('makes volumes in memory as large as they may be', () => {
    const containers = [{ name: 'c', image: 'busybox', command: ['sleep', '3600'] }];
    const memory = (sizeLimit?: string) => ({
      name: 'm',
      emptyDir: { medium: 'Memory', ...(sizeLimit ? { sizeLimit } : {}) },
    });
    const sizes = [
      { limits: undefined, volume: memory('10Mi') },
      { limits: { memory: '64Mi' }, volume: memory() },
      { limits: undefined, volume: memory() },
    ].map(({ limits, volume }, i) => {
      const [container] = containers.map((one) => ({
        ...one,
        volumeMounts: [{ name: 'm', mountPath: '/cache' }],
        ...(limits ? { resources: { limits } } : {}),
      }));
      const spec = { nodeName: 'node-1', containers: [container], volumes: [volume] };
      createAll(cluster, JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: `memory-${i}` }, spec }));
      cluster.runUntil(() => isReady(cluster.read(pods, 'default', `memory-${i}`) ?? { metadata: {} }), 60_000);
      return sh(`memory-${i}`, "df | grep /cache | awk '{print $2}'").stdout.trim();
    });
    expect(sizes).toEqual(['10240', '65536', '8388608']);
  });
  it('takes the node for a root', () => {
    expect(sh('debug', 'chroot /rootfs sh -c "cat /etc/hostname; pwd; ls /var/lib"').stdout).toBe(
      'node-1\n/\nkubelet\nshared\n',
    );
    expect(sh('unprivileged', 'chroot /rootfs cat /etc/hostname').stdout).toBe('node-1\n');
    expect(sh('debug', 'chroot /nowhere').stderr).toBe(
      "chroot: can't change root directory to '/nowhere': No such file or directory\n",
    );
  });
  it("enters the node's mounts from its processes, for who sees them and may", () => {
    expect(sh('debug-pid', 'nsenter -t 1 -m -u -i -n cat /etc/hostname').stdout).toBe('node-1\n');
    expect(sh('debug', 'nsenter -t 1 -m cat /etc/hostname').stdout).toBe('debug\n');
    expect(sh('unprivileged', 'nsenter --mount=/rootfs/proc/1/ns/mnt cat /etc/hostname').stderr).toBe(
      "nsenter: setns(): can't reassociate to namespace 'mnt': Operation not permitted\n",
    );
    expect(sh('unprivileged', 'mount -t tmpfs x /tmp').stderr).toBe(
      'mount: mounting x on /tmp failed: Permission denied\n',
    );
  });
});
