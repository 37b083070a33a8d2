import { expect, it } from 'vitest';
import { actorName, wordsOf } from './why-words.ts';

it.each([
  ['POST pods/default/web-1', 'Created Pod web-1'],
  ['POST pods/default/web-1/binding', 'Bound Pod web-1'],
  ['PATCH pods/default/web-1/status', 'Reported the status of Pod web-1'],
  ['PUT replicasets.apps/default/web', 'Changed ReplicaSet web'],
  ['DELETE nodes//node-1', 'Deleted Node node-1'],
  ['POST widgets.shop.example/default/a', 'Created widgets.shop.example a'],
  ['POST /apis/apps/v1/namespaces/default/deployments', 'POST /apis/apps/v1/namespaces/default/deployments'],
])('%s', (label, words) => {
  expect(wordsOf({ label })).toBe(words);
});

it.each([
  ['system:serviceaccount:kube-system:job-controller', 'job-controller'],
  ['system:node:node-1', 'kubelet of node-1'],
  ['system:kube-scheduler', 'kube-scheduler'],
  ['kubernetes-admin', 'you'],
])('%s', (actor, name) => {
  expect(actorName(actor)).toBe(name);
});
