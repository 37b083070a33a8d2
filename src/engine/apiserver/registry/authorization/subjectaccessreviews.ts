import { subjectAccessReviews } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const subjectAccessReviewsDefinition = defineResource(subjectAccessReviews, {
  verbs: ['create'],
});
