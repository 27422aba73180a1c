import { env, exports } from "cloudflare:workers";
import { createGuard } from "countersign/edge";
import * as classes from "./classes.js";
import * as documents from "./documents.js";
import { isOwn } from "./input.js";
import { problem } from "./problem.js";

const CLASS = "(\\d{1,2}[a-z])";
const DOCUMENT = "([a-z0-9-]{1,64})";
const ACCOUNT = "([0-9a-f]{32})";

const routes = [
  ["/api/classes", { GET: classes.list, POST: classes.create }],
  [`/api/classes/${CLASS}`, { GET: classes.show, PUT: classes.writeNote }],
  [`/api/classes/${CLASS}/register`, { GET: classes.register }],
  [`/api/classes/${CLASS}/register/${ACCOUNT}`, { PUT: classes.enter, DELETE: classes.strike }],
  ["/api/documents", { GET: documents.list, POST: documents.create }],
  [`/api/documents/${DOCUMENT}`, { GET: documents.show, PUT: documents.change }],
  [`/api/documents/${DOCUMENT}/published`, { PUT: documents.publish }],
].map(([path, methods]) => ({ pattern: new RegExp(`^${path}$`), methods }));

const issuer = originOf(env.COUNTERSIGN);

/** What is asked of the deployment goes to this very Worker: no hop over the network. */
const guard = issuer && createGuard({ issuer, signIn: "/sign-in", binding: { fetch: (url, init) => exports.default.fetch(url, init) } });

export async function answer(request, { SCHOOL }) {
  // Countersign says what is wrong with such a configuration; nothing is opened by it.
  if (!guard) return problem("unavailable");
  const { pathname } = new URL(request.url);
  const found = routes.find(({ pattern }) => pattern.test(pathname));
  if (!found) return problem("not_found");
  const handler = found.methods[request.method];
  if (!handler) return problem("method_refused", {}, { allow: Object.keys(found.methods).join(", ") });
  if (request.method !== "GET" && !isOwn(request, issuer)) return problem("origin_refused");
  const params = found.pattern.exec(pathname).slice(1);
  return handler({ request, guard, school: SCHOOL.getByName("school"), nameOf }, ...params);
}

/** What somebody is called, as her own profile says. */
async function nameOf(request) {
  const headers = new Headers({ accept: "application/json" });
  for (const name of ["cookie", "authorization"]) if (request.headers.has(name)) headers.set(name, request.headers.get(name));
  const profile = await exports.default.fetch(`${issuer}/auth/api/profile`, { headers });
  const { name, user_name, email } = profile.ok ? await profile.json() : {};
  return name ?? user_name ?? email ?? "A member of staff";
}

/** The configuration is a table, or the same as JSON text. */
function originOf(configuration) {
  try {
    const { origin } = typeof configuration === "string" ? JSON.parse(configuration) : configuration;
    return new URL(origin).origin;
  } catch {
    return undefined;
  }
}
