import { env, exports } from "cloudflare:workers";
import { createGuard } from "countersign/edge";
import { ACCOUNT, CLASS, DOCUMENT, pathPattern } from "../paths.js";
import * as classes from "./classes.js";
import * as documents from "./documents.js";
import { isOwn } from "./input.js";
import { problem } from "./problem.js";

const SHAPES = { class: CLASS, document: DOCUMENT, account: ACCOUNT };

const routes = [
  ["/api/classes", { GET: classes.list, POST: classes.create }],
  ["/api/classes/:class", { GET: classes.show, PUT: classes.writeNote }],
  ["/api/classes/:class/register", { GET: classes.register }],
  ["/api/classes/:class/register/:account", { PUT: classes.enter, DELETE: classes.strike }],
  ["/api/documents", { GET: documents.list, POST: documents.create }],
  ["/api/documents/:document", { GET: documents.show, PUT: documents.change }],
  ["/api/documents/:document/published", { PUT: documents.publish }],
].map(([path, methods]) => ({ pattern: pathPattern(path, SHAPES), methods }));

const issuer = originOf(env.COUNTERSIGN);

/** What is asked of the deployment goes to this very Worker: no hop over the network. */
const binding = { fetch: (url, init) => exports.default.fetch(url, init) };

const guard = issuer && createGuard({ issuer, signIn: "/sign-in", binding });

export async function answer(request, { SCHOOL }) {
  // Countersign says what is wrong with such a configuration; nothing is opened by it.
  if (!guard) return problem("unavailable");
  const { pathname } = new URL(request.url);
  const found = routes.find(({ pattern }) => pattern.test(pathname));
  if (!found) return problem("not_found");
  const { method } = request;
  if (!Object.hasOwn(found.methods, method)) return problem("method_refused", {}, { allow: Object.keys(found.methods).join(", ") });
  if (method !== "GET" && !isOwn(request, issuer)) return problem("origin_refused");
  const params = found.pattern.exec(pathname).slice(1);
  return found.methods[method]({ request, guard, school: SCHOOL.getByName("school") }, ...params);
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
