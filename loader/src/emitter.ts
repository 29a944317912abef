// Listeners are the page's own functions; what they take depends on the event (see docs of `on`).
export type Listener = (...args: never[]) => unknown;

/** Named events. A listener that throws is reported on the console and stops nobody else. */
export class Emitter {
  private readonly listeners = new Map<string, Listener[]>();

  on(event: string, listener: Listener): this {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
    return this;
  }

  once(event: string, listener: Listener): this {
    const first = (...args: never[]): void => {
      this.off(event, first);
      listener(...args);
    };
    return this.on(event, first);
  }

  off(event: string, listener: Listener): this {
    this.listeners.set(event, (this.listeners.get(event) ?? []).filter((known) => known !== listener));
    return this;
  }

  emit(event: string, ...args: unknown[]): this {
    for (const listener of this.listeners.get(event) ?? []) {
      try {
        listener(...(args as never[]));
      } catch (thrown) {
        console.error("[edgewise]", `a listener of ${event} failed:`, thrown);
      }
    }
    return this;
  }
}
