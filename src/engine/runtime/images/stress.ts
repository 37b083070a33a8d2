/** Programs that use cpu and memory on purpose: `stress`, `stress-ng`, and vish/stress. */
import { type Process, sleep, suspend } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { runService } from '../../../shell/service.ts';
import { parseDuration } from '../../../shell/coreutils/sleep.ts';
import { writeText } from '../../../shell/streams.ts';
import { alpineBase, debianBase } from './bases.ts';
import { klogLine, parseGoDuration, parseGoFlags } from './go-program.ts';
import type { ImageDefinition } from './image.ts';

/** Bytes of `150M`, `1G`, `250Mi`; undefined for what is no size. */
function parseBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([KMGT]?)(i?)B?$/i.exec(text);
  if (!match) return undefined;
  const power = ' KMGT'.indexOf((match[2] || ' ').toUpperCase());
  return Number(match[1]) * 1024 ** power;
}

function* stress(context: ProgramContext): Process<number> {
  const options = new Map<string, string>();
  const words = context.argv.slice(1);
  const short: Readonly<Record<string, string>> = {
    '-c': 'cpu',
    '-m': 'vm',
    '-i': 'io',
    '-d': 'hdd',
    '-t': 'timeout',
    '-v': 'verbose',
  };
  for (let at = 0; at < words.length; at++) {
    const match = /^--([\w-]+)(?:=(.*))?$/.exec(words[at] ?? '');
    const name = match?.[1] ?? short[words[at] ?? ''];
    if (name === undefined) continue;
    if (name === 'verbose' || name === 'quiet' || name === 'vm-keep') continue;
    options.set(name, match?.[2] ?? words[++at] ?? '');
  }
  const count = (name: string) => Number(options.get(name) ?? 0);
  yield* writeText(
    context.stdout,
    `stress: info: [${context.pid}] dispatching hogs: ${count('cpu')} cpu, ${count('io')} io, ${count('vm')} vm, ${count('hdd')} hdd\n`,
  );
  const memory = count('vm') * (parseBytes(options.get('vm-bytes') ?? '256M') ?? 0);
  // A worker that hangs between allocations rests; otherwise it writes its memory all the time.
  const busy = count('cpu') + (options.has('vm-hang') ? 0 : count('vm')) + count('hdd') * 0.3;
  context.use?.({ cpuMilli: Math.round(busy * 1000), memoryBytes: 1_000_000 + memory });
  const limit = parseDuration(options.get('timeout') ?? '');
  const startedAt = context.now();
  const status = yield* runService(context, {
    parts: [],
    ...(limit === undefined ? {} : { parts: [expire(limit)], *onError() {} }),
  });
  if (status === 0) return 143;
  yield* writeText(
    context.stdout,
    `stress: info: [${context.pid}] successful run completed in ${Math.round((context.now() - startedAt) / 1000)}s\n`,
  );
  return 0;
}

/** Ends its service after a time. */
function* expire(ms: number): Process<void> {
  yield* sleep(ms);
  throw new Error('time is up');
}

/** vish/stress: `-cpus 2 -mem-total 250Mi -mem-alloc-size 100Mi -mem-alloc-sleep 1s`. */
function* goStress(context: ProgramContext): Process<number> {
  const { values } = parseGoFlags(context.argv.slice(1), new Set(['logtostderr']));
  const total = parseBytes(values.get('mem-total') ?? '0') ?? 0;
  const step = parseBytes(values.get('mem-alloc-size') ?? '4Ki') ?? 4096;
  const pause = parseGoDuration(values.get('mem-alloc-sleep') ?? '1ms') ?? 1;
  const cpus = Number(values.get('cpus') ?? 0);
  const log = (text: string) => writeText(context.stderr, klogLine(context.now(), 'I', 'main.go:26', text));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) context.onSignal(signal, 'default');
  yield* log(
    `Allocating "${values.get('mem-total') ?? '0'}" memory, in "${values.get('mem-alloc-size') ?? '4Ki'}" chunks, with a ${pause}ms sleep between allocations`,
  );
  for (let cpu = 0; cpu < cpus; cpu++) yield* log('Spawning a thread to consume CPU');
  context.use?.({ cpuMilli: cpus * 1000, memoryBytes: 2_000_000 });
  // Chunks come in at most a hundred steps, so that small ones do not cost a timer each.
  const steps = Math.min(100, Math.ceil(total / step));
  for (let done = 1; done <= steps; done++) {
    yield* sleep((pause * Math.ceil(total / step)) / steps);
    context.use?.({ memoryBytes: 2_000_000 + (total * done) / steps });
  }
  yield* log(`Allocated "${values.get('mem-total') ?? '0'}" memory`);
  return yield* suspend<number>(() => undefined);
}

export const stressImage: ImageDefinition = {
  matches: [
    'docker.io/polinux/stress',
    'docker.io/polinux/stress-ng',
    '*/stress-ng',
    'docker.io/progrium/stress',
    '*/containerstack/alpine-stress',
    '*/alexeiled/stress-ng',
    '*/colinianking/stress-ng',
  ],
  programs: { stress },
  build: (reference) => ({
    ...(reference.repository.startsWith('progrium/')
      ? { entrypoint: ['/usr/bin/stress', '--verbose'] }
      : { cmd: ['stress'] }),
    layers: [
      ...(reference.repository.startsWith('polinux/') ? alpineBase() : debianBase()),
      { '/usr/bin/stress': { program: 'stress' }, '/usr/bin/stress-ng': { program: 'stress' } },
    ],
    sizeBytes: 4_000_000,
  }),
};

export const goStressImage: ImageDefinition = {
  matches: ['docker.io/vish/stress', '*/vish/stress'],
  programs: { 'go-stress': goStress },
  build: () => ({
    entrypoint: ['/stress', '-logtostderr'],
    layers: [{ '/stress': { program: 'go-stress' } }],
    sizeBytes: 1_500_000,
  }),
};
