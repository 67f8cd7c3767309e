import { getAvailability } from '../http/get-availability.ts';
import { getSale } from '../http/get-sale.ts';
import { listSales } from '../http/list-sales.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { Cursors } from '../runtime/cursors.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { httpFunction } from '../runtime/http-function.ts';
import { readyHttp } from '../runtime/ready-http.ts';
import { createDynamoClient } from '../stores/dynamodb/client.ts';
import { DynamoSaleReads } from '../stores/dynamodb/dynamo-sale-catalog.ts';
import { NearAvailability } from '../stores/memory/near-availability.ts';
import { NearSales } from '../stores/memory/near-sales.ts';
import { RedisStockGate } from '../stores/redis/redis-stock-gate.ts';
import { openReports } from './wiring/open-reports.ts';
import { openWeb } from './wiring/open-web.ts';

/** Shows what is for sale and what is left. */
export const handler = readyHttp(openReports('catalog'), async (reports) => {
  const environment = readEnvironment('catalog', process.env);
  const web = await openWeb(environment, reports);
  const catalog = new DynamoSaleReads({
    client: createDynamoClient(environment.AWS_REGION),
    salesTable: environment.SALES_TABLE,
  });
  const sales = new NearSales(catalog);
  const availability = new NearAvailability(new RedisStockGate(web.redis), clock);
  return httpFunction<'catalog'>({
    ...web,
    operations: {
      listSales: listSales({ catalog, cursors: new Cursors(web.keys.cursors), clock }),
      getSale: getSale({ sales, clock }),
      getAvailability: getAvailability({ sales, availability, clock }),
    },
  });
});
