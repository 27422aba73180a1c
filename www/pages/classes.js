import { read } from "../api.js";
import { client } from "../client.js";
import { make } from "../dom.js";
import { isInNoClass, latest, notYet } from "../panels/not-yet.js";
import { classTile, tiles } from "../panels/tiles.js";
import { classesOf } from "../tags.js";

export async function page() {
  const [{ classes }, session] = await Promise.all([read("/api/classes"), client.session().then(latest)]);
  const { attends, teaches, office } = classesOf(session);
  const mine = ({ id }) => attends.includes(id) || teaches.includes(id);
  const lead = session
    ? "What happens in a class is for those who belong to it."
    : "Who sits where, and who looks after them. Sign in to see what happens in yours.";
  const waits = isInNoClass(session) && !office;
  const tile = (one) =>
    classTile(
      `/classes/${one.id}`,
      one,
      { mine: mine(one) },
      make("span", {}, `${one.tutor} · ${one.room}`),
      mine(one) && make("span", { className: "badge" }, teaches.includes(one.id) ? "You teach it" : "Your class"),
    );
  const node = make(
    "div",
    {},
    make("h1", {}, "Classes"),
    waits
      ? notYet("You are not in a class yet. The office puts you into one: tell them the address that you signed in with.")
      : make("p", { className: "lead" }, lead),
    tiles(classes.map(tile)),
  );
  return { title: "Classes", node };
}
