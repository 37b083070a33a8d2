/** Whom a token is of, and who asks. Upstream: pkg/registry/authentication (v1.36) */
import type * as authenticationv1 from '../../../../api/authentication/v1.ts';
import { newBadRequest } from '../../../../apimachinery/status-error.ts';
import type { Process } from '../../../../process/process.ts';
import type { UserInfo } from '../../../../protocol/rest.ts';
import { defaultAudiences } from '../../authentication/service-account-token.ts';
import { reply } from '../../handlers/respond.ts';
import type { SubresourceRequest } from '../subresource-request.ts';

/** A user as the API shows it. */
const shown = ({ username, uid, groups, extra }: UserInfo) => ({
  username,
  ...(uid ? { uid } : {}),
  groups,
  ...(extra ? { extra } : {}),
});

/** POST tokenreviews. */
export function* reviewToken(request: SubresourceRequest): Process<void> {
  const review = request.body<authenticationv1.TokenReview>();
  const token = review.spec?.token ?? '';
  if (token === '') throw newBadRequest('token is required for TokenReview in authentication');
  const wanted = review.spec?.audiences ?? [];
  const found = request.services.authenticator.reviewToken(token, wanted.length === 0 ? defaultAudiences : wanted);
  const status =
    typeof found === 'string'
      ? { user: {}, error: found }
      : { authenticated: true, user: shown(found.user), audiences: found.audiences };
  request.reply(201, { ...review, status });
}

/** POST selfsubjectreviews. */
export function* reviewSelfSubject(request: SubresourceRequest): Process<void> {
  const review = request.body<authenticationv1.SelfSubjectReview>();
  // The answer is a new object: nobody owns its fields.
  const metadata = { creationTimestamp: request.services.now() };
  const { kind, apiVersion } = review;
  const status = { userInfo: shown(request.context.user) };
  reply(request.exchange, request.context, 201, { kind, apiVersion, metadata, status });
}
