import { expect, it } from 'vitest';
import type { Command } from '../../kubectl/command.ts';
import { flagSpecs } from '../../kubectl/flags/flag-spec.ts';
import { completeKubectl, type NameSource } from './kubectl-completer.ts';

const root: Command = {
  use: 'kubectl',
  short: '',
  commands: [
    {
      use: 'get TYPE',
      short: '',
      completion: 'resource-type-and-name',
      flags: flagSpecs("o/output='' w/watch=false f/filename=[]"),
    },
    { use: 'logs POD', short: '', completion: 'pod-or-workload' },
    { use: 'rollout', short: '', commands: [{ use: 'restart', short: '', completion: 'resource-type-and-name' }] },
    { use: 'drain NODE', short: '', completion: 'node' },
  ],
};
const globalFlags = flagSpecs("n/namespace=''");
const source: NameSource = {
  types: () => ['pods', 'po', 'deployments'],
  names: (type, namespace) =>
    ({
      pods: namespace === 'default' ? ['web-1', 'web-2'] : ['dns-1'],
      po: ['web-1', 'web-2'],
      deployment: ['web'],
      nodes: ['node-1'],
      namespaces: ['default', 'kube-system'],
    })[type] ?? [],
};

it.each([
  ['kubectl g', ['get ']],
  ['k rollout ', ['restart ']],
  ['kubectl get po', ['po ', 'pods ']],
  ['kubectl get pods w', ['web-1 ', 'web-2 ']],
  ['kubectl get po/web-1', ['po/web-1 ']],
  ['kubectl get pods -n kube-system ', ['dns-1 ']],
  ['kubectl get pods --namespace=kube-system ', ['dns-1 ']],
  ['kubectl -n ', ['default ', 'kube-system ']],
  ['kubectl get pods -o y', ['yaml ']],
  ['kubectl get --w', ['--watch ']],
  ['kubectl get --o', ['--output=']],
  ['kubectl logs d', ['deployment/web ']],
  ['kubectl drain ', ['node-1 ']],
  ['echo a | kubectl get pods web-2', ['web-2 ']],
  ['kubectl get -f ', undefined],
  ['ls ', undefined],
  ['kubectl exec web-1 -- l', undefined],
])('%s', (line, candidates) => {
  expect(completeKubectl(line, line.length, root, globalFlags, source)?.candidates).toEqual(candidates);
});
