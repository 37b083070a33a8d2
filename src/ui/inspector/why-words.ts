import type { WhyLink } from '../../protocol/control.ts';
import { lookOfResource } from './look-of-resource.ts';

const verbs: Readonly<Record<string, string>> = {
  POST: 'Created',
  PUT: 'Changed',
  PATCH: 'Changed',
  DELETE: 'Deleted',
};
const subresources: Readonly<Record<string, string>> = {
  status: 'Reported the status of',
  binding: 'Bound',
  scale: 'Scaled',
  eviction: 'Evicted',
  ephemeralcontainers: 'Added a container to',
};

/** A link in words: `POST pods/default/web-1/binding` → `Bound Pod web-1`. What is no write to an object is left as it is. */
export function wordsOf({ label }: Pick<WhyLink, 'label'>): string {
  const match = /^(POST|PUT|PATCH|DELETE) ([\w.-]+)\/([^/]*)\/([^/]+)(?:\/(\w+))?$/.exec(label);
  if (!match) return label;
  const [, method = '', resource = '', , name = '', subresource] = match;
  const kind = lookOfResource(resource)?.ref.kind ?? resource;
  const verb =
    subresource === undefined ? verbs[method] : (subresources[subresource] ?? `${verbs[method]} the ${subresource} of`);
  return `${verb} ${kind} ${name}`;
}

/** `system:serviceaccount:kube-system:replicaset-controller` → `replicaset-controller`. */
export function actorName(actor: string): string {
  if (actor === 'kubernetes-admin' || actor === 'person') return 'you';
  return actor
    .replace(/^system:serviceaccount:[^:]+:/, '')
    .replace(/^system:node:/, 'kubelet of ')
    .replace(/^system:/, '');
}
