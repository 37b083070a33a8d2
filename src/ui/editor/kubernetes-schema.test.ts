import { expect, it } from 'vitest';
import { describedAs } from '../../api/field-descriptions.ts';
import { buildSchema, writableKinds } from './kubernetes-schema.ts';

const descriptions = {
  V1PodSpec: { '': 'What a pod is.', containers: 'Its containers.' },
  CoreV1Event: { '': 'A report.' },
};

it('knows the kinds that people write and no lists', () => {
  const names = writableKinds().map(({ apiVersion, kind }) => `${apiVersion} ${kind}`);
  for (const name of ['v1 Pod', 'apps/v1 Deployment', 'networking.k8s.io/v1 Ingress', 'batch/v1 CronJob'])
    expect(names).toContain(name);
  expect(names).not.toContain('v1 PodList');
});

it('finds descriptions under both ways of naming', () => {
  expect(describedAs('core/v1.PodSpec', descriptions)?.['']).toBe('What a pod is.');
  expect(describedAs('core/v1.Event', descriptions)?.['']).toBe('A report.');
});

it('describes fields, requires what is required and follows references', () => {
  const schema = buildSchema(descriptions);
  const spec = schema.definitions?.['core.v1.PodSpec'];
  expect(spec?.required).toContain('containers');
  expect(spec?.properties?.['containers']).toMatchObject({
    type: ['array', 'null'],
    items: { $ref: '#/definitions/core.v1.Container' },
    description: 'Its containers.',
  });
  const missing = Object.values(schema.definitions ?? {}).flatMap((definition) =>
    [...JSON.stringify(definition).matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g)]
      .map((match) => match[1] ?? '')
      .filter((name) => !schema.definitions?.[name]),
  );
  expect(missing).toEqual([]);
});

it('takes custom kinds', () => {
  const schema = buildSchema({}, [{ apiVersion: 'shop.example/v1', kind: 'Cart', schema: { type: 'object' } }]);
  expect(schema.properties?.['kind']?.enum).toContain('Cart');
});
