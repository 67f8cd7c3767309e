import { bookOperations } from './wiring/book-operations.ts';
import { openOperating } from './wiring/open-operating.ts';
import { orderOperations } from './wiring/order-operations.ts';
import { saleOperations } from './wiring/sale-operations.ts';
import { serveHttp } from './wiring/serve-http.ts';
import { stockOperations } from './wiring/stock-operations.ts';

/** Serves operators. */
export const handler = serveHttp('admin', (environment, web) => {
  const operating = openOperating(environment, web);
  return { ...saleOperations(operating), ...orderOperations(operating), ...stockOperations(operating), ...bookOperations(operating) };
});
