import { selfSubjectRulesReviews } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const selfSubjectRulesReviewsDefinition = defineResource(selfSubjectRulesReviews, {
  verbs: ['create'],
});
