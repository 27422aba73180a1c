import { icon, make } from "../dom.js";
import { link } from "./parts.js";

const LETTER = "M3 6h18v12H3zM3 7l9 6 9-6";
const DONE = "M4 12.5l5 5L20 6.5";

/**
 * What comes of a form: the texts of these names; `mail`: she is to look into her mailbox. `other` leads to a view with what was typed. In the
 * slot `mail` a page may lead to the mailbox.
 */
export function createTold(host, { title, text, email, mail, other, go }) {
  const { say, pieces } = host;
  const says = say(text, { email });
  const nodes = [
    make("div", { className: "sign" }, icon(mail ? LETTER : DONE)),
    make("p", {}, pieces(text, { email: email && make("b", {}, make("bdi", {}, email)) })),
    mail && make("p", { className: "hint" }, say("auth.mail_spam")),
    mail && make("slot", { name: "mail" }),
    make("div", { className: "between" }, link(say("auth.back"), () => go("sign-in")), other && again(host, other, go)),
  ];
  return { title: say(title), nodes, says };
}

const again = ({ say }, { view, typed, text }, go) => link(say(text), () => go(view, typed));
