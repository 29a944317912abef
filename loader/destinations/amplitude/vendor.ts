import { vendorScript } from "../shared/vendor-script";

/** The build that Amplitude's own snippet pins, with its hash (amplitude.com/docs/sdks/analytics/browser). */
const SCRIPT = "https://cdn.amplitude.com/libs/analytics-browser-2.47.1-min.js.gz";
const INTEGRITY = "sha256-W6oHEGtKKZVW2mdA+YXnsWAZkK3Ezu7MYdfPDgV+jnQ=";

/** A call that waits for the SDK, which gives `resolve` the promise of what it has called. */
export interface QueuedCall {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly resolve?: (done: unknown) => void;
}

/** Amplitude's Identify as its snippet queues it: the SDK replays the steps on a real one. */
export interface IdentifySteps {
  readonly _q: readonly QueuedCall[];
}

/** What this destination uses of one instance: the SDK's, or the queue that stands for it. */
export interface Instance {
  /** Calls that wait for the SDK; none once it has come. */
  readonly _q?: readonly QueuedCall[];
  init(apiKey: string, userId: string | undefined, options: object): { readonly promise: Promise<unknown> } | undefined;
  setUserId(id: string): unknown;
  setDeviceId(id: string): unknown;
  setGroup(type: string, name: string): unknown;
  identify(steps: IdentifySteps): unknown;
  groupIdentify(type: string, name: string, steps: IdentifySteps): unknown;
  track(event: object): unknown;
}

interface Amplitude {
  invoked?: boolean;
  _q?: QueuedCall[];
  /** Instances by name; absent where the page set the SDK up without a snippet. */
  _iq?: Record<string, unknown>;
  createInstance(name: string): Instance;
}

const METHODS = ["setUserId", "setDeviceId", "setGroup", "identify", "groupIdentify", "track"] as const;

/** An instance that keeps calls under `_q`; the SDK later copies its methods over these. */
function queued(): Instance {
  const queue: QueuedCall[] = [];
  const instance: Record<string, unknown> = {
    _q: queue,
    init(this: { _q: QueuedCall[] }, ...args: unknown[]) {
      return { promise: new Promise((resolve) => this._q.push({ name: "init", args, resolve })) };
    },
  };
  for (const name of METHODS) {
    instance[name] = function (this: { _q: QueuedCall[] }, ...args: unknown[]) {
      this._q.push({ name, args });
    };
  }
  return instance as unknown as Instance;
}

function stub(page: { amplitude?: Amplitude }): Amplitude {
  if (page.amplitude) return page.amplitude;
  const instances: Record<string, Instance> = {};
  const amplitude: Amplitude = {
    invoked: true,
    _q: [],
    _iq: instances,
    createInstance: (name) => (instances[name] = queued()),
  };
  page.amplitude = amplitude;
  return amplitude;
}

/** An instance of its own for one destination, usable at once, and the promise of the SDK behind it. */
export function createInstance(apiKey: string): { readonly instance: Instance; readonly loaded: Promise<void> } {
  const page = window as { amplitude?: Amplitude };
  const mine = page.amplitude === undefined;
  const amplitude = stub(page);
  let name = apiKey;
  // The SDK finds instances by name; two destinations may have the same key.
  for (let number = 2; amplitude._iq && name in amplitude._iq; number++) name = `${apiKey}-${String(number)}`;
  const instance = amplitude.createInstance(name);
  if (mine) sdk = vendorScript(SCRIPT, { integrity: INTEGRITY });
  // A page with Amplitude's snippet loads the SDK itself; a second one would replace the first.
  return { instance, loaded: sdk ?? Promise.resolve() };
}

let sdk: Promise<void> | undefined;
