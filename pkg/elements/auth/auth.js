// `<countersign-auth>`: every way to sign in and to register that the deployment offers.

import { CountersignElement } from "../base.js";
import { make } from "../dom.js";
import { createControl } from "../form/control.js";
import { rememberField } from "../form/fields.js";
import { dropNext, goOn, isAged, isLocal, readNext } from "../next.js";
import { createForgot, createRemind } from "./forgot.js";
import { createConfirm, createSignedIn } from "./inside.js";
import { createRegister } from "./register.js";
import { createSignIn } from "./sign-in.js";
import { ghost, styles } from "./style.js";
import { createTold } from "./told.js";

const VIEWS = { "sign-in": createSignIn, register: createRegister, forgot: createForgot, remind: createRemind };

// A page that is left still shows that it is busy.
const LEAVING = 2_000;

export class AuthElement extends CountersignElement {
  static formAssociated = true;
  static observedAttributes = ["view", "required"];
  static properties = ["client", "view", "next", "nextFromUrl", "required", "name", "disabled"];
  static styles = [styles];

  #internals = this.attachInternals();
  #account; // undefined before anybody was asked, null when signed out
  #wanted; // what the address of the page asks for, until it was seen to
  #entering = false;
  #scene; // what is shown: `{ create, options, whole, parts }`
  #remember;
  #config;

  /** The way in that is shown: `sign-in`, `register`, `forgot` or `remind`. */
  get view() {
    const view = this.getAttribute("view");
    return Object.hasOwn(VIEWS, view) ? view : "sign-in";
  }

  set view(view) {
    this.setAttribute("view", view);
  }

  /** Where to go once she is signed in: a path of this origin. Anything else counts as none. */
  get next() {
    return this.getAttribute("next") ?? "";
  }

  set next(path) {
    this.setAttribute("next", path);
  }

  /** Whether `?next=` and `?max_age=` of the page's address count, as the deployment's page for signing in is called with. */
  get nextFromUrl() {
    return this.hasAttribute("next-from-url");
  }

  set nextFromUrl(counts) {
    this.toggleAttribute("next-from-url", Boolean(counts));
  }

  get name() {
    return this.getAttribute("name") ?? "";
  }

  set name(name) {
    this.setAttribute("name", name);
  }

  get required() {
    return this.hasAttribute("required");
  }

  set required(required) {
    this.toggleAttribute("required", Boolean(required));
  }

  get disabled() {
    return this.hasAttribute("disabled");
  }

  set disabled(disabled) {
    this.toggleAttribute("disabled", Boolean(disabled));
  }

  /** The id of the account that is signed in, as the form sends it; empty without one. */
  get value() {
    return this.#account ?? "";
  }

  get type() {
    return this.localName;
  }

  get form() {
    return this.#internals.form;
  }

  get validity() {
    return this.#internals.validity;
  }

  get validationMessage() {
    return this.#internals.validationMessage;
  }

  get willValidate() {
    return this.#internals.willValidate;
  }

  checkValidity() {
    return this.#internals.checkValidity();
  }

  reportValidity() {
    return this.#internals.reportValidity();
  }

  focus(options) {
    (this.#scene?.parts.first ?? this.shadowRoot.querySelector(":is(input, button, a):not([hidden])"))?.focus(options);
  }

  connectedCallback() {
    this.show(ghost());
    this.#account = undefined;
    super.connectedCallback();
  }

  attributeChangedCallback(name) {
    if (name === "required") return this.#validate();
    if (this.#account === null && this.#scene?.create !== VIEWS[this.view]) this.#open();
  }

  formDisabledCallback(disabled) {
    if (this.#scene) this.#scene.whole.disabled = disabled;
  }

  formResetCallback() {
    this.#remember = undefined;
    if (this.#account === null) this.#open();
  }

  ask() {
    this.#wanted = this.nextFromUrl ? readNext() : undefined;
    // The page that sent her here may know more than her token says.
    return this.client.session(this.#wanted && { at: "decided" });
  }

  async render({ session, why, isCurrent }) {
    this.#config = await this.client.config();
    if (!isCurrent() || this.#entering) return;
    const [before, account] = [this.#account, session?.account ?? null];
    this.#know(account);
    if (why === "language") return this.#again();
    if (why === "session" && before === account) return;
    if (session) await this.#arrive(session, { first: before === undefined, isCurrent });
    else this.#open(before ? { notice: this.say("auth.signed_out") } : {});
  }

  /** She is signed in when the element comes, or by another tab. */
  async #arrive(session, { first, isCurrent }) {
    const wanted = this.#wanted;
    if (first && wanted) {
      if (isAged(session, wanted)) return this.#confirm(wanted, isCurrent);
      if (wanted.path && !wanted.back) return goOn(wanted.path);
      this.#seen();
    }
    const notice = first && wanted?.back ? this.say("auth.sent_back", { path: wanted.path }) : undefined;
    await this.#welcome({ notice, next: notice ? undefined : this.#path() }, isCurrent);
  }

  async #welcome(options, isCurrent) {
    const profile = await this.client.profile().catch(() => ({}));
    if (isCurrent()) this.#stage(createSignedIn, { ...options, profile, left: () => this.tell("countersign-signed-out", "signed_out") });
  }

  /** The page that sent her here wants a proof that is not so old. */
  async #confirm(wanted, isCurrent) {
    const { path, maxAge } = wanted;
    const cancel = () => this.#welcome({}, () => true);
    const proved = async () => {
      const session = this.client.getSnapshot();
      if (!this.tell("countersign-signed-in", session, { cancelable: true })) return cancel();
      if (path) return this.#leave(path);
      await this.#welcome({ notice: this.say("auth.proved") }, () => true);
    };
    const panel = await createConfirm.prepare(this, { maxAge, next: path, cancel, proved });
    if (!isCurrent()) return;
    this.#seen();
    this.#stage(createConfirm, { panel });
  }

  /** What the address asks for is seen to once: a reload or a bookmark does not ask again. */
  #seen() {
    this.#wanted = undefined;
    dropNext();
  }

  #open(options = {}) {
    this.#remember ??= createControl(this, "auth", rememberField(this));
    const ways = {
      config: this.#config,
      remember: this.#remember,
      go: (view, more) => this.#go(view, more),
      told: (news) => this.#stage(createTold, { ...news, go: (view, more) => this.#go(view, more), moved: true }),
      enter: (credentials) => this.#enter(credentials),
      leave: ({ id }) => this.#signInAt(id),
    };
    this.#stage(VIEWS[this.view], { ...ways, ...options });
  }

  #go(view, typed = {}) {
    if (this.view !== view) {
      this.#scene = { create: VIEWS[view] }; // so that the change of the attribute does not show it
      this.view = view;
      this.tell("countersign-view", view);
    }
    this.#open({ typed, moved: true });
  }

  /** Shows a scene; `moved`: by something that she did, so that the focus goes there. */
  #stage(create, options) {
    const had = this.shadowRoot.activeElement !== null;
    const parts = create(this, options);
    const title = make("h2", { id: "title", part: "title", tabIndex: -1 }, parts.title);
    const notice = options.notice && make("p", { className: "notice", part: "notice" }, options.notice);
    const whole = make("fieldset", { disabled: this.matches(":disabled"), "aria-labelledby": "title" }, title, notice, parts.nodes);
    const [header, footer] = ["header", "footer"].map((name) => make("slot", { name }));
    this.#scene = { create, options, whole, parts };
    this.show(make("div", { className: "card", part: "card" }, header, whole, footer));
    this.#validate();
    if (options.typed) parts.form?.retype(options.typed);
    if (options.moved || had) (options.typed && parts.form ? parts.form : title).focus();
    const says = [options.moved && parts.title, options.notice, parts.says].filter(Boolean);
    if (says.length > 0) this.announce(says.join(" "));
  }

  /** The same in another language. What was typed stays. */
  #again() {
    const { create, options, parts } = this.#scene ?? {};
    if (!create) return;
    const ticked = this.#remember?.read();
    if (this.#remember) this.#remember = createControl(this, "auth", rememberField(this));
    this.#remember?.write(ticked);
    const { moved, notice, typed, ...same } = options;
    this.#stage(create, { ...same, ...(options.remember && { remember: this.#remember }), typed: parts.form?.typed() });
  }

  /** Signs in on this very page. What the client tells meanwhile is seen to afterwards. */
  async #enter(credentials) {
    this.#entering = true;
    try {
      const session = await this.client.signInWithPassword({ ...credentials, remember: this.#remember.read() });
      this.#know(session.account);
      const path = this.#path();
      if (this.tell("countersign-signed-in", session, { cancelable: true }) && path) await this.#leave(path);
      if (this.nextFromUrl) this.#seen();
    } finally {
      this.#entering = false;
    }
    await this.#welcome({ moved: true, next: this.#path() }, () => this.isConnected && Boolean(this.#account));
  }

  #signInAt(provider) {
    const { maxAge } = this.#wanted ?? {};
    this.client.signIn(provider, { next: this.#path(), maxAge, remember: this.#remember.read() });
  }

  async #leave(path) {
    goOn(path);
    await new Promise((resolve) => setTimeout(resolve, LEAVING));
  }

  #path() {
    return this.#wanted?.path ?? (isLocal(this.next) ? this.next : undefined);
  }

  /** What the form around it is told. */
  #know(account) {
    this.#account = account;
    this.#internals.setFormValue(account);
    this.#internals.states[account ? "add" : "delete"]("signed-in");
    this.#validate();
  }

  #validate() {
    if (!this.required || this.#account) return this.#internals.setValidity({});
    const anchor = this.shadowRoot.querySelector("input:not([hidden]), button");
    this.#internals.setValidity({ valueMissing: true }, this.say("auth.required"), anchor ?? undefined);
  }
}
