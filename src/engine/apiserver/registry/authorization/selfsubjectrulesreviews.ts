import { selfSubjectRulesReviews } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';
import { reviewSelfSubjectRules } from './rules-review.ts';

export const selfSubjectRulesReviewsDefinition = defineResource(selfSubjectRulesReviews, {
  verbs: ['create'],
  createOnly: reviewSelfSubjectRules,
});
