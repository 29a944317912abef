/** An array with methods that append `[method, ...arguments]` to it: the form in which many vendors' stubs keep calls. */
export type Queue = unknown[] & Record<string, unknown>;

/** Gives an array those methods. */
export function defer(target: unknown[], methods: readonly string[]): Queue {
  for (const method of methods) {
    (target as Queue)[method] = (...args: unknown[]) => {
      target.push([method, ...args]);
    };
  }
  return target as Queue;
}
