import { CountersignError } from "./error.js";
import { query } from "./path.js";

/** What has to do with providers: signing in at one, the identities there that lead to her account, and one that does not yet. */
export function providing(api, { get, post, remove }, { settle }) {
  const signInUrl = (provider, options) => api.url(`/oauth/${encodeURIComponent(provider)}/login?${query(asked(options))}`);

  const linkUrl = async (provider, options) => (await post(["identities"], { provider, ...asked(options) })).location;

  return {
    signInUrl,
    signIn: (provider, options) => leaving()(signInUrl(provider, options)),
    identities: {
      list: async () => (await get(["identities"])).identities,
      link: async (provider, options) => leaving()(await linkUrl(provider, options)),
      linkUrl,
      unlink: (id) => remove(["identities", id]),
      token: (id) => get(["identities", id, "token"]),
    },
    pendingLink: () =>
      get(["link"]).catch((error) => {
        if (error.code !== "pending_link_unknown") throw error;
        return null;
      }),
    // A new account opens a session; adding to one's own goes on in the session that there is.
    settleLink: (action) => (action === "create" ? settle("link", { action }) : post(["link"], { action })),
  };
}

/** What is asked of a provider, as the wire has it. */
function asked({ next = here(), remember, maxAge, prompt, loginHint } = {}) {
  return { next, remember: remember || undefined, max_age: maxAge, prompt, login_hint: loginHint };
}

/** The way out of a page. */
function leaving() {
  if (globalThis.location?.assign) return (address) => globalThis.location.assign(address);
  throw new CountersignError({ code: "navigation_unavailable", title: "this needs a page that can navigate" });
}

/** Where the page is now, as the path that a sign-in returns to. */
function here() {
  const { pathname = "/", search = "", hash = "" } = globalThis.location ?? {};
  return pathname + search + hash;
}
