import { demanded } from "../demanded.js";
import { CountersignElement, reflected } from "./base.js";
import { make } from "./dom.js";

const HELD = "";
const WAITING = "waiting";
const OTHERWISE = "otherwise";

/**
 * `<countersign-guard tag="groups:teacher">` shows what stands in it only to whom the tag, the policy, or both let in. It is for showing and
 * hiding: whoever reads the page's source sees all of it.
 */
export class GuardElement extends CountersignElement {
  static observedAttributes = ["tag", "policy", "at"];
  static properties = ["client", "policy", "conditions"];
  static styles = [":host, .content { display: contents; }"];

  #slot = make("slot", { name: WAITING });
  #policy = null; // none is asked; undefined: one was, and got lost
  #text = "null"; // what it was when it was set
  #conditions;
  #account; // whose verdict is shown
  #failed = false;

  static {
    reflected(this, { tag: null, at: null });
  }

  constructor() {
    super();
    this.content.append(this.#slot);
  }

  /** A policy, or its JSON. */
  get policy() {
    return this.#policy ?? undefined;
  }

  set policy(policy) {
    const text = JSON.stringify(policy);
    // A framework sets an equal one each time that it renders.
    if (text === this.#text) return;
    [this.#policy, this.#text] = [policy, text];
    this.#askAnew();
  }

  /** What the page says of the conditions that the policy names. */
  get conditions() {
    return this.#conditions;
  }

  set conditions(conditions) {
    this.#conditions = conditions ?? undefined;
    this.#askAnew();
  }

  /** Whether it lets in who is here; undefined until that is known. */
  get held() {
    const { name } = this.#slot;
    return name === WAITING ? undefined : name === HELD;
  }

  connectedCallback() {
    this.#turn(WAITING);
    super.connectedCallback();
    addEventListener("online", this.#retry);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener("online", this.#retry);
  }

  attributeChangedCallback(name, before, value) {
    if (name === "policy") this.policy = value;
    else if (before !== value) this.#askAnew();
  }

  /** Another client has not let in anybody yet. */
  ask() {
    this.#turn(WAITING);
    return super.ask();
  }

  async render({ session, isCurrent }) {
    // What one person may see is not shown to another one meanwhile.
    if (session?.account !== this.#account) this.#turn(WAITING);
    this.#account = session?.account;
    // Several attributes change at once, and are one question.
    await undefined;
    if (!isCurrent()) return;
    this.#failed = false;
    const held = await this.#judge();
    if (isCurrent()) this.#turn(held ? HELD : OTHERWISE);
  }

  /** Whatever went wrong lets in nobody. */
  fail(error) {
    this.#turn(OTHERWISE);
    if (this.tell("countersign-error", error, { cancelable: true })) console.error("countersign-guard:", error);
    this.#failed = true;
  }

  #retry = () => this.#failed && this.update();

  async #judge() {
    const [tag, policy, conditions] = [this.tag, this.#policy, this.#conditions];
    const demand = demanded({ ...(tag !== null && { tag }), ...(policy !== null && { policy: parsed(policy) }) });
    // Conditions that are not there are not to be named.
    return this.client.can(demand, { at: this.at || undefined, ...(conditions && { conditions }) });
  }

  /** Another question: the verdict on the one before says nothing. */
  #askAnew() {
    this.#turn(WAITING);
    if (this.isConnected) this.update();
  }

  #turn(name) {
    this.#slot.name = name;
  }
}

/** A policy of one word needs no quotes: `policy="signed_in"`. */
function parsed(policy) {
  if (typeof policy !== "string") return policy;
  return /^\w+$/.test(policy) ? policy : JSON.parse(policy);
}
