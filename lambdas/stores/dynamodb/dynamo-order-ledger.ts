import type { CommitRequest, Order, Payment } from '../../domain/orders/order.ts';
import type { OrderPosition } from '../../domain/orders/order-page.ts';
import type {
  Claim,
  CommitOutcome,
  ConfirmOutcome,
  CustomerOrders,
  OrderLedger,
  RefundOutcome,
  ReleaseOutcome,
  RetakeOutcome,
} from '../../domain/orders/ports.ts';
import { readAllowances } from './allowance.ts';
import { batchGet } from './batch-get.ts';
import { closeOrder, type CloseOutcome } from './close-order.ts';
import { commitOrder } from './commit-order.ts';
import { confirmOrder, requireRefund } from './confirm-order.ts';
import { DynamoOrderReader } from './dynamo-order-reader.ts';
import { orderKey } from './keys.ts';
import type { LedgerContext } from './ledger-context.ts';
import { listClaims, type UnitRange } from './list-claims.ts';
import { listOrders } from './list-orders.ts';
import { newestOrders } from './newest-orders.ts';
import { fromOrderItem } from './order-item.ts';
import { overdueOrders } from './overdue-orders.ts';
import { releaseOrder } from './release-order.ts';
import { retakeOrder } from './retake-order.ts';

/** The ledger in DynamoDB: tables, keys and costs in docs/architecture.md, rules in protocol.md. */
export class DynamoOrderLedger implements OrderLedger {
  readonly #context: LedgerContext;
  readonly #reader: DynamoOrderReader;

  constructor(context: LedgerContext) {
    this.#context = context;
    this.#reader = new DynamoOrderReader(context);
  }

  commit(request: CommitRequest, nowMs: number): Promise<CommitOutcome> {
    return commitOrder(this.#context, request, nowMs);
  }

  close(order: Order): Promise<CloseOutcome> {
    return closeOrder(this.#context, order);
  }

  release(order: Order, to: 'expired' | 'cancelled', nowMs: number): Promise<ReleaseOutcome> {
    return releaseOrder(this.#context, order, to, nowMs);
  }

  confirm(order: Order, payment: Payment, nowMs: number): Promise<ConfirmOutcome> {
    return confirmOrder(this.#context, order, payment, nowMs);
  }

  retake(order: Order, payment: Payment, nowMs: number, { withinMs }: { readonly withinMs?: number } = {}): Promise<RetakeOutcome> {
    return retakeOrder(this.#context, { order, payment, nowMs, withinMs });
  }

  requireRefund(order: Order, payment: Payment): Promise<RefundOutcome> {
    return requireRefund(this.#context, order, payment);
  }

  read(orderId: string): Promise<Order | undefined> {
    return this.#reader.read(orderId);
  }

  async readAll(orderIds: readonly string[]): Promise<Order[]> {
    return (await batchGet(this.#context, orderIds.map(orderKey))).map(fromOrderItem);
  }

  overdueOrders(order: Pick<Order, 'orderId' | 'saleId' | 'customerId'>, nowMs: number): Promise<Order[]> {
    return overdueOrders(this.#context, order, nowMs);
  }

  claims(saleId: string, sku: string, range: UnitRange): AsyncIterable<Claim[]> {
    return listClaims(this.#context, saleId, sku, range);
  }

  orders(saleId: string): AsyncIterable<Order[]> {
    return listOrders(this.#context, saleId);
  }

  newestOrders(saleId: string, options: { readonly chunk: number; readonly after?: OrderPosition }): AsyncIterable<Order[]> {
    return newestOrders(this.#context, saleId, options);
  }

  customerOrders(where: CustomerOrders): AsyncIterable<Order[]> {
    return this.#reader.customerOrders(where);
  }

  allowances(saleId: string, customerIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return readAllowances(this.#context, saleId, customerIds);
  }
}
