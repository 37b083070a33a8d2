import { tokenReviews } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const tokenReviewsDefinition = defineResource(tokenReviews, {
  verbs: ['create'],
});
