import { compareStrings } from '../../../apimachinery/go-format.ts';
import type { Process } from '../../../process/process.ts';
import type { Command, Invocation } from '../../command.ts';
import { KubectlError, NoResourceMatchError } from '../../errors.ts';
import type { JsonObject } from '../../../apimachinery/json-value.ts';
import { type Creation, runCreation, withCreateFlags } from './create-subcommand.ts';

const rbacGroup = 'rbac.authorization.k8s.io';
const rbacVersion = `${rbacGroup}/v1`;

const resourceVerbs = [
  '*',
  'get',
  'delete',
  'list',
  'create',
  'update',
  'patch',
  'watch',
  'proxy',
  'deletecollection',
  'use',
  'bind',
  'escalate',
  'impersonate',
];
const nonResourceVerbs = ['*', 'get', 'post', 'put', 'delete', 'patch', 'head', 'options'];
const roles = [`roles.${rbacGroup}`, `clusterroles.${rbacGroup}`];
/** Verbs that only some resources know, as `resource.group`. */
const specialVerbs: ReadonlyMap<string, readonly string[]> = new Map([
  ['use', ['podsecuritypolicies.policy', 'podsecuritypolicies.extensions']],
  ['bind', roles],
  ['escalate', roles],
  ['impersonate', ['users.', 'serviceaccounts.', 'groups.', 'userextras.authentication.k8s.io']],
]);

interface RuleResource {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
}

const unique = (values: readonly string[]): string[] => [...new Set(values)];

function verbsOf({ flags }: Invocation): string[] {
  const verbs = unique(flags.strings('verb'));
  return verbs.includes('*') ? ['*'] : verbs;
}

/** `deployments.apps/scale`; a lone `*` stands for everything. */
function resourcesOf({ flags }: Invocation): RuleResource[] {
  const out: RuleResource[] = [];
  for (const text of flags.strings('resource')) {
    const [path = '', ...sub] = text.split('/');
    const [resource = '', ...group] = path.split('.');
    const one = { resource, group: group.join('.'), subresource: sub.join('/') };
    if (resource === '*' && group.length === 0 && sub.length === 0) return [one];
    out.push(one);
  }
  return out;
}

/** The server's names for a resource; as typed when it has none. */
function* resolve(
  { factory }: Invocation,
  { group, resource }: RuleResource,
): Process<{ group: string; resource: string; known: boolean }> {
  const mapping = (yield* factory.discovery()).resourceFor({ group, resource, version: '' });
  return mapping === undefined
    ? { group, resource, known: false }
    : { group: mapping.group, resource: mapping.resource, known: true };
}

function* validateResources(
  invocation: Invocation,
  verbs: readonly string[],
  resources: readonly RuleResource[],
): Process<void> {
  for (const one of resources) {
    if (one.resource === '') throw new KubectlError('resource must be specified if apiGroup/subresource specified');
    if (one.resource === '*') return;
    const found = yield* resolve(invocation, one);
    let { known } = found;
    for (const verb of verbs) {
      const allowed = specialVerbs.get(verb);
      if (allowed === undefined) continue;
      if (!allowed.includes(`${found.resource}.${found.group}`)) {
        throw new KubectlError(`can not perform '${verb}' on '${found.resource}' in group '${found.group}'`);
      }
      known = true;
    }
    if (!known) throw new NoResourceMatchError(one.resource, one.group);
  }
}

function* warnVerbs({ err }: Invocation, verbs: readonly string[]): Process<void> {
  for (const verb of verbs) {
    if (!resourceVerbs.includes(verb)) yield* err.line(`Warning: '${verb}' is not a standard resource verb`);
  }
}

/** Upstream: kubectl/pkg/cmd/create/create_role.go generateResourcePolicyRules (v1.36) */
function* policyRules(
  invocation: Invocation,
  verbs: readonly string[],
  resources: readonly RuleResource[],
  nonResourceURLs: readonly string[],
): Process<JsonObject[]> {
  const byGroup = new Map<string, string[]>();
  for (const one of resources) {
    const { group, resource } = yield* resolve(invocation, one);
    const name = one.subresource === '' ? resource : `${resource}/${one.subresource}`;
    byGroup.set(group, unique([...(byGroup.get(group) ?? []), name]));
  }
  const resourceNames = unique(invocation.flags.strings('resource-name'));
  const rules: JsonObject[] = [...byGroup.keys()].sort(compareStrings).map((group) => ({
    verbs,
    apiGroups: [group],
    resources: byGroup.get(group) ?? [],
    ...(resourceNames.length === 0 ? {} : { resourceNames }),
  }));
  if (nonResourceURLs.length > 0) rules.push({ verbs, nonResourceURLs });
  return rules;
}

export const createRole: Command = {
  use: 'role NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none]',
  short: 'Create a role with one rule',
  example: 'kubectl create role reader --verb=get,list,watch --resource=pods',
  flags: withCreateFlags('resource=[] resource-name:array=[] verb=[]'),
  plainUseLine: true,
  completion: 'none',
  run: (invocation) => runCreation(invocation, (name) => role(invocation, name)),
};

function* role(invocation: Invocation, name: string): Process<Creation> {
  const verbs = verbsOf(invocation);
  const resources = resourcesOf(invocation);
  if (verbs.length === 0) throw new KubectlError('at least one verb must be specified');
  yield* warnVerbs(invocation, verbs);
  if (resources.length === 0) throw new KubectlError('at least one resource must be specified');
  yield* validateResources(invocation, verbs, resources);
  const rules = yield* policyRules(invocation, verbs, resources, []);
  return { object: { apiVersion: rbacVersion, kind: 'Role', metadata: { name }, rules }, namespaced: true };
}

export const createClusterRole: Command = {
  use: 'clusterrole NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [--dry-run=server|client|none]',
  short: 'Create a cluster role',
  example: 'kubectl create clusterrole reader --verb=get,list,watch --resource=nodes',
  flags: withCreateFlags('aggregation-rule:map= non-resource-url=[] resource=[] resource-name:array=[] verb=[]'),
  plainUseLine: true,
  completion: 'none',
  run: (invocation) => runCreation(invocation, (name) => clusterRole(invocation, name)),
};

function* clusterRole(invocation: Invocation, name: string): Process<Creation> {
  const { flags } = invocation;
  const verbs = verbsOf(invocation);
  const resources = resourcesOf(invocation);
  const urls = unique(flags.strings('non-resource-url'));
  const base = { apiVersion: rbacVersion, kind: 'ClusterRole', metadata: { name } };
  const aggregation = aggregationLabels(flags.strings('aggregation-rule'));
  if (aggregation !== undefined) {
    if (urls.length + verbs.length + resources.length + flags.strings('resource-name').length > 0) {
      throw new KubectlError(
        'aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames',
      );
    }
    const aggregationRule = { clusterRoleSelectors: [{ matchLabels: aggregation }] };
    return { object: { ...base, aggregationRule, rules: null }, namespaced: false };
  }
  if (verbs.length === 0) throw new KubectlError('at least one verb must be specified');
  if (resources.length === 0 && urls.length === 0) {
    throw new KubectlError('one of resource or nonResourceURL must be specified');
  }
  if (resources.length > 0) {
    yield* warnVerbs(invocation, verbs);
    yield* validateResources(invocation, verbs, resources);
  }
  if (urls.length > 0) checkUrls(verbs, urls);
  const rules = yield* policyRules(invocation, verbs, resources, urls);
  return { object: { ...base, rules }, namespaced: false };
}

function aggregationLabels(pairs: readonly string[]): Record<string, string> | undefined {
  if (pairs.length === 0) return undefined;
  return Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf('=');
      return [pair.slice(0, equals), pair.slice(equals + 1)];
    }),
  );
}

function checkUrls(verbs: readonly string[], urls: readonly string[]): void {
  const wrong = verbs.find((verb) => !nonResourceVerbs.includes(verb));
  if (wrong !== undefined) throw new KubectlError(`invalid verb: '${wrong}' for nonResourceURL`);
  for (const url of urls) {
    if (url === '*') continue;
    if (!url.startsWith('/')) throw new KubectlError('nonResourceURL should start with /');
    if (url.slice(0, -1).includes('*')) {
      throw new KubectlError("nonResourceURL only supports wildcard matches when '*' is at the end");
    }
  }
}

function subjectsOf({ flags }: Invocation): JsonObject[] {
  const named = (kind: string, flag: string) =>
    flags.strings(flag).map((name) => ({ kind, apiGroup: rbacGroup, name }));
  const accounts = flags.strings('serviceaccount').map((text) => {
    const [namespace = '', name = '', ...more] = text.split(':');
    if (namespace === '' || name === '' || more.length > 0) {
      throw new KubectlError('serviceaccount must be <namespace>:<name>');
    }
    return { kind: 'ServiceAccount', name, namespace };
  });
  return [...named('User', 'user'), ...named('Group', 'group'), ...accounts];
}

export const createRoleBinding: Command = {
  use: 'rolebinding NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  short: 'Create a role binding for a role or cluster role',
  example: 'kubectl create rolebinding ann-reads --role=reader --user=ann',
  flags: withCreateFlags("clusterrole='' group:array=[] role='' serviceaccount:array=[] user:array=[]"),
  plainUseLine: true,
  completion: 'none',
  run: (invocation) =>
    runCreation(invocation, (name) => {
      const { flags } = invocation;
      const [clusterRoleName, roleName] = [flags.string('clusterrole'), flags.string('role')];
      if ((clusterRoleName === '') === (roleName === '')) {
        throw new KubectlError('exactly one of clusterrole or role must be specified');
      }
      const kind = roleName === '' ? 'ClusterRole' : 'Role';
      const roleRef = { apiGroup: rbacGroup, kind, name: roleName || clusterRoleName };
      const subjects = subjectsOf(invocation);
      return {
        object: { apiVersion: rbacVersion, kind: 'RoleBinding', metadata: { name }, subjects, roleRef },
        namespaced: true,
        failure: 'failed to create rolebinding:',
      };
    }),
};

export const createClusterRoleBinding: Command = {
  use: 'clusterrolebinding NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  short: 'Create a cluster role binding for a cluster role',
  example: 'kubectl create clusterrolebinding ann-admin --clusterrole=cluster-admin --user=ann',
  flags: withCreateFlags("clusterrole='' group:array=[] serviceaccount:array=[] user:array=[]"),
  required: ['clusterrole'],
  plainUseLine: true,
  completion: 'none',
  run: (invocation) =>
    runCreation(invocation, (name) => ({
      object: {
        apiVersion: rbacVersion,
        kind: 'ClusterRoleBinding',
        metadata: { name },
        subjects: subjectsOf(invocation),
        roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name: invocation.flags.string('clusterrole') },
      },
      namespaced: false,
      failure: 'failed to create clusterrolebinding:',
    })),
};
