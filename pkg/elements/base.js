// What all elements have: a client, the session, a language, and a place to show something.

import { base, sheetOf } from "./style.js";
import { action, alarm, make } from "./dom.js";
import { english, languageOf, onLanguage, speaker } from "./language.js";
import { onClient, sharedClient } from "./shared.js";

// In a server there are no elements; the module can be imported there all the same.
const Root = globalThis.HTMLElement ?? class {};

/**
 * An element that follows the session. Those that extend it have `render(state)`, which is called when the session is known and whenever it,
 * the language or the client has changed; `state` is `{ session, why, isCurrent }`, with `isCurrent()` false as soon as `render` is called anew.
 */
export class CountersignElement extends Root {
  /** Names of the properties that a page may have set before the element was defined. */
  static properties = ["client"];
  /** Texts of style sheets, after the one that all elements have. */
  static styles = [];

  /** Where it shows something. */
  content;
  #voice;
  #client;
  #speaker;
  #stops = [];
  #begun = 0;
  #ready = false;
  #rendered = 0;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [base, ...this.constructor.styles].map(sheetOf);
    this.content = make("div", { className: "content" });
    this.#voice = make("div", { role: "status", className: "unseen" });
    root.append(this.content, this.#voice);
    this.#speaker = english();
  }

  get client() {
    return this.#client ?? sharedClient();
  }

  set client(client) {
    if (client === this.#client) return;
    this.#client = client ?? undefined;
    if (this.isConnected) this.#begin();
  }

  /** The language that it speaks, such as `de-AT`. */
  get language() {
    return this.#speaker.language;
  }

  connectedCallback() {
    for (const name of this.constructor.properties) this.#adopt(name);
    this.#begin();
  }

  disconnectedCallback() {
    this.#end();
  }

  /** A text, undefined if there is none: `say("auth.title")`, `say("auth.hello", { name })`, of a number of things with `count`. */
  say = (path, values) => this.#speaker.say(path, values);

  /** The same with nodes among its values: a list of texts and nodes. */
  pieces = (path, values) => this.#speaker.pieces(path, values);

  /** An error in words for people. In English the edge has its own. */
  explain({ code, name, detail }) {
    const own = this.language.startsWith("en") && detail;
    return this.say(`error.${code}`) ?? (own || this.say("error.other", { code: code ?? name }));
  }

  /** Tells screen readers; nothing is seen. */
  announce(text) {
    this.#voice.textContent = "";
    // A text that is the same as before is only read again if it was gone.
    setTimeout(() => (this.#voice.textContent = text), 50);
  }

  /** Dispatches an event that goes up through all shadows; false if it was cancelled. */
  tell(name, detail, { cancelable = false } = {}) {
    return this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true, cancelable }));
  }

  /** Asks for the session when the element is there. */
  ask() {
    return this.client.session();
  }

  /** Shows what is put in place of what was there. */
  show(...nodes) {
    this.content.lang = this.language;
    this.content.replaceChildren(...nodes.flat(Infinity).filter(Boolean));
  }

  /** Neither session nor anything else could be had. */
  fail(error) {
    const again = action(this.say("common.again"), () => this.#begin());
    this.show(make("div", { className: "card", part: "card" }, alarm(this.explain(error)), again));
  }

  /** Calls `render` anew. */
  async update(why = "update") {
    const number = (this.#rendered += 1);
    const isCurrent = () => number === this.#rendered && this.isConnected;
    const session = this.client.getSnapshot();
    if (session === undefined) return;
    try {
      await this.render({ session, why, isCurrent });
    } catch (error) {
      if (isCurrent()) this.fail(error);
    }
  }

  async #begin() {
    this.#end();
    const number = this.#begun;
    const { client } = this;
    this.#stops = [
      client.subscribe(() => number === this.#begun && this.#ready && this.update("session")),
      onLanguage((texts) => this.#listen(texts)),
      onClient(() => this.#client || this.#begin()),
    ];
    const language = languageOf(this);
    try {
      const [speaking] = await Promise.all([speaker(language), this.ask()]);
      if (number !== this.#begun) return;
      this.#speaker = speaking;
      this.#ready = true;
      await this.update("start");
    } catch (error) {
      if (number === this.#begun) this.fail(error);
    }
  }

  #end() {
    this.#begun += 1;
    this.#rendered += 1;
    this.#ready = false;
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }

  async #listen(texts) {
    const language = languageOf(this);
    if (!this.#ready || (language === this.language && !texts)) return;
    const number = this.#begun;
    const speaking = await speaker(language);
    if (number !== this.#begun || language !== languageOf(this)) return;
    this.#speaker = speaking;
    await this.update("language");
  }

  /** What was set before the class was known lies over its setter. */
  #adopt(name) {
    if (!Object.hasOwn(this, name)) return;
    const value = this[name];
    delete this[name];
    this[name] = value;
  }
}

/**
 * Gives a class properties that are attributes, each with its value where there is none: false for one that is there or not; a list for one that
 * takes only these, the first being that value. Set to null, an attribute is taken away; undefined is a value that got lost, and is empty.
 */
export function reflected(element, attributes) {
  for (const [attribute, none] of Object.entries(attributes)) {
    const name = attribute.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
    element.properties = [...element.properties, name];
    Object.defineProperty(element.prototype, name, {
      configurable: true,
      get() {
        const value = this.getAttribute(attribute);
        if (none === false) return value !== null;
        return Array.isArray(none) ? none[Math.max(0, none.indexOf(value))] : (value ?? none);
      },
      set(value) {
        if (none === false) this.toggleAttribute(attribute, Boolean(value));
        else if (value === null) this.removeAttribute(attribute);
        else this.setAttribute(attribute, value ?? "");
      },
    });
  }
}

/** Defines an element, in a page, once. */
export function define(name, element) {
  if (globalThis.customElements && !customElements.get(name)) customElements.define(name, element);
}
