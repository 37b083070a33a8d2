import { expect, it } from 'vitest';
import { schemaFor } from '../../../api/schema.ts';
import { fromUnstructuredError } from '../codec/from-unstructured.ts';
import { patchedText } from './patched-text.ts';

const configMap = schemaFor({ group: '', version: 'v1', kind: 'ConfigMap' });
const deployment = schemaFor({ group: 'apps', version: 'v1', kind: 'Deployment' });

it('sorts what the patch went through and what is a map, and leaves the rest', () => {
  const metadata = { name: 'a', labels: { z: '1', b: '2' } };
  const document = { kind: 'ConfigMap', apiVersion: 'v1', metadata, data: { z: '1', a: '2' } };
  const patched = { ...document, immutable: true };
  expect(patchedText(patched, configMap, document)).toBe(
    '{"apiVersion":"v1","data":{"a":"2","z":"1"},"immutable":true,"kind":"ConfigMap","metadata":{"name":"a","labels":{"b":"2","z":"1"}}}',
  );
});

it.each([
  [{ spec: { replicas: 'three' } }, 'unrecognized type: int32'],
  [{ spec: { replicas: 1.5 } }, 'cannot convert float64 to int32'],
  [{ spec: { template: { spec: { containers: 'text' } } } }, 'cannot restore slice from string'],
  [{ metadata: { labels: [] } }, 'cannot restore map from slice'],
  [{ spec: 1 }, 'cannot restore struct from: int64'],
  [{ spec: { paused: 'yes' } }, 'unrecognized type: bool'],
  [{ metadata: { name: 5 } }, 'cannot convert int64 to string'],
  [{ spec: { replicas: 2 } }, undefined],
])('%j', (value, expected) => {
  expect(deployment && fromUnstructuredError(deployment, value)).toBe(expected);
});
