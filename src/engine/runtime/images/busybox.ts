import type { ImageDefinition } from './image.ts';
import { alpineBase, busyboxBase, debianBase, toolboxBase } from './bases.ts';
import { packageManager } from './package-manager.ts';

export const busyboxImage: ImageDefinition = {
  matches: [
    'docker.io/library/busybox',
    '*/busybox',
    '*/e2e-test-images/busybox',
    'docker.io/radial/busyboxplus',
    '*/busybox-extras',
  ],
  build: (reference) => ({
    cmd: ['sh'],
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    layers: [
      ...busyboxBase,
      ...(isOldBusybox(reference.tag) ? [{ '/usr/bin/nslookup': { program: 'nslookup-classic' } }] : []),
    ],
    sizeBytes: 2_220_000,
  }),
};

/** Up to 1.28 nslookup uses the search list of resolv.conf, which is why Kubernetes' documentation pins it. */
function isOldBusybox(tag: string | undefined): boolean {
  const match = /^1\.(\d+)/.exec(tag ?? '');
  return match !== null && Number(match[1]) <= 28;
}

export const alpineImage: ImageDefinition = {
  matches: ['docker.io/library/alpine', '*/library/alpine', '*/alpine'],
  programs: { 'package-manager': packageManager },
  build: () => ({ cmd: ['/bin/sh'], layers: alpineBase(), sizeBytes: 3_800_000 }),
};

export const bashImage: ImageDefinition = {
  matches: ['docker.io/library/bash'],
  build: () => ({
    cmd: ['bash'],
    layers: [...alpineBase(), { '/usr/local/bin/bash': { program: 'bash' } }],
    sizeBytes: 6_500_000,
  }),
};

/** What Ubuntu has over Debian. */
const procps = ['ps', 'top', 'free', 'pgrep', 'pkill', 'pidof', 'watch'];

export const debianImage: ImageDefinition = {
  matches: [
    'docker.io/library/debian',
    'docker.io/library/ubuntu',
    'docker.io/library/centos',
    'docker.io/library/fedora',
    'docker.io/library/rockylinux',
    'docker.io/library/amazonlinux',
    '*/ubi8',
    '*/ubi9',
    '*/ubi-minimal',
    'docker.io/library/buildpack-deps',
    '*/debian-base',
  ],
  build: (reference) => ({
    cmd: [reference.repository.endsWith('centos') ? '/bin/bash' : 'bash'],
    layers: [
      ...(reference.repository === 'library/ubuntu' ? debianBase(...procps) : debianBase()),
      reference.repository === 'library/ubuntu'
        ? {
            '/etc/os-release':
              'PRETTY_NAME="Ubuntu 24.04.3 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\nID_LIKE=debian\n',
          }
        : {},
    ],
    sizeBytes: 29_000_000,
  }),
};

/** Images that people debug with: all tools are there. */
export const toolboxImage: ImageDefinition = {
  matches: [
    '*/netshoot',
    '*/dnsutils',
    '*/jessie-dnsutils',
    '*/glibc-dns-testing',
    '*/network-multitool',
    '*/kubectl-debug',
    '*/debug-tools',
    'docker.io/praqma/network-multitool',
    '*/infoblox/dnstools',
    '*/dnstools',
    '*/tutum/dnsutils',
    '*/busyboxplus*',
  ],
  build: (reference) => ({
    cmd: reference.repository.endsWith('dnsutils') ? ['sleep', 'infinity'] : ['sh'],
    layers: toolboxBase,
    sizeBytes: 80_000_000,
  }),
};

export const curlImage: ImageDefinition = {
  matches: ['*curlimages/curl', '*/curl', '*/yauritux/busybox-curl', '*/byrnedo/alpine-curl', '*/alpine-curl'],
  build: () => ({
    entrypoint: ['/entrypoint.sh'],
    cmd: ['curl'],
    user: 'curl_user',
    workingDir: '/home/curl_user',
    layers: [
      ...alpineBase('curl'),
      {
        '/entrypoint.sh': {
          content: '#!/bin/sh\nif [ "${1#-}" != "$1" ]; then set -- curl "$@"; fi\nexec "$@"\n',
          mode: 0o755,
        },
        '/home/curl_user': { directory: true, uid: 100, gid: 101 },
        '/etc/passwd':
          'root:x:0:0:root:/root:/bin/sh\ncurl_user:x:100:101:Linux User,,,:/home/curl_user:/bin/sh\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n',
      },
    ],
    sizeBytes: 7_900_000,
  }),
};
