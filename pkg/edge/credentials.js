import { refused } from "./answer.js";

/**
 * The token of a request: `Authorization: Bearer` (RFC 6750 §2.1), else the cookie. A header that is malformed is not passed over for
 * the cookie: two readers would take two different people.
 */
export function tokenOf({ headers }, cookie) {
  if (typeof headers?.get !== "function") throw new TypeError("a `Request` is needed: new Request(url, { headers: request.headers })");
  const authorization = headers.get("authorization");
  if (authorization !== null) {
    const [, token] = /^bearer (.*)$/i.exec(authorization) ?? [];
    if (token === undefined) throw refused("token_invalid", "`Authorization` is not `Bearer <token>`");
    return token;
  }
  const token = cookieOf(headers.get("cookie") ?? "", cookie);
  if (token === undefined) throw refused("unauthenticated", "no credentials");
  return token;
}

/** The first cookie of that name (RFC 6265 §5.4). */
function cookieOf(line, name) {
  const pair = line.split(";").map((text) => text.trim()).find((text) => text.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}
