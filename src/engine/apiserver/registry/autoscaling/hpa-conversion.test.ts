import { describe, expect, it } from 'vitest';
import type * as autoscalingv1 from '../../../../api/autoscaling/v1.ts';
import type * as autoscalingv2 from '../../../../api/autoscaling/v2.ts';
import { hpaFromV2, hpaToV2 } from './hpa-conversion.ts';

const annotation = 'autoscaling.alpha.kubernetes.io/metrics';
const scaleTargetRef = { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' };
const v1 = (metrics: string, more: object = {}) =>
  ({
    metadata: { name: 'web', annotations: { [annotation]: metrics } },
    spec: { scaleTargetRef, maxReplicas: 3, ...more },
  }) as unknown as autoscalingv1.HorizontalPodAutoscaler;

const cpu = (averageUtilization: number) => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
});

describe('hpaToV2', () => {
  it.each([
    ['no metric', '[]', {}, [cpu(80)]],
    ['what cannot be read', 'x', {}, [cpu(80)]],
    ['cpu', '[]', { targetCPUUtilizationPercentage: 50 }, [cpu(50)]],
    [
      'a resource by use, before cpu',
      '[{"type":"Resource","resource":{"name":"memory","targetAverageUtilization":60}}]',
      { targetCPUUtilizationPercentage: 50 },
      [
        { type: 'Resource', resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 60 } } },
        cpu(50),
      ],
    ],
    [
      'pods',
      '[{"type":"Pods","pods":{"metricName":"qps","targetAverageValue":"1k"}}]',
      {},
      [{ type: 'Pods', pods: { metric: { name: 'qps' }, target: { type: 'AverageValue', averageValue: '1k' } } }],
    ],
    [
      'an object',
      '[{"type":"Object","object":{"target":{"kind":"Service","name":"s"},"metricName":"hits","targetValue":"5"}}]',
      {},
      [
        {
          type: 'Object',
          object: {
            describedObject: { kind: 'Service', name: 's' },
            metric: { name: 'hits' },
            target: { type: 'Value', value: '5' },
          },
        },
      ],
    ],
  ])('%s', (_, metrics, spec, expected) => {
    const object = hpaToV2(v1(metrics, spec));
    expect(object.spec?.metrics).toEqual(expected);
    expect(object.metadata.annotations).toBeUndefined();
  });
});

describe('hpaFromV2', () => {
  it('writes metrics in the words of v1, and the behavior under the names of Go', () => {
    const metrics = [
      { type: 'External', external: { metric: { name: 'q' }, target: { type: 'Value', value: '3' } } },
      cpu(70),
    ];
    const behavior = { scaleUp: { selectPolicy: 'Max', policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }] } };
    const object = { metadata: { name: 'web' }, spec: { scaleTargetRef, maxReplicas: 3, metrics, behavior } };
    const old = hpaFromV2(object as unknown as autoscalingv2.HorizontalPodAutoscaler);
    expect(old.spec?.targetCPUUtilizationPercentage).toBe(70);
    expect(old.metadata.annotations).toEqual({
      [annotation]: '[{"type":"External","external":{"metricName":"q","targetValue":"3"}}]',
      'autoscaling.alpha.kubernetes.io/behavior':
        '{"ScaleUp":{"StabilizationWindowSeconds":null,"SelectPolicy":"Max","Policies":[{"Type":"Pods","Value":4,"PeriodSeconds":15}],"Tolerance":null},"ScaleDown":null}',
    });
    expect(hpaToV2(old).spec).toEqual({ scaleTargetRef, maxReplicas: 3, metrics, behavior });
  });
});
