import type { Environment } from "../../environment";

/** Tabs that wait for the same moment are spread over so many milliseconds: the first to write takes an event. */
const SPREAD_MS = 500;

/** Has the courier woken at a time, in milliseconds since 1970; the earliest of several stands. */
export type Alarm = (at: number, spread?: number) => void;

/** `random` is from 0 to 1. */
export function createAlarm({ after, now }: Environment, random: () => number, ring: () => void): Alarm {
  let alarm = Infinity;
  let stop: (() => void) | undefined;
  return (at, spread = SPREAD_MS) => {
    if (at >= alarm) return;
    stop?.();
    alarm = at;
    stop = after(Math.max(at - now(), 0) + random() * spread, () => {
      alarm = Infinity;
      ring();
    });
  };
}
