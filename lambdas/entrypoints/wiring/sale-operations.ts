import { changeSaleState as changeState } from '../../domain/sales/change-sale-state.ts';
import { putSale as put } from '../../domain/sales/put-sale.ts';
import { changeSaleState } from '../../http/change-sale-state.ts';
import { getAdminSale } from '../../http/get-admin-sale.ts';
import { putSale } from '../../http/put-sale.ts';
import type { Operating } from './open-operating.ts';

/** The operations by which an operator puts, opens, pauses and closes a sale. */
export function saleOperations(operating: Operating) {
  const { catalog, clock } = operating;
  return {
    putSale: putSale({ put: (draft, expected) => put(operating, draft, expected), clock }),
    getAdminSale: getAdminSale({ catalog, clock }),
    openSale: changeSaleState({ change: (saleId) => changeState(operating, saleId, 'open'), clock }),
    pauseSale: changeSaleState({ change: (saleId) => changeState(operating, saleId, 'pause'), clock }),
    resumeSale: changeSaleState({ change: (saleId) => changeState(operating, saleId, 'resume'), clock }),
    closeSale: changeSaleState({ change: (saleId) => changeState(operating, saleId, 'close'), clock }),
  };
}
