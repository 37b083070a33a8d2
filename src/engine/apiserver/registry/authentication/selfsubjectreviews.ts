import { selfSubjectReviews } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const selfSubjectReviewsDefinition = defineResource(selfSubjectReviews, {
  verbs: ['create'],
});
