/** Conditions of APIServices. Upstream: kube-aggregator/pkg/apis/apiregistration/v1/helper/helpers.go (v1.36) */
import type * as apiregistrationv1 from '../../../../api/apiregistration/v1.ts';

type Condition = apiregistrationv1.APIServiceCondition;

/** What is true of an APIService that the server itself serves; without its time. Upstream: NewLocalAvailableAPIServiceCondition */
export const localAvailableCondition = {
  type: 'Available',
  status: 'True',
  reason: 'Local',
  message: 'Local APIServices are always available',
} as const;

/** The conditions with one set; its time stays as long as its status does. Upstream: SetAPIServiceCondition */
export function setAPIServiceCondition(
  conditions: readonly Condition[],
  condition: Omit<Condition, 'lastTransitionTime'>,
  now: string,
): readonly Condition[] {
  const before = conditions.find(({ type }) => type === condition.type);
  const { type, status, ...why } = condition;
  const lastTransitionTime = before?.status === status ? (before.lastTransitionTime ?? now) : now;
  const made: Condition = { type, status, lastTransitionTime, ...why };
  return before ? conditions.map((one) => (one === before ? made : one)) : [...conditions, made];
}

/** Upstream: IsAPIServiceConditionTrue of `Available` */
export const isAvailable = ({ status }: apiregistrationv1.APIService): boolean =>
  (status?.conditions ?? []).some((condition) => condition.type === 'Available' && condition.status === 'True');
