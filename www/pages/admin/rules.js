import { client } from "../../client.js";
import { make } from "../../dom.js";
import { field, form, plainInput } from "../../form.js";
import { administered } from "../../panels/administered.js";
import { explained } from "../../panels/tree.js";

export const page = administered("Rules", async () => {
  const outcome = make("div", { className: "found", role: "status" });
  const ask = async ({ uri, account }) => {
    const question = { uri: uri.trim(), ...(account.trim() && { account: account.trim() }) };
    outcome.replaceChildren(...told(await client.rules.explain(question)));
  };
  const account = plainInput("account");
  const mine = make(
    "button",
    { type: "button", className: "quiet", onclick: () => (account.value = client.getSnapshot().account) },
    "Me",
  );
  const fields = [
    field("Path", plainInput("uri", { value: "/teachers/marks", required: true })),
    field("For which account", account, { hint: "Its id. Without one: for nobody who is signed in." }),
  ];
  return [
    make("h1", {}, "Rules"),
    make(
      "p",
      { className: "lead" },
      "A reverse proxy asks which rule of the configuration is about a path. Here you ask for it.",
    ),
    make("section", { className: "card", "aria-label": "Ask" }, form(fields, "Which rule?", ask, { beside: [mine] }), outcome),
  ];
});

function told({ rule, outcome, explanation }) {
  if (!rule)
    return [
      make(
        "p",
        {},
        "No rule is about this path, and so it is refused. Rules stand in the configuration, under ",
        make("code", {}, "rules"),
        ".",
      ),
    ];
  const verdict = { held: "lets this through", failed: "refuses this", unknown: "cannot tell, and so refuses this" }[outcome];
  return [
    make("p", {}, "The rule for ", make("code", {}, rule.path), ` ${verdict}, asked at `, make("code", {}, rule.at), "."),
    ...(explanation ? [explained(explanation)] : []),
  ];
}
