import { DynamoSaleReads } from '../../stores/dynamodb/dynamo-sale-catalog.ts';
import { DynamoSeatMapReads } from '../../stores/dynamodb/dynamo-seat-maps.ts';
import { NearSales } from '../../stores/memory/near-sales.ts';
import { NearSeatMaps } from '../../stores/memory/near-seat-maps.ts';

/** The sales, and behind near caches what each order and each look at a sale needs: the sale, and the seats of its items. */
export function openCatalog(tables: ConstructorParameters<typeof DynamoSaleReads>[0]) {
  const catalog = new DynamoSaleReads(tables);
  return { catalog, sales: new NearSales(catalog), seatMaps: new NearSeatMaps(new DynamoSeatMapReads(tables)) };
}
