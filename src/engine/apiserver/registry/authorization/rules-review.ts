/** What the asker may do in a namespace. Upstream: pkg/registry/authorization/selfsubjectrulesreview (v1.36) */
import type * as authorizationv1 from '../../../../api/authorization/v1.ts';
import { newBadRequest } from '../../../../apimachinery/status-error.ts';
import type { Process } from '../../../../process/process.ts';
import { reply } from '../../handlers/respond.ts';
import type { PolicyRule } from '../../authorization/rbac.ts';
import type { SubresourceRequest } from '../subresource-request.ts';

/** POST selfsubjectrulesreviews. */
export function* reviewSelfSubjectRules(request: SubresourceRequest): Process<void> {
  const { context, services, exchange } = request;
  const review = request.body<authorizationv1.SelfSubjectRulesReview>();
  const namespace = review.spec?.namespace ?? '';
  if (namespace === '') throw newBadRequest('no namespace on request');
  const rules = services.authorizer.rbac.rulesFor(context.user, namespace).map(({ rule }) => rule);
  const isNode = context.user.username.startsWith('system:node:');
  const errors = [
    ...(isNode ? ['node authorizer does not support user rule resolution'] : []),
    ...[services.authorizer.rbac.errorsFor(context.user, namespace)].filter((text) => text !== ''),
  ];
  const resourceRules = rules.filter(({ resources }) => (resources ?? []).length > 0).map(resourceRule);
  const nonResourceRules = rules
    .filter(({ nonResourceURLs }) => (nonResourceURLs ?? []).length > 0)
    .map(nonResourceRule);
  const status = {
    resourceRules,
    nonResourceRules,
    incomplete: isNode,
    ...(errors.length > 0 ? { evaluationError: errors.length === 1 ? errors[0] : `[${errors.join(', ')}]` } : {}),
  };
  // The answer is a new object: nobody owns its fields.
  reply(exchange, context, 201, { kind: review.kind, apiVersion: review.apiVersion, metadata: {}, spec: {}, status });
}

const resourceRule = ({ verbs, apiGroups, resources, resourceNames }: PolicyRule) => ({
  verbs,
  ...(apiGroups ? { apiGroups } : {}),
  ...(resources ? { resources } : {}),
  ...(resourceNames ? { resourceNames } : {}),
});

const nonResourceRule = ({ verbs, nonResourceURLs }: PolicyRule) => ({
  verbs,
  ...(nonResourceURLs ? { nonResourceURLs } : {}),
});
