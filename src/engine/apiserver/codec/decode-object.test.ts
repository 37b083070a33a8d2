import { describe, expect, it } from 'vitest';
import { schemaOfDefinition } from '../../../api/schema.ts';
import type { ObjectNode } from '../../../apimachinery/schema-node.ts';
import { typeDefaults } from '../registry/defaults/type-defaults.ts';
import { decodeObject } from './decode-object.ts';
import { dropEmpties, encodedEmpties, markEmpties } from './empties.ts';
import { parseGoJson } from './go-json-reader.ts';

function schema(name: string): ObjectNode {
  const node = schemaOfDefinition(name);
  if (!node) throw new Error(`no schema ${name}`);
  return node;
}

const decode = (name: string, text: string) =>
  decodeObject(schema(name), parseGoJson(text, true).value as Record<string, unknown>, undefined, typeDefaults);

describe('decodeObject', () => {
  const refused: readonly [name: string, kind: string, text: string, error: string][] = [
    [
      'named strings',
      'core/v1.Pod',
      '{"spec":{"restartPolicy":5}}',
      'json: cannot unmarshal number into Go struct field PodSpec.spec.restartPolicy of type v1.RestartPolicy',
    ],
    [
      'items of lists of named strings',
      'core/v1.Service',
      '{"spec":{"ipFamilies":[5]}}',
      'json: cannot unmarshal number into Go struct field ServiceSpec.spec.ipFamilies of type v1.IPFamily',
    ],
    [
      'named maps',
      'core/v1.LimitRange',
      '{"spec":{"limits":[{"max":[]}]}}',
      'json: cannot unmarshal array into Go struct field LimitRangeItem.spec.limits.max of type v1.ResourceList',
    ],
    [
      'embedded structs',
      'core/v1.Probe',
      '{"httpGet":{"path":5}}',
      'json: cannot unmarshal number into Go struct field HTTPGetAction.ProbeHandler.httpGet.path of type string',
    ],
    [
      'integers with an exponent',
      'apps/v1.Deployment',
      '{"spec":{"replicas":1e3}}',
      'json: cannot unmarshal number 1e3 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'the first of several wrong members, as they are written',
      'core/v1.Pod',
      '{"spec":{"tolerations":[5],"containers":["a"]},"metadata":80}',
      'json: cannot unmarshal number into Go struct field PodSpec.spec.tolerations of type v1.Toleration',
    ],
    [
      'schemas of items by their outer struct',
      'apiextensions/v1.JSONSchemaProps',
      '{"type":5,"items":{"x-kubernetes-validations":[{"rule":5}]}}',
      'json: cannot unmarshal number into Go struct field JSONSchemaProps.items.x-kubernetes-validations.rule of type string',
    ],
    [
      'what is neither boolean nor schema',
      'apiextensions/v1.JSONSchemaProps',
      '{"additionalProperties":[]}',
      'boolean or JSON schema expected',
    ],
    [
      'what comes first, although defaults could not read it',
      'core/v1.Pod',
      '{"spec":{"containers":[{"image":5}]}}',
      'json: cannot unmarshal number into Go struct field Container.spec.containers.image of type string',
    ],
  ];
  it.each(refused)('refuses %s', (_, kind, text, error) => {
    expect(() => decode(kind, text)).toThrow(error);
  });

  it('keeps empty lists and maps as they were given', () => {
    const { value, hasEmpties } = decode('core/v1.PodSpec', '{"containers":[],"tolerations":[],"nodeSelector":{}}');
    expect(value).toMatchObject({ containers: [], tolerations: [], nodeSelector: {} });
    expect(hasEmpties).toBe(true);
  });

  it('drops unknown and empty fields of schemas of items in silence', () => {
    const text = '{"type":"array","items":{"type":"object","unknown":1,"required":[],"properties":{"a":{"nope":2}}}}';
    const { value, unknownFields } = decode('apiextensions/v1.JSONSchemaProps', text);
    expect(value).toEqual({ type: 'array', items: { type: 'object', properties: { a: {} } } });
    expect(unknownFields).toEqual([]);
  });

  it('rounds amounts of resources up to thousandths', () => {
    const { value } = decode('core/v1.ResourceRequirements', '{"limits":{"cpu":"100n","memory":"1Gi"}}');
    expect(value).toEqual({ limits: { cpu: '1m', memory: '1Gi' } });
  });
});

describe('empties', () => {
  const node = schema('core/v1.PodTemplateSpec');
  const given = () => {
    const object = { metadata: { labels: {} }, spec: { containers: [], tolerations: [] } };
    markEmpties(object);
    return object;
  };

  it('are left out when stored, but for what Go always writes', () => {
    const draft = given();
    dropEmpties(node, draft);
    expect(draft).toEqual({ metadata: {}, spec: { containers: null } });
  });

  it('stay where Go writes them, encoded', () => {
    expect(JSON.stringify(encodedEmpties(node, given()))).toBe('{"metadata":{},"spec":{"containers":[]}}');
  });

  it('cost nothing in objects that hold none', () => {
    const object = { spec: { containers: [] } };
    expect(encodedEmpties(node, object)).toBe(object);
  });
});

describe('parseGoJson', () => {
  const texts: readonly [name: string, text: string, value: string][] = [
    ['a pair of surrogates', '"\\ud83d\\ude00"', '😀'],
    ['half a pair', '"\\ud83d"', '\ufffd'],
    ['the other half', '"\\ude00x"', '\ufffdx'],
    ['half a pair before another letter', '"\\ud83d\\u0041"', '\ufffdA'],
  ];
  it.each(texts)('reads %s', (_, text, value) => {
    expect(parseGoJson(text).value).toBe(value);
  });
});
