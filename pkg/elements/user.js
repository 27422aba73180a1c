import { CountersignElement } from "./base.js";
import { action, icon, make } from "./dom.js";
import { isLocal } from "./next.js";
import { portrait } from "./providers.js";

const STYLE = `
:host { display: inline-block; position: relative; min-width: 44px; min-height: 44px; vertical-align: middle; }
.content { display: contents; }
.trigger {
  display: inline-flex; align-items: center; gap: 10px; max-width: 100%; min-height: 44px; padding: 3px; border: 1px solid transparent;
  border-radius: 999px; background: none; font-weight: 600; transition: background-color .15s;
}
.trigger:hover, .trigger[aria-expanded="true"] { background: var(--surface); }
.trigger .portrait { width: 36px; height: 36px; }
.trigger .called { max-width: 12rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.trigger .icon { width: 1em; height: 1em; margin-inline-end: 8px; color: var(--muted); transition: rotate .15s; }
.trigger[aria-expanded="true"] .icon { rotate: 180deg; }
@media (max-width: 40rem) { .trigger :is(.called, .icon) { display: none; } }
.panel {
  position: absolute; inset-block-start: calc(100% + 6px); inset-inline-end: 0; z-index: 1000; display: grid;
  width: max-content; min-width: 15rem; max-width: min(20rem, 100vw - 16px); padding: 6px;
  border: 1px solid var(--line); border-radius: calc(var(--radius) * 1.2); background: var(--background);
  box-shadow: 0 2px 4px rgb(0 0 0 / 6%), 0 16px 40px -12px rgb(0 0 0 / 28%);
}
.who { display: flex; align-items: center; gap: 12px; padding: 10px 12px 14px; margin-block-end: 6px; border-block-end: 1px solid var(--line); }
.who div { min-width: 0; overflow-wrap: anywhere; line-height: 1.35; }
.who p:first-child { font-weight: 650; }
.who .muted { font-size: .875rem; }
[role="menu"] { display: grid; }
[role="menu"] > :not(slot), ::slotted(*) {
  display: flex !important; align-items: center; gap: 10px; box-sizing: border-box; width: 100%; min-height: 44px; padding: 8px 12px !important;
  border: 0; border-radius: var(--radius); background: none; color: var(--text) !important; font: inherit; font-weight: 500; text-align: start;
  text-decoration: none !important; cursor: pointer;
}
[role="menu"] > :not(slot):is(:hover, :focus), ::slotted(:is(:hover, :focus)) { background: var(--surface); }
[role="menu"] > :focus-visible, ::slotted(:focus-visible) { outline: 2px solid var(--accent) !important; outline-offset: -2px !important; }
.panel .alert { margin: 6px; font-size: .9375rem; }
`;

const DOWN = "m6 9 6 6 6-6";
const MARGIN = 8; // what a menu keeps from the edge of the window, in pixels

/**
 * `<countersign-user account="/account" sign-in="/sign-in">`: a link to sign in, and for who has done so a menu of her own: a menu button as the
 * WAI-ARIA practices have it. What stands in the element are more items of it.
 */
export class UserElement extends CountersignElement {
  static observedAttributes = ["account", "sign-in"];
  static styles = [STYLE];

  #shown; // what is shown is made of this
  #trigger;
  #panel;
  #menu;
  #alert;
  #open; // ends the listening of an open menu
  #known; // the profile, and of which state of the account it is

  #changed = () => {
    this.#known = undefined;
    this.update();
  };

  attributeChangedCallback(_name, before, value) {
    if (before !== value && this.isConnected) this.update();
  }

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener("countersign-changed", this.#changed);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener("countersign-changed", this.#changed);
    this.#close();
  }

  async render({ session, isCurrent }) {
    const [config, profile] = await Promise.all([
      this.hasAttribute("sign-in") ? {} : this.client.config(),
      session && this.#profileOf(session),
    ]);
    if (!isCurrent()) return;
    const path = this.getAttribute("sign-in") ?? config.sign_in;
    const made = JSON.stringify([this.language, session?.account, profile, path, this.getAttribute("account")]);
    // A menu that is open stays so when nothing but the session's end has changed.
    if (made === this.#shown) return;
    this.#shown = made;
    this.#close();
    if (session) this.#showMenu(profile);
    else this.show(this.#signInLink(path));
  }

  /** Somebody who signs in meanwhile is seen, and until then nothing is. */
  fail(error) {
    this.#shown = undefined;
    this.show();
    this.tell("countersign-error", error);
  }

  /** A session that was renewed without a change of the account is of the same person as before. */
  async #profileOf({ account, version }) {
    const state = `${account} ${version}`;
    if (this.#known?.state === state) return this.#known.profile;
    // A deployment need not tell, and then it is a menu without a name.
    const profile = await this.client.profile().catch(() => undefined);
    this.#known = profile && { state, profile };
    return profile ?? {};
  }

  /** It leads back to where she is when she follows it, which an application of one page changes. */
  #signInLink(path) {
    const link = make("a", { className: "button", part: "button sign-in" }, this.say("user.sign_in"));
    const aim = () => (link.href = returning(path));
    for (const moment of ["pointerdown", "focus", "click"]) link.addEventListener(moment, aim);
    aim();
    return link;
  }

  #showMenu(profile) {
    const { name, user_name, email } = profile;
    const called = name ?? user_name ?? email ?? this.say("user.account");
    this.#trigger = make(
      "button",
      { type: "button", className: "trigger", part: "trigger", "aria-haspopup": "menu", "aria-controls": "menu" },
      portrait(profile),
      make("span", { className: "called" }, called),
      icon(DOWN),
    );
    this.#trigger.setAttribute("aria-label", this.say("user.menu", { name: called }));
    this.#menu = make("div", { id: "menu", role: "menu", "aria-label": this.say("user.menu", { name: called }) }, this.#items());
    this.#alert = make("p", { className: "alert", role: "alert", part: "error" });
    const lines = [make("p", {}, make("bdi", {}, called)), email && email !== called && make("p", { className: "muted" }, make("bdi", {}, email))];
    const who = make("div", { className: "who" }, portrait(profile), make("div", {}, lines));
    this.#panel = make("div", { className: "panel", part: "menu", hidden: true }, who, this.#menu, this.#alert);
    this.#trigger.setAttribute("aria-expanded", "false");
    this.#trigger.addEventListener("click", () => (this.#open ? this.#close() : this.#unfold()));
    this.#trigger.addEventListener("keydown", (event) => this.#onTriggerKey(event));
    this.#menu.addEventListener("keydown", (event) => this.#onMenuKey(event));
    this.#menu.addEventListener("click", (event) => this.#of(event)?.part.contains("sign-out") || this.#close({ back: true }));
    this.show(this.#trigger, this.#panel);
  }

  #items() {
    const account = this.getAttribute("account");
    const item = { role: "menuitem", tabIndex: -1 };
    return [
      account && make("a", { href: account, part: "item", ...item }, this.say("user.account")),
      make("slot"),
      action(this.say("user.sign_out"), () => this.#signOut(), { part: "item sign-out", failed: (error) => this.#refuse(error), ...item }),
    ];
  }

  async #signOut() {
    await this.client.signOut();
    this.announce(this.say("user.signed_out"));
    this.tell("countersign-signed-out");
    await this.update();
    this.content.querySelector("a")?.focus();
  }

  #refuse(error) {
    this.#alert.textContent = this.explain(error);
  }

  /** The items as they are seen, those of the page among them. */
  #every() {
    const items = [...this.#menu.children].flatMap((child) => (child.localName === "slot" ? child.assignedElements() : child));
    for (const item of items) {
      if (!item.hasAttribute("role")) item.setAttribute("role", "menuitem");
      item.tabIndex = -1;
    }
    return items;
  }

  #of(event) {
    return this.#every().find((item) => event.composedPath().includes(item));
  }

  #unfold(index = 0) {
    this.#panel.hidden = false;
    this.#alert.textContent = "";
    this.#trigger.setAttribute("aria-expanded", "true");
    this.#keepInside();
    this.#open = new AbortController();
    const { signal } = this.#open;
    const outside = (event) => event.composedPath().includes(this) || this.#close();
    document.addEventListener("pointerdown", outside, { signal });
    this.addEventListener("focusout", ({ relatedTarget }) => relatedTarget && !this.#holds(relatedTarget) && this.#close(), { signal });
    this.#every().at(index).focus();
  }

  #holds(node) {
    return this.contains(node) || this.shadowRoot.contains(node);
  }

  #keepInside() {
    this.#panel.style.translate = "";
    const { left, right } = this.#panel.getBoundingClientRect();
    const { clientWidth } = document.documentElement;
    const shift = Math.max(0, MARGIN - left) - Math.max(0, right - clientWidth + MARGIN);
    this.#panel.style.translate = `${shift}px`;
  }

  #close({ back = false } = {}) {
    if (!this.#open) return;
    this.#open.abort();
    this.#open = undefined;
    this.#panel.hidden = true;
    this.#trigger.setAttribute("aria-expanded", "false");
    if (back) this.#trigger.focus();
  }

  #onTriggerKey(event) {
    const index = { ArrowDown: 0, ArrowUp: -1 }[event.key];
    if (index === undefined) return;
    event.preventDefault();
    if (!this.#open) this.#unfold(index);
  }

  #onMenuKey(event) {
    const { key } = event;
    const items = this.#every();
    const at = items.indexOf(this.#of(event));
    const go = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[key];
    const begins = key.length === 1 && key !== " " && [...items.slice(at + 1), ...items].find((item) => beginsWith(item, key));
    if (go !== undefined) items.at(go % items.length).focus();
    else if (begins) begins.focus();
    else if (key === "Escape") this.#close({ back: true });
    else if (key === " ") items[at]?.click();
    else if (key === "Tab") return this.#close({ back: true });
    else return;
    event.preventDefault();
  }
}

const beginsWith = (item, letter) => item.textContent.trim().toLowerCase().startsWith(letter.toLowerCase());

/** The page where people sign in, with the way back to this one. */
function returning(path) {
  const [target, { pathname, search, hash, origin }] = [new URL(path, location.href), location];
  if (target.origin !== origin) return path;
  if (target.pathname === pathname) return path + search;
  if (isLocal(pathname + search + hash)) target.searchParams.set("next", pathname + search + hash);
  return target.pathname + target.search + target.hash;
}
