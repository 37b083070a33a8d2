import { localSubjectAccessReviews } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';
import { reviewLocalSubjectAccess } from './review.ts';

export const localSubjectAccessReviewsDefinition = defineResource(localSubjectAccessReviews, {
  verbs: ['create'],
  createOnly: reviewLocalSubjectAccess,
});
