import { describe, expect, it } from 'vitest';
import { drawDelay, Latency } from './latency.ts';
import { Random } from './random.ts';

describe('Latency', () => {
  it('is nothing in the preset instant', () => {
    const latency = new Latency('instant', new Random('a'));
    expect(latency.ms('imageResolve')).toBe(0);
  });

  it('is the same for the same seed, and another for each fork', () => {
    const draws = (name: string) => {
      const latency = new Latency('realistic', new Random('seed')).fork(name);
      return [latency.ms('apiRequest'), latency.ms('sandboxCreate')];
    };
    expect(draws('a')).toEqual(draws('a'));
    expect(draws('a')).not.toEqual(draws('b'));
  });

  it('stays within its shape, half below the median', () => {
    const random = new Random('shape');
    const shape = { medianMs: 100, spread: 1.5, minMs: 60, maxMs: 200 };
    const draws = Array.from({ length: 4000 }, () => drawDelay(shape, random));
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(60);
    expect(Math.max(...draws)).toBeLessThanOrEqual(200);
    const below = draws.filter((ms) => ms < 100).length / draws.length;
    expect(below).toBeGreaterThan(0.45);
    expect(below).toBeLessThan(0.55);
  });
});
