import { selfSubjectReviews } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';
import { reviewSelfSubject } from './review.ts';

export const selfSubjectReviewsDefinition = defineResource(selfSubjectReviews, {
  verbs: ['create'],
  createOnly: reviewSelfSubject,
});
