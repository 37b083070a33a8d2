import { selfSubjectAccessReviews } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';
import { reviewSelfSubjectAccess } from './review.ts';

export const selfSubjectAccessReviewsDefinition = defineResource(selfSubjectAccessReviews, {
  verbs: ['create'],
  createOnly: reviewSelfSubjectAccess,
});
