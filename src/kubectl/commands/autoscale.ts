import { errorText } from '../../apimachinery/error-text.ts';
import type { JsonObject } from '../../apimachinery/json-value.ts';
import { canonicalQuantity } from '../../apimachinery/quantity.ts';
import { groupVersion } from '../../apimachinery/resource-ref.ts';
import type { Process } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { KubectlError } from '../errors.ts';
import { deprecatedFlags, flagSpecs } from '../flags/flag-spec.ts';
import { createOrUpdateAnnotation } from '../last-applied.ts';
import type { Unstructured } from '../object.ts';
import {
  type DryRun,
  dryRunFlags,
  dryRunStrategy,
  fieldManagerFlag,
  printerOf,
  saveConfigFlags,
  withDryRun,
} from '../options.ts';
import { printFlags } from '../printers/object-printer.ts';
import { filenameFlags, filenameOptions } from '../resource/filenames.ts';
import type { RestMapping } from '../rest/discovery.ts';
import { typedObject } from '../typed-object.ts';
import { recordFlags } from './metadata-command.ts';

export const autoscale: Command = {
  use: 'autoscale (-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY]',
  group: 'deploy',
  short: 'Auto-scale a deployment, replica set, stateful set, or replication controller',
  long: 'Creates an autoscaler that chooses how many pods run, by their use of cpu or memory.',
  example: `kubectl autoscale deployment web --min=2 --max=10 --cpu=80%

# By what a pod uses on average
kubectl autoscale deployment web --max=5 --cpu=500m --memory=200Mi`,
  flags: [
    ...flagSpecs("cpu='' max=-1 memory='' min=-1 name=''"),
    ...deprecatedFlags(
      'cpu-percent=-1',
      "Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).",
    ),
    ...filenameFlags,
    ...printFlags,
    ...dryRunFlags,
    ...saveConfigFlags,
    ...recordFlags,
    ...fieldManagerFlag('kubectl-autoscale'),
  ],
  required: ['max'],
  plainUseLine: true,
  completion: 'resource-type-and-name',
  run: runAutoscale,
};

function* runAutoscale(invocation: Invocation): Process<void> {
  const { flags, factory, args } = invocation;
  const dryRun = yield* dryRunStrategy(invocation);
  validate(invocation);
  const result = yield* factory
    .builder()
    .continueOnError()
    .namespaceParam(factory.namespace)
    .defaultNamespace()
    .filenameParam(factory.namespaceIsExplicit, filenameOptions(flags))
    .resourceTypeOrNameArgs(false, ...args)
    .flatten()
    .do();
  result.check();
  let count = 0;
  yield* result.visit(function* (info) {
    const mapping = info.served;
    if (!mapping.subresources.includes('scale')) {
      const gvr = `${mapping.group}/${mapping.version}, Resource=${mapping.resource}`;
      throw new KubectlError(
        `cannot autoscale a ${mapping.kind}: could not find scale subresource for ${gvr} in discovery information`,
      );
    }
    yield* createAutoscaler(invocation, info.name, mapping, dryRun);
    count++;
  });
  if (count === 0) throw new KubectlError('no objects passed to autoscale');
}

function validate({ flags }: Invocation): void {
  const [max, min] = [flags.int('max'), flags.int('min')];
  if (max < 1) throw new KubectlError(`--max=MAXPODS is required and must be at least 1, max: ${max}`);
  if (max < min) {
    throw new KubectlError(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`);
  }
  if (flags.int('cpu-percent') > 0 && flags.string('cpu') !== '') {
    throw new KubectlError('--cpu-percent and --cpu are mutually exclusive');
  }
  for (const name of ['cpu', 'memory'] as const) if (flags.string(name) !== '') metricTarget(flags.string(name), name);
}

/** `80%` is utilization; a bare number is in milli-cpus or mebibytes. @throws KubectlError */
function metricTarget(text: string, resource: 'cpu' | 'memory'): JsonObject {
  const input = text.trim();
  if (input === '') throw new KubectlError('empty input');
  if (input.endsWith('%')) {
    const number = input.slice(0, -1);
    if (!/^\+?\d+$/.test(number)) throw new KubectlError(`invalid percentage value: ${number}`);
    return { type: 'Utilization', averageUtilization: Number(number) };
  }
  const unit = resource === 'cpu' ? 'm' : 'Mi';
  const plain = input !== '' && Number.isFinite(Number(input)) && /^[+-]?[\d.]+(?:[eE][+-]?\d+)?$/.test(input);
  try {
    return { type: 'AverageValue', averageValue: canonicalQuantity(plain ? `${Number(input)}${unit}` : input) };
  } catch {
    throw new KubectlError(`invalid resource ${resource} value: ${input}`);
  }
}

function autoscalerV2({ flags, factory }: Invocation, name: string, mapping: RestMapping): Unstructured {
  const min = flags.int('min');
  const percent = flags.int('cpu-percent');
  const metric = (resource: string, target: JsonObject) => ({ type: 'Resource', resource: { name: resource, target } });
  const metrics = [
    ...(percent > 0 ? [metric('cpu', { type: 'Utilization', averageUtilization: percent })] : []),
    ...(flags.string('cpu') === '' ? [] : [metric('cpu', metricTarget(flags.string('cpu'), 'cpu'))]),
    ...(flags.string('memory') === '' ? [] : [metric('memory', metricTarget(flags.string('memory'), 'memory'))]),
  ];
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: {
      name: flags.string('name') || name,
      ...(factory.namespaceIsExplicit ? { namespace: factory.namespace } : {}),
    },
    spec: {
      scaleTargetRef: { kind: mapping.kind, name, apiVersion: groupVersion(mapping) },
      ...(min > 0 ? { minReplicas: min } : {}),
      maxReplicas: flags.int('max'),
      metrics,
    },
  };
}

function autoscalerV1(invocation: Invocation, name: string, mapping: RestMapping): Unstructured {
  const v2 = autoscalerV2(invocation, name, mapping);
  const { metrics: _metrics, ...spec } = v2['spec'] as JsonObject;
  const percent = invocation.flags.int('cpu-percent');
  const target = percent >= 0 ? { targetCPUUtilizationPercentage: percent } : {};
  return { ...v2, apiVersion: 'autoscaling/v1', spec: { ...spec, ...target } };
}

function* createAutoscaler(invocation: Invocation, name: string, mapping: RestMapping, dryRun: DryRun): Process<void> {
  try {
    return yield* send(invocation, autoscalerV2(invocation, name, mapping), dryRun);
  } catch {
    const { flags } = invocation;
    let type: unknown;
    try {
      type = metricTarget(flags.string('cpu'), 'cpu')['type'];
    } catch (second) {
      throw new KubectlError(
        `failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: ${errorText(second)}`,
      );
    }
    const fits = flags.string('memory') === '' && (flags.int('cpu-percent') >= 0 || type === 'Utilization');
    if (!fits) {
      throw new KubectlError(
        'failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: %!w(<nil>)',
      );
    }
    yield* send(invocation, autoscalerV1(invocation, name, mapping), dryRun);
  }
}

function* send(invocation: Invocation, made: Unstructured, dryRun: DryRun): Process<void> {
  const { factory, flags } = invocation;
  let object = typedObject(made);
  if (dryRun === 'client') return yield* printerOf(invocation, withDryRun('created', dryRun))(object, { typed: true });
  object = createOrUpdateAnnotation(flags.bool('save-config'), object, true);
  const [, version = ''] = (made.apiVersion ?? '').split('/');
  const mapping = yield* factory.mapping('autoscaling', version, 'HorizontalPodAutoscaler');
  const helper = factory.helper(mapping, { dryRun: dryRun === 'server', fieldManager: flags.string('field-manager') });
  const actual = yield* helper.create(factory.namespace, object);
  yield* printerOf(invocation, withDryRun('autoscaled', dryRun))(actual, { typed: true });
}
