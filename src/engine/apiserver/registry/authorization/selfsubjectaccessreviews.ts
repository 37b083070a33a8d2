import { selfSubjectAccessReviews } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const selfSubjectAccessReviewsDefinition = defineResource(selfSubjectAccessReviews, {
  verbs: ['create'],
});
