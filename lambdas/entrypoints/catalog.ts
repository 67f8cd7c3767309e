import { getAvailability } from '../http/get-availability.ts';
import { getSale } from '../http/get-sale.ts';
import { listSales } from '../http/list-sales.ts';
import { listSeats } from '../http/list-seats.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { Cursors } from '../runtime/cursors.ts';
import { NearAvailability } from '../stores/memory/near-availability.ts';
import { NearTakenSeats } from '../stores/memory/near-taken-seats.ts';
import { RedisStockGate } from '../stores/redis/redis-stock-gate.ts';
import { openCatalog } from './wiring/open-catalog.ts';
import { openTables } from './wiring/open-tables.ts';
import { serveHttp } from './wiring/serve-http.ts';

/** Shows what is for sale and what is left. */
export const handler = serveHttp('catalog', (environment, { redis, keys }) => {
  const { catalog, sales, seatMaps } = openCatalog(openTables(environment));
  const gate = new RedisStockGate(redis);
  const availability = new NearAvailability(gate, clock);
  const taken = new NearTakenSeats(gate, clock);
  const cursors = new Cursors(keys.cursors);
  return {
    listSales: listSales({ catalog, cursors, clock }),
    getSale: getSale({ sales, clock }),
    getAvailability: getAvailability({ sales, availability, clock }),
    listSeats: listSeats({ sales, seatMaps, taken, cursors }),
  };
});
