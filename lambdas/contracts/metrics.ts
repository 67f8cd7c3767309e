/**
 * CloudWatch namespace and metric names. The one dimension is `service`: each value of another would be a metric of its own to
 * pay for, and which function counted shows in its log group, where the line is.
 */
export const metricNamespace = 'Penstock';
/** Value of the dimension `service`, always: dashboards and alarms find the metrics by it. */
export const metricService = 'penstock';
/** Every metric by its name in CloudWatch. All are counts, one line an invocation. */
export const metrics = {
  ordersAccepted: 'OrdersAccepted',
  ordersReplayed: 'OrdersReplayed',
  ordersRefused: 'OrdersRefused',
  ordersCommitted: 'OrdersCommitted',
  ordersRejected: 'OrdersRejected',
  ordersConfirmed: 'OrdersConfirmed',
  /** Payments that an order could not take and that must be paid back. */
  refundsRequired: 'RefundsRequired',
  /** Payments to be paid back that their order could not record (limits.orderRefunds): somebody must pay them back by hand. */
  paymentsUnrecorded: 'PaymentsUnrecorded',
  /** Events of a payment provider that concern no order of ours. */
  paymentEventsIgnored: 'PaymentEventsIgnored',
  /** A number that the gate handed out twice: the ledger refused it, another was drawn. */
  collisions: 'Collisions',
  /** An order's key met another fingerprint in the ledger: the last moments before a failover (rule 8). */
  fingerprintsDiffering: 'FingerprintsDiffering',
  /** Messages put off because the gate was being rebuilt. */
  ordersParked: 'OrdersParked',
  /** Findings of an audit that break invariants 1 to 3, and stored data met that contradicts an invariant (CorruptionError): must be 0 for ever. */
  oversell: 'Oversell',
  auditFindings: 'AuditFindings',
  /** Rebuilds of a gate that ended because the orders queue did not drain: the sale stays shut until one succeeds. */
  rebuildsGivenUp: 'RebuildsGivenUp',
  /** Mended by the sweeper: pending orders sent again, units of the gate that differed from the ledger, overdue holds ended, gates of sales that are over. */
  ordersResent: 'OrdersResent',
  unitsMended: 'UnitsMended',
  ordersExpired: 'OrdersExpired',
  gatesDropped: 'GatesDropped',
  /** Pending orders that were sent again in vain. */
  stuckOrders: 'StuckOrders',
  /** Images of the orders table's stream that the gate could not be told of. */
  imagesNotApplied: 'ImagesNotApplied',
  unavailable: 'Unavailable',
} as const;
/** The name of a metric in CloudWatch. */
export type MetricName = (typeof metrics)[keyof typeof metrics];
