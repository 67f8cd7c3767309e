import { hkdfSync } from 'node:crypto';

/** The keys of a deployment, each for one purpose, from its one secret (HKDF, RFC 5869). */
export interface DeploymentKeys {
  readonly orderIds: Uint8Array;
  readonly guestTokens: Uint8Array;
  readonly cursors: Uint8Array;
}

/** The same keys for the same secret, for ever: order ids depend on them. */
export function deriveKeys(secret: string): DeploymentKeys {
  const derive = (purpose: string) => new Uint8Array(hkdfSync('sha256', secret, 'penstock', purpose, 32));
  return { orderIds: derive('order-ids'), guestTokens: derive('guest-tokens'), cursors: derive('cursors') };
}
