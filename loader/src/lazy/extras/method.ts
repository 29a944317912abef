import type { ClientParts } from "../../client";
import type { Client } from "../../client-api";

/** What the client gives to a method that is fetched on use. */
export interface Call extends ClientParts {
  readonly client: Client;
  readonly name: string;
  readonly args: readonly unknown[];
}

export type Method = (call: Call) => unknown;
