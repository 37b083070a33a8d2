import { parseIntOrString } from '../../../apimachinery/int-or-string.ts';
import { quote } from '../../../apimachinery/go-format.ts';
import { isDNS1123Subdomain, isValidPortName, isValidPortNum } from '../../../apimachinery/validation.ts';
import type { Command, Invocation } from '../../command.ts';
import { KubectlError } from '../../errors.ts';
import { type Creation, runCreation, withCreateFlags } from './create-subcommand.ts';

type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';

function service({ flags }: Invocation, name: string, type: ServiceType): Creation {
  const tcp = flags.strings('tcp');
  const clusterIP = flags.has('clusterip') ? flags.string('clusterip') : '';
  const externalName = flags.has('external-name') ? flags.string('external-name') : '';
  const nodePort = flags.has('node-port') ? flags.int('node-port') : 0;
  if (clusterIP !== 'None' && tcp.length === 0 && type !== 'ExternalName') {
    throw new KubectlError('at least one tcp port specifier must be provided');
  }
  if (type === 'ExternalName' && isDNS1123Subdomain(externalName).length > 0) {
    throw new KubectlError(`invalid service external name ${externalName}`);
  }
  const ports = tcp.map((text) => ({
    name: text.replaceAll(':', '-'),
    protocol: 'TCP',
    ...parsePorts(text),
    ...(nodePort === 0 ? {} : { nodePort }),
  }));
  const labels = { app: name };
  return {
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, labels },
      spec: { ports, selector: labels, clusterIP, type, externalName },
    },
    namespaced: true,
    failure: `failed to create ${type} service:`,
  };
}

/** `80` or `80:8080` or `80:http`. Upstream: kubectl/pkg/cmd/create/create_service.go parsePorts (v1.36) */
function parsePorts(text: string): { readonly port: number; readonly targetPort: number | string } {
  const [first = '', second] = text.split(':');
  if (!/^[+]?\d+$/.test(first)) throw new KubectlError(`strconv.ParseUint: parsing ${quote(first)}: invalid syntax`);
  const port = Number(first);
  if (port > 65_535) throw new KubectlError(`strconv.ParseUint: parsing ${quote(first)}: value out of range`);
  if (second === undefined) return { port, targetPort: port };
  const targetPort = /^[+-]?\d+$/.test(second) ? Number(second) : second;
  const problems = typeof targetPort === 'number' ? isValidPortNum(targetPort) : isValidPortName(targetPort);
  if (problems.length > 0) throw new KubectlError(problems.join(','));
  return { port, targetPort: typeof targetPort === 'number' ? targetPort : parseIntOrString(targetPort) };
}

const command = (
  type: ServiceType,
  parts: Pick<Command, 'use' | 'short' | 'example'> & { readonly own: string; readonly required?: readonly string[] },
): Command => ({
  use: parts.use,
  short: parts.short,
  ...(parts.example === undefined ? {} : { example: parts.example }),
  ...(parts.required === undefined ? {} : { required: parts.required }),
  flags: withCreateFlags(parts.own),
  plainUseLine: true,
  completion: 'none',
  run: (invocation) => runCreation(invocation, (name) => service(invocation, name, type)),
});

export const createService: Command = {
  use: 'service',
  aliases: ['svc'],
  short: 'Create a service of one of four types',
  commands: [
    command('ClusterIP', {
      use: 'clusterip NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none]',
      short: 'Create a ClusterIP service',
      example: 'kubectl create service clusterip web --tcp=80:8080',
      own: "clusterip='' tcp=[]",
    }),
    command('ExternalName', {
      use: 'externalname NAME --external-name external.name [--dry-run=server|client|none]',
      short: 'Create an ExternalName service',
      example: 'kubectl create service externalname db --external-name db.example',
      own: "external-name='' tcp=[]",
      required: ['external-name'],
    }),
    command('LoadBalancer', {
      use: 'loadbalancer NAME [--tcp=port:targetPort] [--dry-run=server|client|none]',
      short: 'Create a LoadBalancer service',
      example: 'kubectl create service loadbalancer web --tcp=80:8080',
      own: 'tcp=[]',
    }),
    command('NodePort', {
      use: 'nodeport NAME [--tcp=port:targetPort] [--dry-run=server|client|none]',
      short: 'Create a NodePort service',
      example: 'kubectl create service nodeport web --tcp=80:8080',
      own: 'node-port=0 tcp=[]',
    }),
  ],
};
