import type { CommitRequest, ExpiryNotice } from '../../lambdas/domain/orders/order.ts';
import type { ExpiryQueue, OrderQueue, SendOptions } from '../../lambdas/domain/orders/ports.ts';

type Depth = Awaited<ReturnType<OrderQueue['depth']>>;

/** Keeps what is sent and tells the depths it is given, the last one for ever; `refuse` makes each send fail. */
export class RecordingQueue implements OrderQueue {
  readonly sent: ({ request: CommitRequest } & SendOptions)[] = [];
  readonly depths: Depth[] = [{ visible: 0, inFlight: 0, delayed: 0 }];
  refuse: Error | undefined;
  looks = 0;

  send(request: CommitRequest, options: SendOptions = {}): Promise<void> {
    if (this.refuse) return Promise.reject(this.refuse);
    this.sent.push({ request, ...options });
    return Promise.resolve();
  }

  depth(): Promise<Depth> {
    const depth = this.depths[Math.min(this.looks, this.depths.length - 1)];
    this.looks += 1;
    return depth ? Promise.resolve(depth) : Promise.reject(new Error('no depth given'));
  }
}

/** Keeps what is sent; `refuse` makes each send fail. */
export class RecordingExpiries implements ExpiryQueue {
  readonly sent: (ExpiryNotice & { readonly delaySeconds: number })[] = [];
  refuse: Error | undefined;

  send(notice: ExpiryNotice, { delaySeconds }: { readonly delaySeconds: number }): Promise<void> {
    if (this.refuse) return Promise.reject(this.refuse);
    this.sent.push({ ...notice, delaySeconds });
    return Promise.resolve();
  }
}
