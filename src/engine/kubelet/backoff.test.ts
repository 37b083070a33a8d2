import { describe, expect, it } from 'vitest';
import { Backoff } from './backoff.ts';

// Upstream: client-go/util/flowcontrol/backoff_test.go
describe('Backoff', () => {
  const make = (expiresMs?: number) => {
    const clock = { now: 0 };
    const options = { initialMs: 10_000, maxMs: 300_000, now: () => clock.now };
    return { clock, backoff: new Backoff(expiresMs === undefined ? options : { ...options, expiresMs }) };
  };

  it('doubles up to the maximum', () => {
    const { clock, backoff } = make();
    const waits: number[] = [];
    for (let i = 0; i < 7; i++) {
      backoff.next('a', clock.now);
      waits.push(backoff.get('a') / 1000);
      clock.now += backoff.get('a');
    }
    expect(waits).toEqual([10, 20, 40, 80, 160, 300, 300]);
  });

  it('is over when its time has passed since the event', () => {
    const { clock, backoff } = make();
    backoff.next('a', 0);
    clock.now = 9_999;
    expect(backoff.isInBackOffSince('a', 0)).toBe(true);
    expect(backoff.isInBackOffSinceUpdate('a', clock.now)).toBe(true);
    clock.now = 10_000;
    expect(backoff.isInBackOffSince('a', 0)).toBe(false);
    expect(backoff.isInBackOffSinceUpdate('a', clock.now)).toBe(false);
  });

  it('begins anew after a long quiet time', () => {
    const { clock, backoff } = make(600_000);
    for (let i = 0; i < 4; i++) backoff.next('a', clock.now);
    expect(backoff.get('a')).toBe(80_000);
    clock.now = 600_001;
    backoff.next('a', clock.now);
    expect(backoff.get('a')).toBe(10_000);
  });
});
