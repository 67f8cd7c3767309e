import { addUnits } from '../../domain/sales/add-units.ts';
import { withdrawUnits } from '../../domain/orders/withdraw-units.ts';
import { changeStock } from '../../http/change-stock.ts';
import type { Operating } from './open-operating.ts';

/** The operation by which an operator adds units and withdraws them. */
export function stockOperations(operating: Operating) {
  return {
    changeStock: changeStock({
      add: (operation) => addUnits(operating, operation),
      withdraw: (operation) => withdrawUnits(operating, operation),
      gate: operating.gate,
    }),
  };
}
