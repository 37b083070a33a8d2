import { localSubjectAccessReviews } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const localSubjectAccessReviewsDefinition = defineResource(localSubjectAccessReviews, {
  verbs: ['create'],
});
