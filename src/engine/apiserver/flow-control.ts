/**
 * Which flow schema and priority level a request belongs to. Nothing is queued or refused for it: clients are only told.
 * Upstream: apiserver/pkg/util/flowcontrol/{apf_controller,rule}.go, pkg/server/filters/priority-and-fairness.go (v1.36)
 */
import type * as flowcontrolv1 from '../../api/flowcontrol/v1.ts';
import type { Exchange, UserInfo } from '../../protocol/rest.ts';
import type { ObjectReader } from './registry/strategy-context.ts';
import type { RequestContext } from './request-context.ts';
import type { RequestInfo } from './request-info.ts';

const group = 'flowcontrol.apiserver.k8s.io';
const lowestPrecedence = 10_000;

/** Sorts requests by the flow schemas that there are. */
export class FlowControl {
  readonly #objects: ObjectReader;
  #known: readonly flowcontrolv1.FlowSchema[] = [];
  #sorted: readonly flowcontrolv1.FlowSchema[] = [];

  constructor(objects: ObjectReader) {
    this.#objects = objects;
  }

  /** Headers that name the flow schema and the priority level of a request; none where no schema is its. */
  headersOf({ user, info }: RequestContext): Readonly<Record<string, string>> {
    const schema = this.#schemas().find(({ spec }) => spec?.rules?.some((rule) => matchesPolicyRule(user, info, rule)));
    const levelName = schema?.spec?.priorityLevelConfiguration.name ?? '';
    const level = schema && this.#objects.get(group, 'prioritylevelconfigurations', '', levelName);
    if (!level) return {};
    return {
      'x-kubernetes-pf-flowschema-uid': schema.metadata.uid ?? '',
      'x-kubernetes-pf-prioritylevel-uid': level.metadata.uid ?? '',
    };
  }

  /** By precedence, then by name. */
  #schemas(): readonly flowcontrolv1.FlowSchema[] {
    const listed = this.#objects.list<flowcontrolv1.FlowSchema>(group, 'flowschemas');
    if (listed !== this.#known) {
      this.#known = listed;
      const precedence = ({ spec }: flowcontrolv1.FlowSchema) => spec?.matchingPrecedence ?? lowestPrecedence;
      const name = ({ metadata }: flowcontrolv1.FlowSchema) => metadata.name ?? '';
      this.#sorted = [...listed].sort((a, b) => precedence(a) - precedence(b) || (name(a) < name(b) ? -1 : 1));
    }
    return this.#sorted;
  }
}

const covers = (list: readonly string[] | undefined, value: string): boolean =>
  list !== undefined && (list.includes(value) || list.includes('*'));

function matchesPolicyRule(user: UserInfo, info: RequestInfo, rule: flowcontrolv1.PolicyRulesWithSubjects): boolean {
  if (!rule.subjects.some((subject) => matchesSubject(user, subject))) return false;
  return info.isResourceRequest
    ? (rule.resourceRules ?? []).some((one) => matchesResourcePolicyRule(info, one))
    : (rule.nonResourceRules ?? []).some((one) => matchesNonResourcePolicyRule(info, one));
}

function matchesSubject({ username, groups }: UserInfo, subject: flowcontrolv1.Subject): boolean {
  switch (subject.kind) {
    case 'User':
      return subject.user !== undefined && covers([subject.user.name], username);
    case 'Group':
      return subject.group !== undefined && (subject.group.name === '*' || groups.includes(subject.group.name));
    case 'ServiceAccount': {
      const { namespace, name } = subject.serviceAccount ?? { namespace: '', name: '' };
      const prefix = `system:serviceaccount:${namespace}:`;
      return name === '*' ? username.startsWith(prefix) : username === prefix + name;
    }
    default:
      return false;
  }
}

function matchesResourcePolicyRule(info: RequestInfo, rule: flowcontrolv1.ResourcePolicyRule): boolean {
  const resource = info.subresource === '' ? info.resource : `${info.resource}/${info.subresource}`;
  const isCovered =
    covers(rule.verbs, info.verb) && covers(rule.resources, resource) && covers(rule.apiGroups, info.group);
  if (!isCovered) return false;
  return info.namespace === '' ? rule.clusterScope === true : covers(rule.namespaces, info.namespace);
}

function matchesNonResourcePolicyRule(info: RequestInfo, rule: flowcontrolv1.NonResourcePolicyRule): boolean {
  const matchesPath = (pattern: string): boolean => {
    if (pattern === '*' || pattern === info.path) return true;
    const prefix = pattern.replace(/\*$/, '');
    return info.path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);
  };
  return covers(rule.verbs, info.verb) && rule.nonResourceURLs.some(matchesPath);
}

/** The same exchange, whose head carries more headers. */
export function withHeaders(exchange: Exchange, headers: Readonly<Record<string, string>>): Exchange {
  return {
    head: (head) => exchange.head({ ...head, headers: { ...headers, ...head.headers } }),
    frame: (frame) => exchange.frame(frame),
    end: () => exchange.end(),
    ...(exchange.body ? { body: (pieces: Iterable<string>) => exchange.body?.(pieces) } : {}),
    onAbort: (callback) => exchange.onAbort(callback),
    onData: (callback) => exchange.onData(callback),
    get backlog() {
      return exchange.backlog;
    },
  };
}
