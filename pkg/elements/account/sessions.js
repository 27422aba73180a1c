import { icon, make } from "../dom.js";
import { confirmed } from "./dialog.js";
import { createList } from "./list.js";
import { when } from "./moment.js";
import { badge, createSection } from "./section.js";

const DESKTOP = "M4 5h16v11H4zM9 20h6";
const HANDHELD = "M7 3h10v18H7z";

/** Where she is signed in, this place first, each with a button that ends it. */
export function createSessions({ host, act, changed, leave }) {
  const { client, say, pieces, language } = host;
  const list = createList(host, { ask, row, filled });
  const others = list.button(say("account.end_others"), endOthers, { part: "button danger", hidden: true });
  const [title, lead] = [say("account.sessions"), say("account.sessions_lead")];
  const { element, heading } = createSection("sessions", title, lead, list.elements, others);

  async function ask() {
    const sessions = await client.sessions.list();
    return sessions.sort((one, other) => other.current - one.current);
  }

  function filled(sessions) {
    others.hidden = sessions.length < 2;
  }

  async function endOthers() {
    const button = say("account.end_others");
    if (!(await confirmed(host, button, button, say("account.elsewhere")))) return;
    await act(client.sessions.endOthers);
    await finish(say("account.elsewhere"));
  }

  async function end({ sid, device }) {
    await act(() => client.sessions.end(sid));
    await finish(say("account.ended", { device: called(device) }));
  }

  async function finish(text) {
    await list.settle(heading, text);
    await changed("sessions");
  }

  async function signOut() {
    await client.signOut();
    leave("signed_out");
  }

  function row(session) {
    const { current, device } = session;
    const button = current
      ? list.button(say("auth.sign_out"), signOut)
      : list.button(say("account.end"), () => end(session), { "aria-label": say("account.end_which", { device: called(device) }) });
    const kind = ["phone", "tablet"].includes(device?.kind) ? HANDHELD : DESKTOP;
    return make("li", {}, icon(kind), describe(session), button);
  }

  function describe({ current, device, place, amr, remembered, created_at, used_at }) {
    const marks = [current && "this_device", remembered && "remembered"];
    const badges = marks.filter(Boolean).flatMap((mark) => [" ", badge(say(`account.${mark}`))]);
    const ways = amr.map((way) => say(`account.way_${way}`)).filter(Boolean);
    return make(
      "div",
      {},
      make("strong", {}, called(device)),
      badges,
      make("p", { className: "hint" }, pieces("account.used", { when: when(host, used_at) }), where(place)),
      make("p", { className: "hint" }, pieces("account.signed_in", { when: when(host, created_at) }), ways.map((way) => ` · ${way}`)),
    );
  }

  function called(device) {
    const known = [device?.browser, device?.os].filter(Boolean);
    return known.join(", ") || say("account.device_unknown");
  }

  function where(place) {
    const { city, country } = place ?? {};
    const known = [city, country && countryName(country)].filter(Boolean).join(", ");
    return known && [" · ", make("bdi", {}, known)];
  }

  /** Beside countries the platform has codes of its own, such as that of the Tor network, T1. */
  function countryName(code) {
    try {
      return new Intl.DisplayNames(language, { type: "region" }).of(code);
    } catch {
      return code;
    }
  }

  return { element, show: ({ session, anew }) => list.show(session.sid, anew) };
}
