import { isText, type Dictionary } from "./objects";

/** Where events go: the source's API host, or without one the edge's own sink, never anybody else. */
export function collectorUrl(settings: Dictionary, cdn: string): string {
  const { apiHost, protocol } = settings;
  return isText(apiHost) ? `${protocol === "http" ? "http" : "https"}://${apiHost}` : `${cdn}/v1`;
}
