import { announce, at, busy, make, words } from "./dom.js";
import { tell, when } from "./moment.js";
import { REFUSALS } from "./words.js";

const MINUTE = 60_000;
const countries = new Intl.DisplayNames(document.documentElement.lang, { type: "region" });

/** "Where you are signed in": every session, each with a button that ends it. */
export function createSessions(client) {
  const list = at("sessions-list");
  const message = at("sessions-error");
  let shown; // the session that the list was asked for by

  at("sessions-again").addEventListener("click", () => busy(at("sessions-again"), load));
  at("sessions-end").addEventListener("click", () => busy(at("sessions-end"), () => attempt(endOthers)));
  setInterval(() => tell(list), MINUTE);

  async function show({ sid }) {
    if (sid === shown) return;
    shown = sid;
    await load();
  }

  const load = () =>
    attempt(async () => {
      const sessions = await client.sessions.list();
      list.replaceChildren(...sessions.toSorted((one, other) => other.current - one.current).map(row));
      at("sessions-end").hidden = sessions.length < 2;
    });

  async function attempt(task) {
    message.textContent = "";
    try {
      await task();
    } catch (error) {
      // Ended meanwhile, and so is all that is shown.
      if (client.getSnapshot()) message.textContent = REFUSALS[error.code] ?? words(error);
    }
  }

  async function endOthers() {
    const ended = await client.sessions.endOthers();
    await load();
    finish(ended === 1 ? "One session has been ended" : `${ended} sessions have been ended`);
  }

  async function end({ sid, current, device }) {
    await client.sessions.end(sid);
    if (current) return;
    await load();
    finish(`The session of ${called(device)} has been ended`);
  }

  /** The button that was pressed is gone: go on from the list. */
  function finish(text) {
    announce(text);
    at("sessions-title").focus();
  }

  function row(session) {
    const { current, device } = session;
    const whose = make("span", { className: "visually-hidden" }, current ? " the session of this device" : ` the session of ${called(device)}`);
    const button = make("button", { type: "button", className: "quiet" }, "End", whose);
    button.addEventListener("click", () => busy(button, () => attempt(() => end(session))));
    return make("li", { className: "session" }, describe(session), button);
  }

  function clear() {
    shown = undefined;
    list.replaceChildren();
    message.textContent = "";
  }

  return { show, clear, load };
}

function describe({ current, device, place, mode, amr, remembered, created_at, used_at }) {
  const marks = [current && "this device", mode === "bearer" && "a program", remembered && "stays signed in"];
  const badges = marks.filter(Boolean).map((mark) => make("span", { className: "badge" }, mark));
  return make(
    "div",
    {},
    make("p", { className: "name" }, called(device), ...badges.flatMap((badge) => [" ", badge])),
    make("p", { className: "fine" }, "Last used ", when(used_at), ...where(place)),
    make("p", { className: "fine" }, "Signed in ", when(created_at), ...how(amr)),
  );
}

function called(device) {
  const { browser, os } = device ?? {};
  if (browser && os) return `${browser} on ${os}`;
  return browser ?? os ?? "Unknown device";
}

function where(place) {
  const { city, country } = place ?? {};
  const known = [city, country && countryName(country)].filter(Boolean).join(", ");
  return known ? [` · ${known}`] : [];
}

/** Beside countries the platform has codes of its own, such as that of the Tor network. */
function countryName(code) {
  try {
    return code === "T1" ? "Tor" : countries.of(code);
  } catch {
    return code;
  }
}

const WAYS = { pwd: "with a password", fed: "through a provider", link: "by a link in a mail" };

function how(amr) {
  const ways = amr.map((way) => WAYS[way]).filter(Boolean);
  return ways.length > 0 ? [` ${ways.join(" and ")}`] : [];
}
