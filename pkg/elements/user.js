import { isLocal } from "../path.js";
import { CountersignElement, reflected } from "./base.js";
import { action, alarm, icon, make } from "./dom.js";
import { calledOf, person, portrait } from "./person.js";
import { userStyle } from "./style.js";

const DOWN = "m6 9 6 6 6-6";
const MARGIN = 8; // what a menu keeps from the edge of the window, in pixels

/**
 * `<countersign-user account="/account" sign-in="/sign-in">`: a link to sign in, and for who has done so a menu of her own: a menu button as the
 * WAI-ARIA practices have it. What stands in the element are more items of it.
 */
export class UserElement extends CountersignElement {
  static observedAttributes = ["account", "sign-in"];
  static styles = [userStyle];

  static {
    reflected(this, { account: "", "sign-in": "" });
  }

  #shown; // what is shown is made of this
  #trigger;
  #panel;
  #menu;
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
    const path = this.signIn || (await this.client.config()).sign_in;
    const profile = session && (await this.#profileOf(session));
    if (!isCurrent()) return;
    const made = JSON.stringify([this.language, session?.account, profile, path, this.account]);
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
    const link = make("a", { part: "button sign-in" }, this.say("auth.sign_in"));
    const aim = () => (link.href = returning(path));
    for (const moment of ["pointerdown", "focus", "click"]) link.addEventListener(moment, aim);
    aim();
    return link;
  }

  #showMenu(profile) {
    const called = calledOf(profile) ?? this.say("account.title");
    this.#menu = make("div", { id: "menu", role: "menu", "aria-label": called }, this.#items());
    this.#trigger = make(
      "button",
      { type: "button", part: "trigger", "aria-haspopup": "menu", "aria-controls": "menu", "aria-expanded": "false" },
      portrait(profile),
      make("span", {}, called),
      icon(DOWN),
    );
    this.#panel = make("div", { className: "card panel", part: "menu", hidden: true }, person(profile, called), this.#menu);
    this.#trigger.addEventListener("click", () => (this.#open ? this.#close() : this.#unfold()));
    this.#trigger.addEventListener("keydown", (event) => this.#onTriggerKey(event));
    this.#menu.addEventListener("keydown", (event) => this.#onMenuKey(event));
    // She stays in it while she is signed out, and learns of it if she is not.
    this.#menu.addEventListener("click", (event) => this.#of(event)?.part.contains("sign-out") || this.#close(true));
    this.show(this.#trigger, this.#panel);
  }

  #items() {
    const href = this.account;
    const item = { role: "menuitem", tabIndex: -1 };
    const failed = (error) => this.#panel.append(alarm(this.explain(error)));
    return [
      href && make("a", { href, part: "item", ...item }, this.say("account.title")),
      make("slot"),
      action(this.say("auth.sign_out"), () => this.#signOut(), { failed, ...item, part: "item sign-out" }),
    ];
  }

  async #signOut() {
    this.#panel.querySelector(".alert")?.remove();
    await this.client.signOut();
    this.announce(this.say("auth.signed_out"));
    this.tell("countersign-signed-out", "signed_out");
    await this.update();
    this.content.querySelector("a")?.focus();
  }

  /** The items as they are seen, those of the page among them. */
  #every() {
    const items = [...this.#menu.children].flatMap((child) => (child.localName === "slot" ? child.assignedElements() : child));
    for (const item of items) Object.assign(item, { role: "menuitem", tabIndex: -1 });
    return items;
  }

  #of(event) {
    return this.#every().find((item) => event.composedPath().includes(item));
  }

  #unfold(index = 0) {
    this.#panel.hidden = false;
    this.#trigger.setAttribute("aria-expanded", "true");
    this.#keepInside();
    this.#open = new AbortController();
    const outside = (event) => event.composedPath().includes(this) || this.#close();
    document.addEventListener("pointerdown", outside, this.#open);
    addEventListener("resize", () => this.#keepInside(), this.#open);
    this.#every().at(index).focus();
  }

  #keepInside() {
    this.#panel.style.translate = "";
    const { left, right } = this.#panel.getBoundingClientRect();
    const beyond = right + MARGIN - document.documentElement.clientWidth;
    this.#panel.style.translate = `${Math.max(0, MARGIN - left) - Math.max(0, beyond)}px`;
  }

  #close(back = false) {
    if (!this.#open) return;
    this.#open.abort();
    this.#open = undefined;
    this.#panel.hidden = true;
    this.#trigger.setAttribute("aria-expanded", "false");
    if (back) this.#trigger.focus();
  }

  #onTriggerKey(event) {
    const index = { ArrowDown: 0, ArrowUp: -1 }[event.key];
    if (index === undefined || this.#open) return;
    event.preventDefault();
    this.#unfold(index);
  }

  #onMenuKey(event) {
    const { key } = event;
    const items = this.#every();
    const at = items.indexOf(this.#of(event));
    const go = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[key];
    if (key === "Escape" || key === "Tab") this.#close(true);
    if (go !== undefined) items.at(go % items.length).focus();
    if (key === " ") items[at]?.click();
    // From the button, Tab goes on.
    if (key === "Escape" || key === " " || go !== undefined) event.preventDefault();
  }
}

/** The page where people sign in, with the way back to this one. */
function returning(path) {
  const { href, pathname, search, hash, origin } = location;
  const target = new URL(path, href);
  if (target.origin !== origin) return path;
  if (target.pathname === pathname) return path + search;
  if (isLocal(pathname + search + hash)) target.searchParams.set("next", pathname + search + hash);
  return target.href.slice(origin.length);
}
