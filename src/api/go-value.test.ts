import { describe, expect, it } from 'vitest';
import { goListOf, goValueOf } from './go-value.ts';

// What a real server printed in its complaints.
describe('goValueOf', () => {
  it.each([
    [
      'core/v1.Taint',
      { key: 'a', value: 'b', effect: 'NoSchedule' },
      '{"Key":"a","Value":"b","Effect":"NoSchedule","TimeAdded":null}',
    ],
    [
      'core/v1.Toleration',
      { key: 'r', operator: 'Equal', value: 'x', effect: 'NoExecute', tolerationSeconds: 5 },
      '{"Key":"r","Operator":"Equal","Value":"x","Effect":"NoExecute","TolerationSeconds":5}',
    ],
    [
      'core/v1.ServicePort',
      { port: 80, protocol: 'TCP' },
      '{"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
    ],
    ['rbac/v1.RoleRef', { kind: 'Role', name: 'view' }, '{"APIGroup":"","Kind":"Role","Name":"view"}'],
    [
      'apiextensions/v1.ValidationRule',
      { rule: 'rand() > 1' },
      '{"Rule":"rand() \\u003e 1","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}',
    ],
    [
      'policy/v1.PodDisruptionBudgetSpec',
      { minAvailable: 1, selector: { matchLabels: { none: 'x' } } },
      '{"MinAvailable":1,"Selector":{"matchLabels":{"none":"x"}},"MaxUnavailable":null,"UnhealthyPodEvictionPolicy":null}',
    ],
    ['core/v1.Capabilities', { add: ['CAP_SYS_ADMIN'] }, '{"Add":["CAP_SYS_ADMIN"],"Drop":null}'],
  ])('%s', (definition, value, text) => {
    expect(goValueOf(definition, value).text).toBe(text);
  });

  it('finds what the internal struct holds elsewhere', () => {
    const { text } = goValueOf('core/v1.PodSpec', { containers: [], hostNetwork: true });
    expect(text).toContain('"SecurityContext":{"HostNetwork":true,"HostPID":false,');
    expect(text).toContain('"Containers":[],');
  });

  it('inlines metadata under its JSON names', () => {
    const { text } = goValueOf('core/v1.PodTemplateSpec', { metadata: { name: 'a', labels: { b: 'c' } } });
    expect(text).toMatch(/^\{"name":"a","labels":\{"b":"c"\},"Spec":\{"Volumes":null,/);
  });

  it('prints lists', () => {
    expect(goListOf('core/v1.Taint', undefined).text).toBe('null');
    expect(goListOf('core/v1.NodeAddress', [{ type: 'Hostname', address: 'h' }]).text).toBe(
      '[{"Type":"Hostname","Address":"h"}]',
    );
  });
});
