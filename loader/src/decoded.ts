import { attempt } from "./objects";

/** `encoded` without its percent signs, `text` itself where it is not well-formed. */
export function decoded(text: string, encoded = text): string {
  return attempt(() => decodeURIComponent(encoded)) ?? text;
}
