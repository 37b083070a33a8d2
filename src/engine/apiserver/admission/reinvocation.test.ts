import { expect, it } from 'vitest';
import type { WritableObject } from '../generic/operation.ts';
import { Reinvocation } from './reinvocation.ts';

const object = (label: string): WritableObject => ({ metadata: { name: 'a', labels: { label } } }) as WritableObject;

it('asks those again that want it when another one changed the object', () => {
  const whole = new Reinvocation();
  const context = whole.context('MutatingAdmissionWebhook');
  context.begin(object('first'));
  context.remember('wants');
  context.requireReinvocation();
  context.end(object('second'));
  expect(whole.isWanted).toBe(true);

  whole.isReinvoke = true;
  context.begin(object('second'));
  expect(context.shouldInvoke('wants')).toBe(true);
  expect(context.shouldInvoke('other')).toBe(false);
});

it('asks again when another plugin changed the object', () => {
  const whole = new Reinvocation();
  const context = whole.context('MutatingAdmissionPolicy');
  context.begin(object('first'));
  context.remember('wants');
  context.end(object('first'));
  whole.isReinvoke = true;
  context.begin(object('changed since'));
  expect(context.shouldInvoke('wants')).toBe(true);
});
