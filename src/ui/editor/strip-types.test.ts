import { expect, it } from 'vitest';
import { stripTypes } from './strip-types.ts';

it('takes types away and leaves lines where they are', () => {
  const text = [
    "import type { ControllerDefinition } from 'tabernetes';",
    'interface Site { replicas?: number }',
    'const wanted = (site: Site): number => site.replicas ?? 1;',
    'defineController({ name: "a", *reconcile({ object }) { yield* updateStatus({ n: wanted(object as Site) }); } });',
  ].join('\n');
  expect(stripTypes(text)).toEqual({
    source: [
      '',
      '',
      'const wanted = (site) => site.replicas ?? 1;',
      'defineController({ name: "a", *reconcile({ object }) { yield* updateStatus({ n: wanted(object ) }); } });',
    ].join('\n'),
  });
});

it('says where it cannot be read', () => {
  expect(stripTypes('const a = 1;\nconst b: = 2;\n')).toEqual({
    problem: { message: 'Unexpected token', line: 2, column: 10, endColumn: 11 },
  });
});
