import { dictionary, isObject, isText, type Dictionary } from "./objects";

/** One device-mode destination of the source (`remotePlugins[]` of the settings document). */
export interface RemotePlugin {
  /** The destination's own name: distinct within its source. */
  readonly name: string;
  /** The definition's name, by which events are routed. */
  readonly creationName: string;
  readonly url: string;
  readonly integrity?: string;
  /** The global that the bundle sets to its plugin factory; of what is in the loader there is none to be known. */
  readonly libraryName: string;
  readonly settings: Dictionary;
  /** A field that it lacks, or has empty, and without which it cannot be loaded. */
  readonly missing: string | undefined;
}

export interface Manifest {
  readonly integrations: Record<string, Dictionary>;
  readonly remotePlugins: readonly RemotePlugin[];
}

/**
 * What reading a settings document comes to. An unusable one says why and holds nothing: it must never be
 * taken for a manifest without destinations.
 */
export type ManifestOutcome =
  { readonly ok: true; readonly manifest: Manifest } | { readonly ok: false; readonly reason: string };

const REQUIRED = ["name", "creationName", "url"] as const;

function remotePlugin(entry: unknown): RemotePlugin {
  const fields = dictionary(entry);
  const { name, creationName, settings } = fields;
  return {
    ...(fields as unknown as RemotePlugin),
    name: String(name),
    creationName: String(creationName),
    settings: dictionary(settings),
    missing: REQUIRED.find((field) => !isText(fields[field])),
  };
}

/** Reads the document that `/v1/projects/{writeKey}/settings` serves. */
export function readManifest(document: unknown): ManifestOutcome {
  const { integrations, remotePlugins = [] } = dictionary(document);
  if (!isObject(integrations)) return { ok: false, reason: "the settings document has no integrations" };
  if (!Array.isArray(remotePlugins)) return { ok: false, reason: "remotePlugins is not a list" };

  const usable = Object.entries(integrations).filter((entry): entry is [string, Dictionary] => isObject(entry[1]));
  return {
    ok: true,
    manifest: { integrations: Object.fromEntries(usable), remotePlugins: remotePlugins.map(remotePlugin) },
  };
}
