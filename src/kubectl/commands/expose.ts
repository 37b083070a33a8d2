import { errorText } from '../../apimachinery/error-text.ts';
import type { Process } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { KubectlError } from '../errors.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { createOrUpdateAnnotation } from '../last-applied.ts';
import { metaOf, type Unstructured, withNamespace } from '../object.ts';
import { dryRunFlags, dryRunStrategy, fieldManagerFlag, printerOf, saveConfigFlags, withDryRun } from '../options.ts';
import { overrideFlags, withOverrides } from '../overrides.ts';
import { checkCanBeExposed, makeLabels, mapBasedSelector, portsOf } from '../polymorphic/exposable.ts';
import { printFlags } from '../printers/object-printer.ts';
import { filenameFlags, filenameOptions } from '../resource/filenames.ts';
import { generateService } from '../service-generator.ts';
import { typedObject } from '../typed-object.ts';
import { recordFlags } from './metadata-command.ts';

export const expose: Command = {
  use: 'expose (-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type]',
  group: 'beginner',
  short: 'Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service',
  long: 'Expose a resource as a new Kubernetes service.\n\n The selector, labels and ports of the given object are used unless flags say otherwise.\n\n Possible resources include (case insensitive):\n\n pod (po), service (svc), replicationcontroller (rc), deployment (deploy), replicaset (rs)',
  example: `kubectl expose deployment web --port=80 --target-port=8000

# Under another name, on every node
kubectl expose deployment web --port=80 --type=NodePort --name=web-public`,
  flags: [
    ...flagSpecs(`
      cluster-ip='' external-ip='' l/labels='' load-balancer-ip='' name='' port='' protocol='' selector='' session-affinity=''
      target-port='' type=''
    `),
    ...filenameFlags,
    ...printFlags,
    ...dryRunFlags,
    ...overrideFlags,
    ...saveConfigFlags,
    ...recordFlags,
    ...fieldManagerFlag('kubectl-expose'),
  ],
  plainUseLine: true,
  completion: 'resource-type-and-name',
  run: runExpose,
};

function* runExpose(invocation: Invocation): Process<void> {
  const { flags, factory, args } = invocation;
  const dryRun = yield* dryRunStrategy(invocation);
  const print = printerOf(invocation, withDryRun('exposed', dryRun));
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
  const memory = { selector: flags.string('selector'), port: flags.string('port'), labels: flags.string('labels') };
  yield* result.visit(function* (info) {
    checkCanBeExposed(info.served);
    let service = typedObject(withOverrides(flags, serviceFor(invocation, info.object, info.name, memory)));
    if (dryRun === 'client') {
      if (factory.namespaceIsExplicit) service = withNamespace(service, factory.namespace);
      return yield* print(service, { typed: true });
    }
    service = createOrUpdateAnnotation(flags.bool('save-config'), service, true);
    const mapping = yield* factory.mapping('', 'v1', 'Service');
    const helper = factory.helper(mapping, {
      dryRun: dryRun === 'server',
      fieldManager: flags.string('field-manager'),
    });
    yield* print(yield* helper.create(factory.namespace, service));
  });
}

/** As upstream, what the first object gave is kept for those that follow. */
function serviceFor(
  { flags }: Invocation,
  object: Unstructured,
  name: string,
  memory: { selector: string; port: string; labels: string },
): Unstructured {
  if (memory.selector === '') {
    try {
      memory.selector = mapBasedSelector(object);
    } catch (error) {
      throw new KubectlError(`couldn't retrieve selectors via --selector flag or introspection: ${errorText(error)}`);
    }
  }
  const found = portsOf(object);
  const clusterIP = flags.string('cluster-ip');
  if (memory.port === '') {
    const ports = found.map((one) => one.port);
    if (ports.length === 0 && clusterIP !== 'None') {
      throw new KubectlError("couldn't find port via --port flag or introspection");
    }
    memory.port = ports.join(',');
  }
  if (memory.labels === '') memory.labels = makeLabels(metaOf(object).labels ?? {});
  const protocols = new Map<string, string[]>();
  for (const { port, protocol } of found) protocols.set(port, [...(protocols.get(port) ?? []), protocol]);
  return generateService({
    name: flags.string('name') || name.slice(0, 63),
    selector: memory.selector,
    labels: memory.labels,
    ports: memory.port,
    protocol: flags.string('protocol'),
    protocols,
    targetPort: flags.string('target-port'),
    externalIP: flags.string('external-ip'),
    type: flags.string('type'),
    loadBalancerIP: flags.string('load-balancer-ip'),
    sessionAffinity: flags.string('session-affinity'),
    clusterIP,
  });
}
