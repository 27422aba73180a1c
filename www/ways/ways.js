import { announce, at, make } from "../dom.js";
import { createControl } from "../forms/control.js";
import { rememberField } from "../forms/fields.js";
import { providerButtons } from "../providers.js";
import { createSignIn } from "./sign-in.js";
import { createRegister } from "./register.js";
import { createForgotPassword, createForgotUserName } from "./forgot.js";

/** The ways in, by what the deployment offers. Each has an address of its own: `#register`. */
const WAYS = [
  { id: "sign-in", action: "login", title: "Sign in", create: createSignIn, tab: true, providers: true },
  { id: "register", action: "register", title: "Create an account", create: createRegister, tab: true, providers: true },
  { id: "forgot-password", action: "reset_password", title: "Forgot your password?", create: createForgotPassword },
  { id: "forgot-user-name", action: "remind_user_name", title: "Forgot your user name?", create: createForgotUserName },
];

// Of more providers only the names are seen, as the style has it.
const FEW = 3;

/** The card of who is signed out: forms for accounts with a password, buttons for providers. `next()` says where she goes afterwards. */
export function createWays(client, next) {
  // One box for all the ways in that lead on at once; it stands where she looks for it.
  const remember = createControl("ways", rememberField);
  let ways; // made when the configuration is known
  let current;

  addEventListener("hashchange", () => at("signed-out").hidden || go(asked(), { focus: true }));

  async function show() {
    const config = await client.config();
    if (!ways) build(config);
    go(asked());
  }

  function build(config) {
    ways = WAYS.filter(({ action }) => config.actions.includes(action)).map((way) => aWay(client, config, remember, way));
    const [tabs, others] = [ways.filter(({ tab }) => tab), ways.filter(({ tab }) => !tab)];
    ways[0]?.panel.append(make("p", { className: "links" }, ...others.map(({ link }) => link)));
    at("ways").replaceChildren(...tabs.map(({ link }) => link));
    at("ways").hidden = ways.length < 2;
    at("or").textContent = config.providers.length > FEW ? "or continue with" : "or";
    providerButtons(at("providers"), config.providers, { says: "Continue with", press: ({ id }) => leave(id) });
  }

  function leave(provider) {
    const { path = "/", maxAge } = next() ?? {};
    client.signIn(provider, { next: path, maxAge, remember: remember.read() });
  }

  /** Shows one way and no other; an address that names none leads to the first. */
  function go(id, { focus = false } = {}) {
    const way = ways.find((one) => one.id === id) ?? ways[0];
    if (focus && way === current) return;
    const before = current;
    current = way;
    at("way").replaceChildren(...(way ? [way.panel] : []));
    for (const one of ways) {
      if (one === way) one.link.setAttribute("aria-current", "page");
      else one.link.removeAttribute("aria-current");
    }
    const providers = at("providers").children.length > 0 && (!way || way.providers === true);
    at("providers").hidden = !providers;
    at("or").hidden = !providers || !way;
    at("remember").hidden = !providers;
    (way?.content.holder ?? at("remember")).append(remember.element);
    // What the page is for is said where one arrives.
    at("lead").hidden = way !== ways[0];
    if (!focus) return;
    at("goodbye").hidden = true;
    way.content.begin?.(before?.content.login?.());
    way.heading.focus();
    announce(way.title);
  }

  function clear() {
    ways?.forEach(({ content }) => content.clear());
    remember.reset();
    // The next to sign in on this page begins at the beginning.
    if (asked()) history.replaceState(history.state, "", location.pathname + location.search);
  }

  const asked = () => WAYS.find(({ id }) => `#${id}` === location.hash)?.id;

  return { show, clear };
}

function aWay(client, config, remember, way) {
  const content = way.create(client, config, remember);
  const heading = make("h2", { id: `way-${way.id}-title`, tabIndex: -1 }, way.title);
  if (way.tab) heading.className = "visually-hidden";
  const panel = make("section", { className: "way", "aria-labelledby": heading.id }, heading, ...content.elements);
  return { ...way, content, heading, panel, link: make("a", { href: `#${way.id}` }, way.title) };
}
