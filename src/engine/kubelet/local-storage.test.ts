import { expect, it } from 'vitest';
import type * as corev1 from '../../api/core/v1.ts';
import { localStorageExcess } from './local-storage.ts';

const limited = (name: string, limit?: string): corev1.Container => ({
  name,
  image: 'busybox',
  ...(limit === undefined ? {} : { resources: { limits: { 'ephemeral-storage': limit } } }),
});
const pod = (containers: corev1.Container[], volumes: corev1.Volume[] = []): corev1.Pod => ({
  metadata: { name: 'p' },
  spec: { containers, volumes },
});
const mebibytes = (amounts: Readonly<Record<string, number>>) =>
  new Map(Object.entries(amounts).map(([name, amount]) => [name, amount * 2 ** 20]));
const cache = (sizeLimit?: string, medium?: string): corev1.Volume => ({
  name: 'cache',
  emptyDir: { ...(sizeLimit === undefined ? {} : { sizeLimit }), ...(medium === undefined ? {} : { medium }) },
});

it.each<[string, corev1.Pod, Record<string, number>, Record<string, number>, string | undefined]>([
  ['nothing limited', pod([limited('a')], [cache()]), { a: 900 }, { cache: 900 }, undefined],
  ['within all limits', pod([limited('a', '5Mi')], [cache('2Mi')]), { a: 3 }, { cache: 2 }, undefined],
  [
    'a volume',
    pod([limited('a', '5Mi')], [cache('2Mi')]),
    { a: 9 },
    { cache: 3 },
    'Usage of EmptyDir volume "cache" exceeds the limit "2Mi". ',
  ],
  [
    'all together',
    pod([limited('a', '5Mi'), limited('b')], [cache()]),
    { a: 2, b: 2 },
    { cache: 2 },
    'Pod ephemeral local storage usage exceeds the total limit of containers 5Mi. ',
  ],
  [
    'memory is not on the disk',
    pod([limited('a', '5Mi')], [cache('9Mi', 'Memory')]),
    { a: 2 },
    { cache: 8 },
    undefined,
  ],
  [
    'one container of two',
    pod([limited('a', '5Mi'), limited('b', '5Mi')]),
    { a: 1, b: 6 },
    {},
    'Container b exceeded its local ephemeral storage limit "5Mi". ',
  ],
])('%s', (_, object, containers, volumes, expected) => {
  expect(localStorageExcess(object, { containers: mebibytes(containers), volumes: mebibytes(volumes) })).toBe(expected);
});
