import { client } from "../../client.js";
import { busy, field, make, words } from "../../dom.js";
import { explained } from "../../panels/tree.js";
import { administered } from "./frame.js";

export const page = administered("Rules", async () => {
  const outcome = make("div", { className: "found", role: "status" });
  const submit = make("button", { type: "submit" }, "Which rule?");
  const uri = make("input", { name: "uri", value: "/teachers/marks", required: true, autocomplete: "off", autocapitalize: "none", spellcheck: false });
  const account = make("input", { name: "account", autocomplete: "off", autocapitalize: "none", spellcheck: false });
  const mine = make("button", { type: "button", className: "quiet", onclick: () => (account.value = client.getSnapshot().account) }, "Me");
  const form = make("form", {}, field("Path", uri), field("For which account", account, { hint: "Its id. Without one: for nobody who is signed in." }), make("div", { className: "line" }, submit, mine));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const ask = async () => outcome.replaceChildren(...told(await client.rules.explain({ uri: uri.value.trim(), ...(account.value.trim() && { account: account.value.trim() }) })));
    busy(submit, () => ask().catch((error) => outcome.replaceChildren(make("p", { className: "error" }, words(error)))));
  });
  return [
    make("h1", {}, "Rules"),
    make("p", { className: "lead" }, "A reverse proxy asks which rule of the configuration is about a path. Here you ask for it."),
    make("section", { className: "card", "aria-label": "Ask" }, form, outcome),
  ];
});

function told({ rule, outcome, explanation }) {
  if (!rule) return [make("p", {}, "No rule is about this path, and so it is refused. Rules stand in the configuration, under ", make("code", {}, "rules"), ".")];
  const verdict = { held: "lets this through", failed: "refuses this", unknown: "cannot tell, and so refuses this" }[outcome];
  return [make("p", {}, "The rule for ", make("code", {}, rule.path), ` ${verdict}, asked at `, make("code", {}, rule.at), "."), ...(explanation ? [explained(explanation)] : [])];
}
