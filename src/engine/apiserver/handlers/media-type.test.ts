import { describe, expect, it } from 'vitest';
import { StatusError } from '../../../apimachinery/status-error.ts';
import { negotiate, negotiatePlain, writtenAs } from './media-type.ts';

const routed =
  '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf';
const accepted =
  'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf';
const table = 'as=Table;v=v1;g=meta.k8s.io';

function told(action: () => object): object | string | undefined {
  try {
    return action();
  } catch (error) {
    return error instanceof StatusError ? error.status.message : String(error);
  }
}

// What a real server answers to the same headers.
describe('negotiate', () => {
  it.each([
    ['*/*', 'application/json', ''],
    [' ', 'application/json', ''],
    ['application/json;q=0.5,application/yaml', 'application/yaml', ''],
    ['application/yaml;q=0.1,application/json', 'application/json', ''],
    ['text/plain, application/json', 'application/json', ''],
    [`application/json;${table}, application/json`, 'application/json', 'Table'],
    [`application/yaml;${table}`, 'application/yaml', 'Table'],
    ['application/json;as=Table;v=v2;g=meta.k8s.io,application/json', 'application/json', ''],
    [`application/vnd.kubernetes.protobuf;${table},application/json`, 'application/json', ''],
    ['application/json;stream=watch', 'application/json', ''],
  ])('%s', (header, mediaType, as) => {
    expect(negotiate(header)).toMatchObject({ mediaType, as });
  });

  it.each([
    ['text/html', routed],
    ['application/*', routed],
    ['application/cbor', routed],
    ['APPLICATION/JSON', routed],
    [';;', routed],
    [',', routed],
    ['application/json;as=Table;v=v2;g=meta.k8s.io', accepted],
    ['application/json;as=Table', accepted],
    ['application/json;v=v1;g=meta.k8s.io', accepted],
    ['application/json;as=Nothing;v=v1;g=meta.k8s.io', accepted],
    ['application/vnd.kubernetes.protobuf', accepted],
  ])('%s is refused', (header, message) => {
    expect(told(() => negotiate(header))).toBe(message);
  });

  it.each([
    ['application/json', undefined],
    ['application/json;managedfields=omit', true],
    ['application/json;managedfields=all', undefined],
  ])('%s leaves managed fields out: %s', (header, omitsManagedFields) => {
    expect(negotiate(header).omitsManagedFields).toBe(omitsManagedFields);
  });

  it('makes no YAML of a watch', () => {
    const streams = accepted.replace(
      /: .*/,
      ': application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch',
    );
    expect(told(() => negotiate('application/yaml', true))).toBe(streams);
    expect(told(() => negotiate('application/json;as=Table;v=v2;g=meta.k8s.io', true))).toBe(accepted);
  });
});

describe('elsewhere', () => {
  it('discovery takes wildcards and makes no Tables', () => {
    expect(negotiatePlain('application/*')).toMatchObject({ mediaType: 'application/json' });
    expect(told(() => negotiatePlain(`application/json;${table}`))).toBe(accepted);
    expect(told(() => negotiatePlain('text/html'))).toBe(accepted);
  });
  it('an error is not transformed', () => {
    expect(writtenAs('application/yaml', true).mediaType).toBe('application/yaml');
    expect(writtenAs(`application/yaml;${table}`, true).mediaType).toBe('application/json');
    expect(writtenAs(`application/yaml;${table}`, false).mediaType).toBe('application/yaml');
  });
});
