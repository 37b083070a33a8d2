import { tokenReviews } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';
import { reviewToken } from './review.ts';

export const tokenReviewsDefinition = defineResource(tokenReviews, { verbs: ['create'], createOnly: reviewToken });
