import { complain } from "./console";

// Listeners are the page's own functions; what they take depends on the event (see docs of `on`).
export type Listener = (...args: never[]) => unknown;

/** Named events. A listener that throws is reported on the console and stops nobody else. */
export interface Emitter {
  readonly on: (event: string, listener: Listener) => void;
  readonly once: (event: string, listener: Listener) => void;
  readonly off: (event: string, listener: Listener) => void;
  readonly emit: (event: string, ...args: unknown[]) => void;
}

export function createEmitter(): Emitter {
  let all: readonly (readonly [event: string, listener: Listener])[] = [];
  const emitter: Emitter = {
    on(event, listener) {
      all = [...all, [event, listener]];
    },
    once(event, listener) {
      const first = (...args: never[]): void => {
        emitter.off(event, first);
        listener(...args);
      };
      emitter.on(event, first);
    },
    off(event, listener) {
      all = all.filter((one) => one[0] !== event || one[1] !== listener);
    },
    emit(event, ...args) {
      for (const [name, listener] of all) {
        if (name !== event) continue;
        try {
          listener(...(args as never[]));
        } catch (thrown) {
          complain(`a listener of ${event} failed:`, thrown);
        }
      }
    },
  };
  return emitter;
}
