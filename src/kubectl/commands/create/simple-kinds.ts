import { parseIntOrString } from '../../../apimachinery/int-or-string.ts';
import { parseToLabelSelector } from '../../../apimachinery/labels.ts';
import { canonicalQuantity } from '../../../apimachinery/quantity.ts';
import type { Command, Invocation } from '../../command.ts';
import { KubectlError } from '../../errors.ts';
import { type Creation, runCreation, withCreateFlags } from './create-subcommand.ts';

type Make = (invocation: Invocation, name: string) => Creation;

const generator = (parts: Omit<Command, 'run' | 'flags'> & { readonly own: string; readonly make: Make }): Command => {
  const { own, make, ...command } = parts;
  return {
    ...command,
    flags: withCreateFlags(own),
    plainUseLine: true,
    completion: 'none',
    run: (invocation) => runCreation(invocation, (name) => make(invocation, name)),
  };
};

export const createNamespace = generator({
  use: 'namespace NAME [--dry-run=server|client|none]',
  aliases: ['ns'],
  short: 'Create a namespace with the given name',
  example: 'kubectl create namespace team-a',
  own: '',
  make: (_invocation, name) => ({
    object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    namespaced: false,
  }),
});

export const createServiceAccount = generator({
  use: 'serviceaccount NAME [--dry-run=server|client|none]',
  aliases: ['sa'],
  short: 'Create a service account with the given name',
  example: 'kubectl create serviceaccount robot',
  own: '',
  make: (_invocation, name) => ({
    object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } },
    namespaced: true,
    failure: 'failed to create serviceaccount:',
  }),
});

export const createQuota = generator({
  use: 'quota NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none]',
  aliases: ['resourcequota'],
  short: 'Create a quota with the given limits',
  example: 'kubectl create quota small --hard=cpu=1,memory=1G,pods=2',
  own: "hard='' scopes=''",
  make: quota,
});

function quota({ flags }: Invocation, name: string): Creation {
  const hard: Record<string, string> = {};
  for (const statement of flags
    .string('hard')
    .split(',')
    .filter((text) => flags.string('hard') !== '' || text !== '')) {
    const parts = statement.split('=');
    if (parts.length !== 2) {
      throw new KubectlError(`Invalid argument syntax ${statement}, expected <resource>=<value>`);
    }
    hard[parts[0] ?? ''] = canonicalQuantity(parts[1] ?? '');
  }
  const scopes = flags.string('scopes') === '' ? [] : flags.string('scopes').split(',');
  if (scopes.includes('')) throw new KubectlError('invalid resource quota scope ""');
  return {
    object: { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name }, spec: { hard, scopes } },
    namespaced: true,
    failure: 'failed to create quota:',
  };
}

export const createPodDisruptionBudget = generator({
  use: 'poddisruptionbudget NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none]',
  aliases: ['pdb'],
  short: 'Create a pod disruption budget with the given name',
  example: 'kubectl create poddisruptionbudget web --selector=app=web --min-available=1',
  own: "max-unavailable='' min-available='' selector=''",
  make: podDisruptionBudget,
});

function podDisruptionBudget({ flags }: Invocation, name: string): Creation {
  const [max, min, selector] = [
    flags.string('max-unavailable'),
    flags.string('min-available'),
    flags.string('selector'),
  ];
  if (selector === '') throw new KubectlError('a selector must be specified');
  if (max === '' && min === '') throw new KubectlError('one of min-available or max-unavailable must be specified');
  if (max !== '' && min !== '') throw new KubectlError('min-available and max-unavailable cannot be both specified');
  const format = /^[0-9]+%?$/;
  if (min !== '' && !format.test(min)) throw new KubectlError('invalid format specified for min-available');
  if (max !== '' && !format.test(max)) throw new KubectlError('invalid format specified for max-unavailable');
  return {
    object: {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name },
      spec: {
        selector: parseToLabelSelector(selector),
        ...(min === '' ? { maxUnavailable: parseIntOrString(max) } : { minAvailable: parseIntOrString(min) }),
      },
    },
    namespaced: true,
    failure: 'failed to create poddisruptionbudgets:',
  };
}

export const createPriorityClass = generator({
  use: 'priorityclass NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none]',
  aliases: ['pc'],
  short: 'Create a priority class with the given name',
  example: 'kubectl create priorityclass high --value=1000 --description="important work"',
  own: "description='' global-default=false preemption-policy='PreemptLowerPriority' value=0",
  make: ({ flags }, name) => ({
    object: {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      value: flags.int('value'),
      globalDefault: flags.bool('global-default'),
      description: flags.string('description'),
      preemptionPolicy: flags.string('preemption-policy'),
    },
    namespaced: false,
    failure: 'failed to create priorityclass:',
  }),
});

export const createIngress = generator({
  use: 'ingress NAME --rule=host/path=service:port[,tls[=secret]] ',
  aliases: ['ing'],
  short: 'Create an ingress with the given name',
  example: 'kubectl create ingress web --class=nginx --rule="shop.example/*=web:80"',
  own: "annotation:array=[] class='' default-backend='' rule:array=[]",
  make: ingress,
});

const ruleFormat = /^[\w*.-]*\/.*=[\w-]+:[\w-]+(?:,tls=?[\w-]*)?/;

function ingress({ flags }: Invocation, name: string): Creation {
  const rules = flags.strings('rule');
  const backend = flags.string('default-backend');
  if (backend === '' && rules.length === 0) {
    throw new KubectlError(
      'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
    );
  }
  const wrong = rules.find((rule) => !ruleFormat.test(rule));
  if (wrong !== undefined) {
    throw new KubectlError(`rule ${wrong} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`);
  }
  const annotations: Record<string, string> = {};
  for (const text of flags.strings('annotation')) {
    const equals = text.indexOf('=');
    if (equals < 0) throw new KubectlError(`annotation ${text} is invalid and should be in format key=[value]`);
    annotations[text.slice(0, equals)] = text.slice(equals + 1);
  }
  if (backend !== '' && backend.split(':').length !== 2) {
    throw new KubectlError('default-backend should be in format servicename:serviceport');
  }
  const ingressClassName = flags.string('class');
  return {
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name, annotations },
      spec: {
        ...(ingressClassName === '' ? {} : { ingressClassName }),
        ...(backend === '' ? {} : { defaultBackend: serviceBackend(backend) }),
        tls: tlsRules(rules),
        rules: ingressRules(rules),
      },
    },
    namespaced: true,
    failure: 'failed to create ingress:',
  };
}

function serviceBackend(text: string) {
  const [name = '', port = ''] = text.split(':');
  const parsed = parseIntOrString(port);
  return { service: { name, port: typeof parsed === 'number' ? { number: parsed } : { name: parsed } } };
}

function ingressRules(rules: readonly string[]) {
  const byHost = new Map<string, object[]>();
  for (const rule of rules) {
    const [target = ''] = rule.split(',');
    const slash = target.indexOf('/');
    const [path = '', backend = ''] = target.slice(slash + 1).split('=');
    const isPrefix = `/${path}`.endsWith('*');
    const entry = {
      path: isPrefix ? `/${path}`.slice(0, -1) : `/${path}`,
      pathType: isPrefix ? 'Prefix' : 'Exact',
      backend: serviceBackend(backend),
    };
    const host = target.slice(0, slash);
    byHost.set(host, [...(byHost.get(host) ?? []), entry]);
  }
  return [...byHost].map(([host, paths]) => ({ ...(host === '' ? {} : { host }), http: { paths } }));
}

/** Hosts by secret, in order of first mention. Upstream: kubectl/pkg/cmd/create/create_ingress.go buildTLSRules (v1.36) */
function tlsRules(rules: readonly string[]) {
  const seen = new Set<string>();
  const out: { hosts?: string[]; secretName?: string }[] = [];
  for (const rule of rules) {
    const parts = rule.split(',');
    if (parts.length !== 2) continue;
    const host = rule.split('/')[0] ?? '';
    const secretName = parts[1]?.split('=')[1] ?? '';
    if (seen.has(host)) continue;
    seen.add(host);
    const same = out.find((entry) => (entry.secretName ?? '') === secretName);
    if (same !== undefined) same.hosts = [...(same.hosts ?? []), host];
    else if (host !== '' || secretName !== '') {
      out.push({ ...(host === '' ? {} : { hosts: [host] }), ...(secretName === '' ? {} : { secretName }) });
    }
  }
  return out;
}
