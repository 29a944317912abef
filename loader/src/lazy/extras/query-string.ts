import { attempt, dictionary, type Dictionary } from "../../objects";
import type { Call } from "./method";

type Parameters = ReadonlyMap<string, string | undefined>;

function decoded(text: string): string {
  return attempt(() => decodeURIComponent(text.replace(/\+/g, " "))) ?? text;
}

/** The query's parameters as the official client splits them: a value ends at its second "=", names stay encoded. */
function parametersOf(query: string): Parameters {
  const link = document.createElement("a");
  link.href = query;
  const pairs = link.search.slice(1).split("&");
  return new Map(
    pairs.map((pair): [string, string | undefined] => {
      const [name = "", value] = pair.split("=");
      return [name, value === undefined ? value : decoded(value)];
    }),
  );
}

function startingWith(prefix: string, parameters: Parameters): Dictionary {
  const found = [...parameters].filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** An id that may be taken: no empty text, and matching the page's pattern where there is one. */
function taken(id: string | undefined, pattern: unknown): string | undefined {
  return id && (!(pattern instanceof RegExp) || pattern.test(id)) ? id : undefined;
}

/**
 * queryString(query): makes the calls that a page's address asks for: `ajs_aid`, `ajs_uid` with `ajs_trait_*`,
 * `ajs_event` with `ajs_prop_*` (analytics-next core/query-string). The load option `useQueryString` switches it off
 * (false), or has the patterns that ids must match (`{aid, uid}`).
 */
export function queryString({ client, args: [query], options }: Call): unknown {
  const { useQueryString } = dictionary(options);
  if (useQueryString === false) return [];
  const { aid: aidPattern, uid: uidPattern } = dictionary(useQueryString);
  const parameters = parametersOf(String(query));
  const aid = taken(parameters.get("ajs_aid"), aidPattern);
  const uid = taken(parameters.get("ajs_uid"), uidPattern);
  const event = parameters.get("ajs_event");
  const calls: Promise<unknown>[] = [];
  if (aid) client.setAnonymousId(aid);
  if (uid) calls.push(client.identify(uid, startingWith("ajs_trait_", parameters)));
  if (event) calls.push(client.track(event, startingWith("ajs_prop_", parameters)));
  return Promise.all(calls);
}
