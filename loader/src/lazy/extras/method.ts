import type { ClientParts } from "../../client";
import type { Client } from "../../client-api";
import type { fetchLazy } from "../../lazy";

/** What the client gives to a method that is fetched on use. */
export interface Call extends ClientParts {
  readonly client: Client;
  readonly name: string;
  readonly args: readonly unknown[];
  readonly fetchLazy: typeof fetchLazy;
}

export type Method = (call: Call) => unknown;
