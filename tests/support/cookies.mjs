// A cookie jar with the rules of RFC 6265bis that matter here.
//
// Cookies belong to a host, whatever its port: two servers on localhost see each other's, as in real browsers.

export class CookieJar {
  #cookies = new Map();

  /** Takes the `Set-Cookie` lines of an answer from `url`. */
  take(url, lines) {
    for (const line of lines) {
      const cookie = parse(line, new URL(url));
      if (!cookie) continue;
      const key = [cookie.host, cookie.path, cookie.name].join(" ");
      if (cookie.expires <= Date.now()) this.#cookies.delete(key);
      else this.#cookies.set(key, cookie);
    }
  }

  /** The `Cookie` header for a request to `url`; empty when there is nothing to send. */
  header(url) {
    return this.for(url).map(({ name, value }) => `${name}=${value}`).join("; ");
  }

  /** The cookies that `url` would get, those of the longest path first. */
  for(url) {
    const { hostname, pathname, protocol } = new URL(url);
    return [...this.#cookies.values()]
      .filter((cookie) => cookie.host === hostname && covers(cookie.path, pathname) && cookie.expires > Date.now())
      .filter((cookie) => !cookie.secure || trustworthy(protocol, hostname))
      .sort((one, other) => other.path.length - one.path.length);
  }

  /** The first cookie of that name for `url`, with all its attributes. */
  named(url, name) {
    return this.for(url).find((cookie) => cookie.name === name);
  }

  /** Puts a cookie in as if `url` had set it. */
  set(url, name, value, path = "/") {
    this.take(url, [`${name}=${value}; Path=${path}`]);
  }

  remove(url, name) {
    for (const [key, cookie] of this.#cookies) {
      if (cookie.host === new URL(url).hostname && cookie.name === name) this.#cookies.delete(key);
    }
  }

  clone() {
    const jar = new CookieJar();
    jar.#cookies = new Map(this.#cookies);
    return jar;
  }
}

function parse(line, url) {
  const [pair, ...rest] = line.split(";").map((part) => part.trim());
  const [name, value] = cut(pair);
  const given = Object.fromEntries(rest.map((part) => cut(part)).map(([key, text]) => [key.toLowerCase(), text]));
  const cookie = {
    name,
    value,
    host: url.hostname,
    path: given.path?.startsWith("/") ? given.path : defaultPath(url.pathname),
    secure: "secure" in given,
    httpOnly: "httponly" in given,
    sameSite: given.samesite?.toLowerCase(),
    expires: expiry(given),
  };
  return allowed(cookie, given, url) ? cookie : undefined;
}

/** RFC 6265bis §5.7: what a browser refuses to store. */
function allowed(cookie, given, url) {
  if (given.domain && given.domain.replace(/^\./, "") !== url.hostname) return false;
  if (cookie.secure && !trustworthy(url.protocol, url.hostname)) return false;
  if (cookie.name.startsWith("__Secure-")) return cookie.secure;
  if (cookie.name.startsWith("__Host-")) return cookie.secure && given.path === "/" && !("domain" in given);
  return true;
}

function expiry(given) {
  if (given["max-age"] !== undefined) return Date.now() + Number(given["max-age"]) * 1000;
  if (given.expires !== undefined) return Date.parse(given.expires);
  return Infinity;
}

function cut(text) {
  const at = text.indexOf("=");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

const defaultPath = (pathname) => pathname.slice(0, Math.max(1, pathname.lastIndexOf("/")));

const covers = (path, pathname) => pathname === path || pathname.startsWith(path.endsWith("/") ? path : `${path}/`);

const trustworthy = (protocol, hostname) => protocol === "https:" || ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
