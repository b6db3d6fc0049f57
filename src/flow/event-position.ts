/** How far the town's events have been read by the one reader a flow has. */
export class EventPosition {
  readonly #waiting = new Set<{ readonly id: string; readonly resolve: () => void }>();
  #last = "0-0";
  #ended = false;

  get last(): string {
    return this.#last;
  }

  reach(id: string): void {
    this.#last = id;
    for (const waiter of this.#waiting) if (!isLater(waiter.id, id)) this.#release(waiter);
  }

  /** Nothing is read any more; nobody is to wait for it. */
  end(): void {
    this.#ended = true;
    for (const waiter of this.#waiting) this.#release(waiter);
  }

  /** Resolves as soon as the event and everything before it has been read, or reading has ended. */
  async until(id: string): Promise<void> {
    if (this.#ended || !isLater(id, this.#last)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add({ id, resolve });
    await promise;
  }

  #release(waiter: { readonly id: string; readonly resolve: () => void }): void {
    this.#waiting.delete(waiter);
    waiter.resolve();
  }
}

/** Whether one id of an event stream comes after another. */
export function isLater(id: string, than: string): boolean {
  const [ms = 0, sequence = 0] = id.split("-").map(Number);
  const [otherMs = 0, otherSequence = 0] = than.split("-").map(Number);
  return ms === otherMs ? sequence > otherSequence : ms > otherMs;
}
