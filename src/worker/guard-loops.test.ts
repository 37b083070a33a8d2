import { expect, it } from 'vitest';
import { evaluateController } from './evaluate-controller.ts';
import { guardLoops } from './guard-loops.ts';
import { loopGuard } from './loop-guard.ts';

it.each([
  ['while (a) b();', 'while (__round(), a) b();'],
  ['do { b(); } while (a);', 'do { b(); } while (__round(), a);'],
  ['for (;;) b();', 'for (;;__round()) b();'],
  ['for (let i = 0; i < 3; i++) b(i);', 'for (let i = 0; i < 3; i++, __round()) b(i);'],
  ['for (let i = 0; ; i++) {}', 'for (let i = 0; ; i++, __round()) {}'],
  ['for (const a of (b, c())) d(a);', 'for (const a of __rounds( (b, c()))) d(a);'],
  ['for (const { of: x } of y) z(x);', 'for (const { of: x } of __rounds( y)) z(x);'],
  ['for (const key in o) b(key);', 'for (const key in o) b(key);'],
  ['for await (const a of b) c(a);', 'for await (const a of b) c(a);'],
  ['({ for: 1, while: 2 }).while; a.for;', '({ for: 1, while: 2 }).while; a.for;'],
  [
    '"while (x)"; /for (;;)/; `for (;;) ${() => { while (1) {} }}`; // while (1)',
    '"while (x)"; /for (;;)/; `for (;;) ${() => { while (__round(), 1) {} }}`; // while (1)',
  ],
  [
    'for (let f = function () { for (;;) {} }; f(); ) {}',
    'for (let f = function () { for (;;__round()) {} }; f(); __round()) {}',
  ],
  ['while (', 'while ('],
])('%s', (source, guarded) => {
  expect(guardLoops(source)).toBe(guarded);
});

interface Reconciled {
  reconcile(context: object): Generator;
}
const controllerOf = (body: string, now: () => number = () => 5) =>
  evaluateController(
    `defineController({ name: 'a', for: 'pods.v1', *reconcile({ sleep }) { ${body} } });`,
    { now, random: () => 0 },
    guardLoops,
  ) as Reconciled;

it.each([
  'while (true) {}',
  'for (;;);',
  'do {} while (true);',
  'for (const a of (function* () { for (;;) yield 1; })()) a;',
])('ends %s with an error', (body) => {
  expect(() => controllerOf(body).reconcile({}).next()).toThrow(
    new RangeError('an endless loop: 3000000 rounds, and nothing was waited for'),
  );
});

it('ends a loop in a loop that catches', () => {
  expect(() => controllerOf('for (;;) try { for (;;); } catch {}').reconcile({}).next()).toThrow(RangeError);
});

it('lets a loop go on that waits', () => {
  const running = controllerOf('for (let i = 0; i < 10; i++) yield i; return "done";').reconcile({});
  for (let i = 0; i < 10; i++) expect(running.next()).toEqual({ done: false, value: i });
  expect(running.next()).toEqual({ done: true, value: 'done' });
});

it('counts anew in each instant', () => {
  let now = 0;
  const { __round } = loopGuard(() => now);
  for (now = 0; now < 4; now++) for (let i = 0; i < 1_000_001; i++) __round();
  expect(() => {
    for (let i = 0; i < 6_000_003; i++) __round();
  }).toThrow(RangeError);
});

it('refuses a file whose own loop never ends', () => {
  expect(() => evaluateController('while (1);', { now: () => 0, random: () => 0 }, guardLoops)).toThrow(RangeError);
});
