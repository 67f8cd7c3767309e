import type { ConditionContext } from './evaluate-policy.ts';
import type { Account } from './identify-call.ts';

/** The condition keys that are known of every call. On AWS each call is over TLS, so this says that it is. */
export const conditionContext = ({ region, accountId }: Account): ConditionContext =>
  new Map([
    ['aws:securetransport', 'true'],
    ['aws:requestedregion', region],
    ['aws:principalaccount', accountId],
    ['aws:resourceaccount', accountId],
  ]);
