import { subjectAccessReviews } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';
import { reviewSubjectAccess } from './review.ts';

export const subjectAccessReviewsDefinition = defineResource(subjectAccessReviews, {
  verbs: ['create'],
  createOnly: reviewSubjectAccess,
});
