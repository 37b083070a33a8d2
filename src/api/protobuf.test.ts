import { describe, expect, it } from 'vitest';
import { ProtobufDecoder } from './protobuf.ts';

/** Just enough of an encoder to write bodies down by hand. */
const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))];
const field = (number: number, content: number[] | string): number[] => {
  const bytes = typeof content === 'string' ? [...new TextEncoder().encode(content)] : content;
  return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
};
const integer = (number: number, value: number): number[] => [...varint(number * 8), ...varint(value)];
const body = (apiVersion: string, kind: string, raw: number[]): Uint8Array =>
  Uint8Array.from([0x6b, 0x38, 0x73, 0, ...field(1, [...field(1, apiVersion), ...field(2, kind)]), ...field(2, raw)]);
const meta = (name: string): number[] => field(1, [...field(1, name), ...field(2, ''), ...field(8, [])]);

const cases = [
  {
    name: 'a map of strings; empty strings and empty times are left out',
    bytes: body('v1', 'ConfigMap', [...meta('a'), ...field(2, [...field(1, 'key'), ...field(2, 'value')])]),
    expected: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { key: 'value' } },
  },
  {
    name: 'bytes become base64',
    bytes: body('v1', 'Secret', [...meta('a'), ...field(2, [...field(1, 'key'), ...field(2, [0, 255])])]),
    expected: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, data: { key: 'AP8=' } },
  },
  {
    name: 'a pointer to zero stays; a quantity and an inlined source are what JSON has',
    bytes: body('apps/v1', 'Deployment', [
      ...meta('d'),
      ...field(2, [
        ...integer(1, 0),
        ...field(3, [
          ...field(2, [
            ...field(1, [
              ...field(1, 'v'),
              ...field(2, field(2, [...field(1, 'Memory'), ...field(2, field(1, '1Gi'))])),
            ]),
          ]),
        ]),
      ]),
    ]),
    expected: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd' },
      spec: {
        replicas: 0,
        template: { spec: { volumes: [{ name: 'v', emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } }] } },
      },
    },
  },
  {
    name: 'options are of the meta group in every version',
    bytes: body('v1', 'DeleteOptions', integer(1, 30)),
    expected: { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 30 },
  },
];

describe('a protobuf body', () => {
  const decoder = new ProtobufDecoder();
  it.each(cases)('$name', ({ bytes, expected }) => {
    expect(JSON.parse(JSON.stringify(decoder.decode(bytes)))).toEqual(expected);
  });
  it('that is none says so', () => {
    expect(() => decoder.decode(new TextEncoder().encode('{}'))).toThrow('does not appear to be a protobuf message');
  });
  it('of an unknown kind says so', () => {
    expect(() => decoder.decode(body('v9', 'Nothing', []))).toThrow('no kind "Nothing" is registered for version "v9"');
  });
  it('that is cut off says so', () => {
    const whole = body('v1', 'ConfigMap', meta('abcdef'));
    expect(() => decoder.decode(whole.subarray(0, whole.length - 3))).toThrow('unexpected EOF');
  });
});
