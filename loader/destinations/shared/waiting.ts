/**
 * Calls for a vendor whose code has no stub: they are kept until it is there, and made in their order.
 *
 * `find` gives the vendor's object once its script has run.
 */
export class Waiting<Target> {
  private calls: ((target: Target) => unknown)[] = [];

  constructor(private readonly find: () => Target | undefined) {}

  call(use: (target: Target) => unknown): void {
    this.calls.push(use);
    this.flush();
  }

  /** Makes the calls that wait, if they can be made. A call that throws is lost; those behind it are not. */
  flush(): void {
    const target = this.find();
    if (target === undefined) return;
    const calls = this.calls;
    this.calls = [];
    const thrown: unknown[] = [];
    for (const use of calls) {
      try {
        use(target);
      } catch (error) {
        thrown.push(error);
      }
    }
    if (thrown.length > 0) throw thrown[0];
  }
}
