// `<countersign-auth>`: every way to sign in and to register that the deployment offers.

import { isLocal } from "../../path.js";
import { CountersignElement, reflected } from "../base.js";
import { make, notice } from "../dom.js";
import { createControl } from "../form/control.js";
import { rememberField } from "../form/fields.js";
import { dropNext, goOn, isAged, readNext } from "../next.js";
import { authStyle } from "../style.js";
import { createForgot, createRemind } from "./forgot.js";
import { createConfirm, createSignedIn, prepareProof } from "./inside.js";
import { createRegister } from "./register.js";
import { createSignIn } from "./sign-in.js";
import { ghost } from "./ghost.js";
import { createTold } from "./told.js";

const VIEWS = { "sign-in": createSignIn, register: createRegister, forgot: createForgot, remind: createRemind };

// A page that is left still shows that it is busy.
const LEAVING = 2_000;

export class AuthElement extends CountersignElement {
  static formAssociated = true;
  static observedAttributes = ["view", "required"];
  static styles = [authStyle];

  #internals = this.attachInternals();
  #account; // undefined before anybody was asked, null when signed out
  #wanted; // what the address of the page asks for, until it was seen to
  #entering = false;
  #scene; // what is shown: `{ create, options, whole, parts }`
  #remember;
  #config;

  static {
    reflected(this, { view: Object.keys(VIEWS), name: "", next: "", "next-from-url": false, required: false, disabled: false });
    for (const name of ["form", "validity", "validationMessage", "willValidate"]) {
      Object.defineProperty(this.prototype, name, {
        configurable: true,
        get() {
          return this.#internals[name];
        },
      });
    }
  }

  /** The id of the account that is signed in, as the form sends it; empty without one. */
  get value() {
    return this.#account ?? "";
  }

  checkValidity() {
    return this.#internals.checkValidity();
  }

  reportValidity() {
    return this.#internals.reportValidity();
  }

  focus(options) {
    this.#first?.focus(options);
  }

  connectedCallback() {
    this.show(ghost());
    this.#account = undefined;
    super.connectedCallback();
  }

  attributeChangedCallback(name) {
    if (name === "required") this.#validate();
    else if (this.#account === null && this.#scene?.create !== VIEWS[this.view]) this.#open();
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
    // Nobody answers for somebody else.
    if (before && account && before !== account) this.show(ghost());
    if (why === "language") return this.#again();
    if (why === "session" && before === account) return;
    if (session) return this.#arrive(session, before === undefined && this.#wanted, isCurrent);
    if (!before) return this.#open();
    this.#turn("sign-in");
    this.#open({ notice: this.say("auth.signed_out") });
  }

  /** She is signed in when the element comes, or by another tab; `wanted` is what the page that sent her here asks for. */
  async #arrive(session, wanted, isCurrent) {
    if (!wanted) return this.#welcome({ next: this.#path() }, isCurrent);
    if (isAged(session, wanted)) return this.#confirm(wanted, isCurrent);
    if (wanted.path && !wanted.back) return goOn(wanted.path);
    this.#seen();
    await this.#welcome(wanted.back ? { notice: this.say("auth.sent_back", wanted) } : { next: this.#path() }, isCurrent);
  }

  async #welcome(options, isCurrent = () => this.isConnected && Boolean(this.#account)) {
    const profile = await this.client.profile().catch(() => ({}));
    if (isCurrent()) this.#stage(createSignedIn, { ...options, profile, left: () => this.tell("countersign-signed-out", "signed_out") });
  }

  /** The page that sent her here wants a proof that is not so old. */
  async #confirm({ path, maxAge }, isCurrent) {
    const cancel = () => this.#welcome({ moved: true });
    const proved = async () => {
      if (!this.tell("countersign-signed-in", this.client.getSnapshot(), { cancelable: true })) return cancel();
      if (path) return this.#leave(path);
      await this.#welcome({ notice: this.say("proof.proved"), moved: true });
    };
    const panel = await prepareProof(this, { maxAge, next: path, cancel, proved });
    if (!isCurrent()) return;
    this.#seen();
    this.#stage(createConfirm, { panel });
  }

  /** What the address asks for is seen to once: a reload or a bookmark does not ask again. */
  #seen() {
    this.#wanted = undefined;
    dropNext();
  }

  #open(options) {
    this.#remember ??= createControl(this, "auth", rememberField(this));
    const go = (view, typed = {}) => {
      this.#turn(view);
      this.#open({ typed, moved: true });
    };
    this.#stage(VIEWS[this.view], {
      config: this.#config,
      remember: this.#remember,
      go,
      told: (news) => this.#stage(createTold, { ...news, go, moved: true }),
      enter: (credentials) => this.#enter(credentials),
      leave: ({ id }) => this.#signInAt(id),
      ...options,
    });
  }

  /** The way in that is shown next. */
  #turn(view) {
    if (this.view === view) return;
    this.#scene = { create: VIEWS[view] }; // so that the change of the attribute does not show it
    this.view = view;
    this.tell("countersign-view", view);
  }

  /** Shows a scene; `moved`: by something that she did, so that the focus goes there. */
  #stage(create, options) {
    const { notice: text, typed, moved } = options;
    const had = this.shadowRoot.activeElement;
    const parts = create(this, options);
    const title = make("h2", { id: "title", part: "title", tabIndex: -1 }, parts.title);
    const above = text && notice(text);
    const whole = make("fieldset", { disabled: this.matches(":disabled"), "aria-labelledby": "title" }, title, above, parts.nodes);
    this.#scene = { create, options, whole, parts };
    this.show(make("div", { className: "card", part: "card" }, make("slot", { name: "header" }), whole, make("slot", { name: "footer" })));
    this.#validate();
    if (typed) parts.form?.retype(typed);
    if (moved || had) (this.shadowRoot.getElementById(had?.id) ?? (typed && parts.form) ?? title).focus();
    const says = [moved && parts.title, text, parts.says].filter(Boolean);
    if (says.length > 0) this.announce(says.join(" "));
  }

  /** The same in another language. What was typed stays. */
  #again() {
    const { create, options, parts } = this.#scene ?? {};
    if (!parts) return;
    const { moved, notice: _, ...same } = options;
    const ticked = this.#remember?.read();
    this.#remember = createControl(this, "auth", { ...rememberField(this), value: ticked });
    this.#stage(create, { ...same, remember: this.#remember, typed: parts.form?.typed() });
  }

  /** Signs in on this very page. What the client tells meanwhile is seen to afterwards. */
  async #enter(credentials) {
    this.#entering = true;
    try {
      const session = await this.client.signInWithPassword({ ...credentials, remember: this.#remember.read() });
      this.#know(session.account);
      const path = this.#path();
      if (this.tell("countersign-signed-in", session, { cancelable: true }) && path) await this.#leave(path);
      if (this.#wanted) this.#seen();
    } finally {
      this.#entering = false;
    }
    await this.#welcome({ moved: true, next: this.#path() });
  }

  #signInAt(provider) {
    this.client.signIn(provider, { next: this.#path(), maxAge: this.#wanted?.maxAge, remember: this.#remember.read() });
  }

  async #leave(path) {
    goOn(path);
    await new Promise((resolve) => setTimeout(resolve, LEAVING));
  }

  #path() {
    return this.#wanted?.path ?? (isLocal(this.next) ? this.next : undefined);
  }

  get #first() {
    return this.shadowRoot.querySelector(":is(input, button, a):not([hidden])");
  }

  /** What the form around it is told. */
  #know(account) {
    this.#account = account;
    this.#internals.setFormValue(account);
    this.#internals.states[account ? "add" : "delete"]("signed-in");
    this.#validate();
  }

  #validate() {
    const missing = this.required && !this.#account;
    this.#internals.setValidity({ valueMissing: missing }, missing ? this.say("auth.required") : "", this.#first ?? undefined);
  }
}
