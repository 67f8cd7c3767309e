import { getAvailability } from '../http/get-availability.ts';
import { getSale } from '../http/get-sale.ts';
import { listSales } from '../http/list-sales.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { Cursors } from '../runtime/cursors.ts';
import { DynamoSaleReads } from '../stores/dynamodb/dynamo-sale-catalog.ts';
import { NearAvailability } from '../stores/memory/near-availability.ts';
import { NearSales } from '../stores/memory/near-sales.ts';
import { RedisStockGate } from '../stores/redis/redis-stock-gate.ts';
import { openTables } from './wiring/open-tables.ts';
import { serveHttp } from './wiring/serve-http.ts';

/** Shows what is for sale and what is left. */
export const handler = serveHttp('catalog', (environment, { redis, keys }) => {
  const catalog = new DynamoSaleReads(openTables(environment));
  const sales = new NearSales(catalog);
  const availability = new NearAvailability(new RedisStockGate(redis), clock);
  return {
    listSales: listSales({ catalog, cursors: new Cursors(keys.cursors), clock }),
    getSale: getSale({ sales, clock }),
    getAvailability: getAvailability({ sales, availability, clock }),
  };
});
