import { describe, expect, it } from 'vitest';
import type { Process } from '../../process/process.ts';
import { encode } from '../../shell/text.ts';
import { Sim } from '../sim/sim.ts';
import { ContainerLog, type LogOptions } from './container-log.ts';

function fill(sim: Sim): ContainerLog {
  const log = new ContainerLog(() => sim.now());
  for (const [at, stream, text] of [
    [0, 'stdout', 'one\n'],
    [1000, 'stderr', 'two\n'],
    [2000, 'stdout', 'thr'],
    [2500, 'stdout', 'ee\nfour'],
  ] as const) {
    sim.advance(at - sim.elapsed);
    log.write(stream, encode(text));
  }
  return log;
}

function read(sim: Sim, log: ContainerLog, options: LogOptions): string[] {
  const pieces: string[] = [];
  const emit = function* (bytes: Uint8Array): Process<void> {
    pieces.push(new TextDecoder().decode(bytes));
  };
  sim.spawn(log.read(options, emit));
  sim.settle();
  return pieces;
}

describe('ContainerLog', () => {
  const epochMs = Date.UTC(2026, 0, 1);
  const cases: readonly {
    readonly name: string;
    readonly options: LogOptions;
    readonly expected: readonly string[];
  }[] = [
    { name: 'all', options: {}, expected: ['one\n', 'two\n', 'three\n', 'four'] },
    { name: 'tail', options: { tailLines: 2 }, expected: ['three\n', 'four'] },
    { name: 'nothing of the tail', options: { tailLines: 0 }, expected: [] },
    { name: 'since', options: { sinceMs: epochMs + 1000 }, expected: ['two\n', 'three\n', 'four'] },
    { name: 'limit', options: { limitBytes: 6 }, expected: ['one\n', 'tw'] },
    { name: 'one stream', options: { stream: 'stderr' }, expected: ['two\n'] },
    {
      name: 'timestamps',
      options: { timestamps: true, tailLines: 1 },
      expected: ['2026-01-01T00:00:02.500000000Z four'],
    },
  ];
  it.each(cases)('reads $name', ({ options, expected }) => {
    const sim = new Sim({ epochMs });
    const log = fill(sim);
    log.close();
    expect(read(sim, log, options)).toEqual(expected);
  });

  it('follows until the container ends', () => {
    const sim = new Sim({ epochMs });
    const log = fill(sim);
    const pieces = read(sim, log, { follow: true, tailLines: 1 });
    expect(pieces).toEqual(['three\n']);
    log.write('stdout', encode('th\nfive\n'));
    sim.settle();
    log.close();
    sim.settle();
    expect(pieces).toEqual(['three\n', 'fourth\n', 'five\n']);
    expect(sim.pending).toBe(0);
  });

  it('forgets the oldest lines when it grows too large', () => {
    const sim = new Sim({ epochMs });
    const log = new ContainerLog(() => sim.now(), 1000);
    for (let i = 0; i < 500; i++) log.write('stdout', encode(`line ${i}\n`));
    const lines = read(sim, log, {});
    expect(log.bytes).toBeLessThanOrEqual(1000);
    expect(lines.at(-1)).toBe('line 499\n');
    expect(lines[0]).not.toBe('line 0\n');
  });
});
