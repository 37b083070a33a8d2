/** What the asker may do in a namespace. Upstream: pkg/registry/authorization/selfsubjectrulesreview (v1.36) */
import type * as authorizationv1 from '../../../../api/authorization/v1.ts';
import { newBadRequest } from '../../../../apimachinery/status-error.ts';
import type { Process } from '../../../../process/process.ts';
import type { PolicyRule } from '../../authorization/rbac.ts';
import type { SubresourceRequest } from '../subresource-request.ts';

/** POST selfsubjectrulesreviews. */
export function* reviewSelfSubjectRules(request: SubresourceRequest): Process<void> {
  const { context, services } = request;
  const review = request.body<authorizationv1.SelfSubjectRulesReview>();
  const namespace = review.spec?.namespace ?? '';
  if (namespace === '') throw newBadRequest('no namespace on request');
  const rules = services.authorizer.rbac.rulesFor(context.user, namespace).map(({ rule }) => rule);
  const isNode = context.user.username.startsWith('system:node:');
  const resourceRules = rules.filter(({ resources }) => (resources ?? []).length > 0).map(resourceRule);
  const nonResourceRules = rules
    .filter(({ nonResourceURLs }) => (nonResourceURLs ?? []).length > 0)
    .map(nonResourceRule);
  const status = {
    resourceRules,
    nonResourceRules,
    incomplete: isNode,
    ...(isNode ? { evaluationError: 'node authorizer does not support user rule resolution' } : {}),
  };
  request.reply(201, { ...review, spec: {}, status });
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
