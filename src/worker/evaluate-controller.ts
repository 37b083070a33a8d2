/** Makes a controller of its source: JavaScript that calls `defineController` once. */
import { sleep } from '../process/process.ts';
import { loopGuard } from './loop-guard.ts';

export interface ControllerHost {
  /** Virtual ms since the Unix epoch. */
  now(): number;
  /** In [0, 1). */
  random(): number;
}

/** What a controller cannot use: the worker's own powers would make another history each time. */
const withheld = [
  'self',
  'globalThis',
  'fetch',
  'XMLHttpRequest',
  'WebSocket',
  'indexedDB',
  'caches',
  'postMessage',
  'importScripts',
  'setTimeout',
  'setInterval',
  'queueMicrotask',
  'performance',
  'crypto',
] as const;

/**
 * Gives what the source defines. The source sees virtual time in `Date` and seeded chance in `Math.random`; `guardLoops` puts the
 * counting into its loops.
 * @throws SyntaxError, and what the source itself throws; EvalError where the host's policy forbids code that is made at run time
 */
export function evaluateController(
  source: string,
  host: ControllerHost,
  guardLoops: (source: string) => string,
): unknown {
  const defined: unknown[] = [];
  const scope: Readonly<Record<string, unknown>> = {
    ...Object.fromEntries(withheld.map((name) => [name, undefined])),
    Date: virtualDate(host),
    Math: seededMath(host),
    sleep,
    ...loopGuard(host.now),
    defineController: (definition: unknown) => {
      defined.push(definition);
      return definition;
    },
  };
  const text = source.replace(/^export\s+default\s+/m, '').replace(/^export\s+(?=const|let|function|class)/gm, '');
  const run = new Function(...Object.keys(scope), `"use strict";${guardLoops(text)}\n`) as (
    ...values: readonly unknown[]
  ) => void;
  run(...Object.values(scope));
  const [definition] = defined;
  if (definition === undefined) throw new Error('the file defines no controller: call defineController({ … })');
  if (defined.length > 1) throw new Error('a file defines one controller');
  return definition;
}

function virtualDate({ now }: ControllerHost): DateConstructor {
  return new Proxy(Date, {
    construct: (target, values: ConstructorParameters<DateConstructor> | []) =>
      values.length === 0 ? new target(now()) : new target(...(values as [number])),
    get: (target, property, receiver) =>
      property === 'now' ? now : (Reflect.get(target, property, receiver) as unknown),
  });
}

function seededMath({ random }: ControllerHost): Math {
  return Object.create(Math, { random: { value: random } }) as Math;
}
