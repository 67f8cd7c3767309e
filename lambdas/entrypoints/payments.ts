import { takePaymentEvent } from '../domain/orders/take-payment-event.ts';
import { RenewedSecret } from '../gateways/renewed-secret.ts';
import { SecretReader } from '../gateways/secrets.ts';
import { createSecretsClient } from '../gateways/secrets-client.ts';
import { StripeEvents } from '../gateways/stripe-events.ts';
import { receiveStripeEvent } from '../http/receive-stripe-event.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { openOrderReading } from './wiring/open-order-reading.ts';
import { serveHttp } from './wiring/serve-http.ts';

/** Hears from payment providers. */
export const handler = serveHttp('payments', (environment, web) => {
  const orders = openOrderReading(environment, web);
  const secrets = new SecretReader(createSecretsClient(environment.AWS_REGION));
  const secret = new RenewedSecret(secrets, environment.STRIPE_SECRET_ARN, clock);
  return {
    receiveStripeEvent: receiveStripeEvent({
      events: new StripeEvents(() => secret.read()),
      take: (event) => takePaymentEvent(orders, event),
      clock,
    }),
  };
});
