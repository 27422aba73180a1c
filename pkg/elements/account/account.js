import { CountersignElement, reflected } from "../base.js";
import { make, notice } from "../dom.js";
import { createData } from "./data.js";
import { createEmail } from "./email.js";
import { createIdentities } from "./identities.js";
import { accountStyle } from "../style.js";
import { createPassword } from "./password.js";
import { createProfile } from "./profile.js";
import { acting, hasProved } from "./proof.js";
import { createSessions } from "./sessions.js";

/** Each is made from a desk and gives `{ element, show({ profile, session, anew }) }`, or nothing where the deployment does not offer it. */
const SECTIONS = {
  profile: createProfile,
  email: createEmail,
  password: createPassword,
  identities: createIdentities,
  sessions: createSessions,
  data: createData,
};

/** `<countersign-account sections="profile email password identities sessions data">`: what people do with their own account. */
export class AccountElement extends CountersignElement {
  static observedAttributes = ["sections"];
  static styles = [accountStyle];

  static {
    reflected(this, { sections: "" });
  }

  #sections = [];
  #account; // whom they are of
  #made; // the sections are made for this
  #profile;
  #version; // of the account, as far as the profile is known
  #signedOut = false; // whether that is shown

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#forget();
  }

  attributeChangedCallback(_name, before, value) {
    if (before !== value && this.isConnected) this.update();
  }

  async render({ session, why, isCurrent }) {
    if (!session) return this.#close();
    // What one person sees and types is not the next one's.
    if (session.account !== this.#account) {
      this.#forget();
      this.show();
    }
    const made = JSON.stringify([session.account, this.language, this.sections]);
    const same = made === this.#made && why !== "start";
    if (!same || session.version !== this.#version) {
      const [config, profile] = await Promise.all([this.client.config(), this.client.profile()]);
      if (!isCurrent()) return;
      if (!same) this.#build(config, session);
      [this.#made, this.#version, this.#profile] = [made, session.version, profile];
    }
    this.#tellSections({ session });
  }

  fail(error) {
    this.#forget();
    super.fail(error);
  }

  #build(config, session) {
    this.#forget();
    this.#account = session.account;
    const desk = {
      host: this,
      config,
      act: acting(this, session.account),
      changed: (what) => this.#change(what),
      leave: (...farewell) => this.#leave(...farewell),
    };
    const wanted = new Set(this.sections ? this.sections.split(/\s+/) : Object.keys(SECTIONS));
    const known = [...wanted].filter((name) => Object.hasOwn(SECTIONS, name));
    this.#sections = known.map((name) => SECTIONS[name](desk)).filter(Boolean);
    const text = hasProved(session) && this.say("proof.proved");
    this.show(text && notice(text), this.#sections.map(({ element }) => element));
    if (text) this.announce(text);
  }

  #tellSections(news) {
    for (const section of this.#sections) section.show({ profile: this.#profile, ...news });
  }

  /** Something was changed here: all sections hear of it, and then the page. */
  async #change(what) {
    const session = this.client.getSnapshot();
    if (!session) return;
    const profile = await this.client.profile().catch(() => this.#profile);
    if (profile?.account !== session.account) return;
    this.#profile = profile;
    this.#tellSections({ session, anew: true });
    this.tell("countersign-changed", what);
  }

  /** She has signed out here, or has no account any more. */
  #leave(why, text) {
    this.#close(text);
    if (text) this.announce(text);
    this.tell("countersign-signed-out", why);
  }

  /** Nothing of hers stays behind. */
  #close(text) {
    if (this.#signedOut && !text) return;
    this.#forget();
    this.#signedOut = true;
    this.show(text && notice(text), make("slot", { name: "signed-out" }));
  }

  #forget() {
    for (const dialog of this.content.querySelectorAll("dialog")) dialog.close();
    this.#sections = [];
    this.#account = this.#made = this.#profile = this.#version = undefined;
    this.#signedOut = false;
  }
}
