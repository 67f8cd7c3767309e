import type { Order } from '../../domain/orders/order.ts';
import type { Item } from './attributes.ts';
import { isOrderKey } from './keys.ts';
import { fromOrderItem } from './order-item.ts';

/** The order of an image in the orders table's stream; undefined for what is none (an allowance). Throws CorruptionError. */
export function orderOfImage(image: Item | undefined): Order | undefined {
  return image !== undefined && isOrderKey(image) ? fromOrderItem(image) : undefined;
}
