import { refused } from "./answer.js";

const PARAMETER = "countersign-link=";

/** Whether a request brings a signed link. */
export const isLinked = ({ url }) => pairsOf(url).some(isLink);

/** The signed link of a request, and the resource as it was before it was signed: what the link was made for. */
export function linkOf({ url, method }) {
  const pairs = pairsOf(url);
  const [link, ...others] = pairs.filter(isLink).map((pair) => pair.slice(PARAMETER.length));
  // Which one would be meant?
  if (others.length > 0) throw refused("link_refused", "more than one link");
  const rest = pairs.filter((pair) => !isLink(pair)).join("&");
  return { link, uri: new URL(url).pathname + (rest && `?${rest}`), method };
}

const pairsOf = (url) => new URL(url).search.slice(1).split("&");

const isLink = (pair) => pair.startsWith(PARAMETER);
