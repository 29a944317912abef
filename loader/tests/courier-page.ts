import { createCourier } from "../src/lazy/courier/courier";
import rest from "../src/lazy/rest";
import { arriveRest, inserted, settled } from "./harness";

/** The courier's script, once the client has asked for it. */
export function courierScript(): HTMLScriptElement | undefined {
  return inserted().find(({ src }) => src.includes("/actions/edgewise/"));
}

/** Lets the courier arrive; its waits are not spread over time. */
export async function courierArrives(): Promise<void> {
  await settled();
  if (!courierScript()) throw new Error("nobody asked for the courier");
  await arriveRest(() => ({ ...rest(), createCourier: (parts: never) => createCourier(parts, () => 0) }));
  while (courierScript()) courierScript()?.remove();
}

/** What is written down for a write key, in no order. */
export function writtenDown(writeKey = "wk_1"): (readonly [due: number, tries: number, event: unknown])[] {
  return Object.keys(localStorage)
    .filter((key) => key.startsWith(`edgewise:${writeKey}:`))
    .map((key) => JSON.parse(localStorage.getItem(key) ?? "") as [number, number, { event?: unknown }])
    .map(([due, tries, { event }]) => [due, tries, event]);
}
