// A fresh proof of who somebody is, by what she has: her password, or one of her providers.

import { action, alarm, make, notice } from "./dom.js";
import { createForm } from "./form/form.js";
import { passwordField } from "./form/fields.js";
import { providerButtons } from "./providers.js";
import { tied } from "./tied.js";

/**
 * Asks for a proof. `proofs` and `maxAge` are as in an error `confirmation_required`; without `proofs` any does. `next` is where a provider leads
 * back to: that leaves the page. `done()` is called when she has proved it here. Resolves with the element to show.
 */
export async function createProof(host, { proofs, maxAge = null, next, beside, done }) {
  const { client, say } = host;
  const account = client.getSnapshot()?.account;
  const asHer = tied(client, account);
  const [config, profile, identities] = await Promise.all([client.config(), client.profile(), client.identities.list()]);
  // Signed in meanwhile by another tab: that one is not asked in her place.
  if (profile.account !== account) throw { code: "session_ended" };
  const takes = (proof) => !proofs || proofs.includes(proof);
  // By any other provider she would come back as somebody else.
  const hers = identities.map(({ provider }) => provider);
  const ways = config.providers.filter(({ id }) => hers.includes(id) && takes(`provider:${id}`));
  const password = profile.has_password && takes("password");
  const mail = config.actions.includes("reset_password") && profile.email_verified;
  const why = maxAge === null ? say("proof.why") : say("proof.why_age", { age: age(host, maxAge) });
  const advice = password ? [] : say(ways.length > 0 ? "proof.back" : mail ? "proof.mail" : "proof.none");

  const form = createForm(host, {
    id: "proof",
    fields: [passwordField(host)],
    owner: profile.email ?? profile.user_name ?? "",
    button: say("proof.confirm"),
    beside,
    submit: async (proof) => {
      await asHer(() => client.confirm(proof)).catch(wrong);
      await done();
    },
  });

  /** The session that comes of it lasts as long as this one would have. */
  async function anew({ id }) {
    const sessions = await client.sessions.list().catch(() => []);
    const remember = sessions.some(({ current, remembered }) => current && remembered);
    await asHer(() => client.signIn(id, { next, remember, maxAge: 0 }));
  }

  function wrong(error) {
    if (error.code !== "credentials_invalid") throw error;
    form.controls.password.write(null);
    throw { code: "fields_invalid", fields: [{ field: "password", code: "wrong_password" }] };
  }

  /** Who has forgotten the password, or has none, has a mailbox. */
  async function send() {
    await asHer(() => client.requestPasswordReset(profile.email));
    told.replaceChildren(notice(say("proof.mail_sent", { email: profile.email })));
    letter.hidden = true;
  }

  const told = make("div", { role: "status" });
  const failed = (error) => told.replaceChildren(alarm(host.explain(error)));
  const letter = action(say("proof.mail_action"), send, { part: "link", failed });
  const element = make(
    "div",
    { className: "stack" },
    make("p", { className: "muted" }, why, " ", advice),
    password && form.element,
    ways.length > 0 && providerButtons(host, ways, { text: "proof.anew", press: anew, failed }),
    // Where there is no form for them to stand in.
    !password && make("div", { className: "row" }, beside),
    mail && make("div", {}, letter),
    told,
  );
  return element;
}

/** A length of time, in minutes if there are some. */
function age({ language }, seconds) {
  const [unit, count] = seconds >= 120 ? ["minute", Math.floor(seconds / 60)] : ["second", seconds];
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(count);
}
