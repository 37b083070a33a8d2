import type * as autoscalingv2 from '../../api/autoscaling/v2.ts';
import { quote } from '../../apimachinery/go-format.ts';
import { printLabelsAndAnnotations, printNames, rfc1123z } from './describe-parts.ts';
import type { PrefixWriter } from './describe-writer.ts';
import { plain } from './session.ts';

const unknown = '<unknown>';

/** Upstream: kubectl/pkg/describe/describe.go describeHorizontalPodAutoscalerV2 (v1.36) */
export const describeHorizontalPodAutoscaler = plain<autoscalingv2.HorizontalPodAutoscaler>((w, autoscaler) => {
  const { metadata, spec, status } = autoscaler;
  printNames(w, metadata);
  printLabelsAndAnnotations(w, metadata);
  w.write(0, `CreationTimestamp:\t${rfc1123z(metadata?.creationTimestamp)}\n`);
  w.write(0, `Reference:\t${spec?.scaleTargetRef.kind ?? ''}/${spec?.scaleTargetRef.name ?? ''}\n`);
  w.write(0, 'Metrics:\t( current / target )\n');
  (spec?.metrics ?? []).forEach((metric, index) => {
    printMetric(w, metric, status?.currentMetrics?.[index]);
  });
  w.write(0, `Min replicas:\t${spec?.minReplicas ?? '<unset>'}\n`);
  w.write(0, `Max replicas:\t${spec?.maxReplicas ?? 0}\n`);
  if (spec?.behavior) {
    w.write(0, 'Behavior:\n');
    printDirection(w, 'Scale Up', spec.behavior.scaleUp);
    printDirection(w, 'Scale Down', spec.behavior.scaleDown);
  }
  w.write(0, `${spec?.scaleTargetRef.kind ?? ''} pods:\t`);
  w.write(0, `${status?.currentReplicas ?? 0} current / ${status?.desiredReplicas ?? 0} desired\n`);
  if (!status?.conditions?.length) return;
  w.write(0, 'Conditions:\n');
  w.write(1, 'Type\tStatus\tReason\tMessage\n');
  w.write(1, '----\t------\t------\t-------\n');
  for (const { type, status: value, reason = '', message = '' } of status.conditions) {
    w.write(1, `${type}\t${value}\t${reason}\t${message}\n`);
  }
});

function printMetric(
  w: PrefixWriter,
  metric: autoscalingv2.MetricSpec,
  now: autoscalingv2.MetricStatus | undefined,
): void {
  const { external, pods, object, resource, containerResource } = metric;
  if (metric.type === 'External' && external) {
    const name = quote(external.metric.name);
    const { averageValue, value } = external.target;
    if (averageValue !== undefined) {
      return w.write(
        1,
        `${name} (target average value):\t${now?.external?.current.averageValue ?? unknown} / ${averageValue}\n`,
      );
    }
    const current = now?.external ? (now.external.current.value ?? '<nil>') : unknown;
    return w.write(1, `${name} (target value):\t${current} / ${value ?? '<nil>'}\n`);
  }
  if (metric.type === 'Pods' && pods) {
    const current = now?.pods?.current.averageValue ?? unknown;
    return w.write(1, `${quote(pods.metric.name)} on pods:\t${current} / ${pods.target.averageValue ?? '<nil>'}\n`);
  }
  if (metric.type === 'Object' && object) {
    const { kind, name } = object.describedObject;
    const average = object.target.type === 'AverageValue';
    const current = average ? now?.object?.current.averageValue : now?.object?.current.value;
    const target = average ? object.target.averageValue : object.target.value;
    const what = average ? '(target average value)' : '(target value)';
    return w.write(
      1,
      `"${object.metric.name}" on ${kind}/${name} ${what}:\t${current ?? unknown} / ${target ?? '<nil>'}\n`,
    );
  }
  if (metric.type === 'Resource' && resource) {
    return printResourceMetric(w, `resource ${resource.name} on pods`, resource.target, now?.resource?.current);
  }
  if (metric.type === 'ContainerResource' && containerResource) {
    const { name, container, target } = containerResource;
    const title = `resource ${name} of container "${container}" on pods`;
    return printResourceMetric(w, title, target, now?.containerResource?.current);
  }
  w.write(1, `<unknown metric type ${quote(metric.type)}>\n`);
}

function printResourceMetric(
  w: PrefixWriter,
  title: string,
  target: autoscalingv2.MetricTarget,
  current: autoscalingv2.MetricValueStatus | undefined,
): void {
  w.write(1, title);
  if (target.averageValue !== undefined) {
    return w.write(0, `:\t${current?.averageValue ?? unknown} / ${target.averageValue}\n`);
  }
  const used = current?.averageUtilization;
  const now = used === undefined ? unknown : `${used}% (${current?.averageValue ?? '<nil>'})`;
  const wanted = target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`;
  w.write(1, `(as a percentage of request):\t${now} / ${wanted}\n`);
}

function printDirection(w: PrefixWriter, title: string, rules: autoscalingv2.HPAScalingRules | undefined): void {
  if (!rules) return;
  w.write(1, `${title}:\n`);
  const { stabilizationWindowSeconds, policies, selectPolicy = 'Max' } = rules;
  if (stabilizationWindowSeconds !== undefined) {
    w.write(2, `Stabilization Window: ${stabilizationWindowSeconds} seconds\n`);
  }
  if (!policies?.length) return;
  w.write(2, `Select Policy: ${selectPolicy}\n`);
  w.write(2, 'Policies:\n');
  for (const { type, value, periodSeconds } of policies) {
    w.write(3, `- Type: ${type}\tValue: ${value}\tPeriod: ${periodSeconds} seconds\n`);
  }
}
