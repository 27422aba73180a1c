// The demo provider's pages: plain HTML forms, no script.

/** Who is signing in: one button for each person. */
export function peoplePage({ action, client, people }) {
  const buttons = people.map(
    (person) => `
      <button name="person" value="${escape(person.id)}">
        <strong>${escape(person.name)}</strong>
        <span>${escape(person.email)} · ${person.email_verified ? "verified" : "not verified"}</span>
      </button>`,
  );
  return page(
    "Who are you?",
    `<p>You are signing in to <b>${escape(client)}</b>. This is a demonstration: nobody has a password.</p>
    <form method="post" action="${escape(action)}">${buttons.join("")}
    </form>`,
  );
}

/** What the application may know: allow or refuse. */
export function consentPage({ action, client, person, scopes }) {
  const items = scopes.map((scope) => `<li>${escape(scopeTexts[scope] ?? scope)}</li>`).join("\n      ");
  return page(
    `${person.name}, do you agree?`,
    `<p><b>${escape(client)}</b> asks to know:</p>
    <ul>
      ${items}
    </ul>
    <form method="post" action="${escape(action)}">
      <button name="decision" value="allow"><strong>Allow</strong></button>
      <button name="decision" value="refuse"><strong>Refuse</strong></button>
    </form>`,
  );
}

export function messagePage(title, text) {
  return page(title, `<p>${escape(text)}</p>`);
}

/** The person's initial on a disc, as SVG. */
export function portrait(person) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img" aria-label="${escape(person.name)}">
  <circle cx="32" cy="32" r="32" fill="${person.color}"/>
  <text x="32" y="43" text-anchor="middle" font-family="sans-serif" font-size="32" fill="#fff">${escape(person.name[0])}</text>
</svg>`;
}

const scopeTexts = {
  openid: "that it is you",
  profile: "your name and picture",
  email: "your e-mail address",
};

const style = `
  :root { color-scheme: light dark; --line: light-dark(#767676, #8c8c8c); --raised: light-dark(#f4f4f8, #26262c); }
  html { background: light-dark(#fff, #17171b); color: light-dark(#1b1b1f, #ececf1); }
  body { font: 1.05rem/1.5 system-ui, sans-serif; max-width: 26rem; margin: 0 auto; padding: 2rem 1rem; }
  header { color: light-dark(#595959, #b0b0b0); }
  h1 { font-size: 1.5rem; line-height: 1.25; }
  form { display: grid; gap: .75rem; }
  button { font: inherit; color: inherit; text-align: start; padding: .75rem 1rem; min-height: 3rem; cursor: pointer;
    background: var(--raised); border: 1px solid var(--line); border-radius: .5rem; }
  button:hover { border-color: currentColor; }
  button:focus-visible { outline: 3px solid light-dark(#1a56db, #8ab4ff); outline-offset: 2px; }
  button span { display: block; font-size: .9rem; overflow-wrap: anywhere; }`;

function page(title, content) {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escape(title)} · Demo school</title>
    <style>${style}
    </style>
  </head>
  <body>
    <header>Demo school</header>
    <main>
    <h1>${escape(title)}</h1>
    ${content}
    </main>
  </body>
</html>
`;
}

const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

const escape = (text) => String(text).replace(/[&<>"']/g, (char) => entities[char]);
