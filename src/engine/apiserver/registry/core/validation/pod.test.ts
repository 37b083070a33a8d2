import { describe, expect, it } from 'vitest';
import type * as corev1 from '../../../../../api/core/v1.ts';
import { errorText } from '../../../../../apimachinery/field-error.ts';
import { validatePodCreate } from './pod.ts';
import { validatePodResize } from './pod-resize.ts';
import { validatePodEphemeralContainersUpdate, validatePodUpdate } from './pod-update.ts';
import { getWarningsForPod } from './pod-warnings.ts';

const container = (more: Partial<corev1.Container> = {}): corev1.Container => ({
  name: 'c',
  image: 'nginx',
  imagePullPolicy: 'Always',
  terminationMessagePolicy: 'File',
  ...more,
});

const pod = (spec: Partial<corev1.PodSpec> = {}, metadata: corev1.Pod['metadata'] = {}): corev1.Pod => ({
  metadata: { name: 'p', namespace: 'default', resourceVersion: '1', ...metadata },
  spec: {
    containers: [container()],
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    terminationGracePeriodSeconds: 30,
    ...spec,
  },
});

const texts = (errors: Parameters<typeof errorText>[0][]): string[] => errors.map(errorText);

describe('validatePodCreate', () => {
  const cases: readonly [name: string, spec: Partial<corev1.PodSpec>, errors: string[]][] = [
    ['a plain pod', {}, []],
    ['no containers', { containers: [] }, ['spec.containers: Required value']],
    [
      'names are unique over all lists',
      { containers: [container(), container()], initContainers: [container()] },
      ['spec.containers[1].name: Duplicate value: "c"', 'spec.initContainers[0].name: Duplicate value: "c"'],
    ],
    [
      'a mount needs its volume',
      { containers: [container({ volumeMounts: [{ name: 'v', mountPath: '/v' }] })] },
      ['spec.containers[0].volumeMounts[0].name: Not found: "v"'],
    ],
    [
      'a volume that is wrong is no volume to mount',
      {
        containers: [container({ volumeMounts: [{ name: 'v', mountPath: '/v' }] })],
        volumes: [{ name: 'v', secret: {} }],
      },
      ['spec.volumes[0].secret.secretName: Required value', 'spec.containers[0].volumeMounts[0].name: Not found: "v"'],
    ],
    [
      'requests stay within limits',
      { containers: [container({ resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } })] },
      ['spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1'],
    ],
    [
      'extended resources must be equal, and whole',
      { containers: [container({ resources: { requests: { 'a.b/c': '500m' }, limits: { 'a.b/c': '1' } } })] },
      [
        'spec.containers[0].resources.requests[a.b/c]: Invalid value: "500m": must be an integer',
        'spec.containers[0].resources.requests: Invalid value: "500m": must be equal to a.b/c limit of 1',
      ],
    ],
    [
      'huge pages need cpu or memory',
      {
        containers: [
          container({ resources: { limits: { 'hugepages-2Mi': '4Mi' }, requests: { 'hugepages-2Mi': '4Mi' } } }),
        ],
      },
      ['spec.containers[0].resources: Forbidden: HugePages require cpu or memory'],
    ],
    [
      'one handler a probe',
      {
        containers: [
          container({
            livenessProbe: { exec: { command: ['x'] }, tcpSocket: { port: 1 }, successThreshold: 1 },
          }),
        ],
      },
      ['spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type'],
    ],
    [
      'a struct is shown under the internal names',
      {
        containers: [container({ securityContext: { privileged: true, allowPrivilegeEscalation: false } })],
      },
      [
        'spec.containers[0].securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
      ],
    ],
    [
      'a gated pod has no node',
      { nodeName: 'n', schedulingGates: [{ name: 'a.b/g' }] },
      ['spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared'],
    ],
  ];
  it.each(cases)('%s', (_name, spec, errors) => {
    expect(texts(validatePodCreate(pod(spec)))).toEqual(errors);
  });
});

describe('validatePodUpdate', () => {
  const gated = { schedulingGates: [{ name: 'a.b/g' }], nodeSelector: { a: 'b' } };
  const cases: readonly [
    name: string,
    before: Partial<corev1.PodSpec>,
    after: Partial<corev1.PodSpec>,
    errors: string[],
  ][] = [
    ['an image may change', {}, { containers: [container({ image: 'other' })] }, []],
    [
      'containers may not be added',
      {},
      { containers: [container(), container({ name: 'd' })] },
      ['spec.containers: Forbidden: pod updates may not add or remove containers'],
    ],
    [
      'a deadline may only come nearer',
      { activeDeadlineSeconds: 5 },
      { activeDeadlineSeconds: 6 },
      ['spec.activeDeadlineSeconds: Invalid value: 6: must be less than or equal to previous value'],
    ],
    ['gates may go', gated, { nodeSelector: { a: 'b' } }, []],
    ['a gated pod may be directed further', gated, { ...gated, nodeSelector: { a: 'b', c: 'd' } }, []],
    [
      'but not elsewhere',
      gated,
      { ...gated, nodeSelector: { a: 'x' } },
      [
        'spec.nodeSelector: Invalid value: {"a":"x"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)',
      ],
    ],
  ];
  it.each(cases)('%s', (_name, before, after, errors) => {
    expect(texts(validatePodUpdate(pod(after), pod(before)))).toEqual(errors);
  });

  it('shows what may not change as a diff', () => {
    const [error] = validatePodUpdate(pod({ hostname: 'b' }), pod({ hostname: 'a' }));
    expect(error?.detail.split('\n').slice(1)).toEqual([
      '@@ -45,7 +45,7 @@',
      '  "NodeName": "",',
      '  "SecurityContext": null,',
      '  "ImagePullSecrets": null,',
      '- "Hostname": "a",',
      '+ "Hostname": "b",',
      '  "Subdomain": "",',
      '  "SetHostnameAsFQDN": null,',
      '  "Affinity": null,',
      '',
    ]);
  });
});

it('keeps ephemeral containers as they are', () => {
  const withOne = pod({ ephemeralContainers: [{ ...container({ name: 'e' }) }] });
  expect(texts(validatePodEphemeralContainersUpdate(pod(), withOne))).toEqual([
    'spec.ephemeralContainers: Forbidden: existing ephemeral containers "e" may not be removed\n',
  ]);
});

it('resizes cpu and memory only, and not into another class', () => {
  const sized = (cpu: string, more: Readonly<Record<string, string>> = {}): corev1.Pod =>
    pod({ containers: [container({ resources: { requests: { cpu, ...more } } })] });
  expect(texts(validatePodResize(sized('2'), sized('1')))).toEqual([]);
  expect(texts(validatePodResize(sized('2', { 'ephemeral-storage': '1' }), sized('1')))).toEqual([
    'spec: Forbidden: only cpu and memory resources are mutable',
  ]);
  expect(texts(validatePodResize(pod(), sized('1')))).toEqual([
    'spec: Invalid value: "": Pod QOS Class may not change as a result of resizing',
    'spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed',
  ]);
});

it('warns of what is accepted but odd', () => {
  const ports = [{ containerPort: 80, protocol: 'TCP' as const }];
  const odd = pod({
    containers: [container({ ports }), container({ name: 'd', ports })],
    nodeSelector: { 'beta.kubernetes.io/os': 'linux' },
    imagePullSecrets: [{}],
  });
  expect(getWarningsForPod({ ...odd, metadata: { name: 'a.b' } })).toEqual([
    "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]",
    'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
    'spec.imagePullSecrets[0].name: invalid empty name ""',
    'spec.containers[1].ports[0]: duplicate port definition with spec.containers[0].ports[0]',
  ]);
});
