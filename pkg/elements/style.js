// The look that all elements share. A page changes it by the variables at the top, and by parts.

const sheets = new Map();

/** A style sheet of this text, made once and shared by all elements. */
export function sheetOf(text) {
  if (!sheets.has(text)) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    sheets.set(text, sheet);
  }
  return sheets.get(text);
}

export const base = `
:host {
  --accent: var(--countersign-accent, light-dark(#4338ca, #a5b4fc));
  --on-accent: var(--countersign-on-accent, light-dark(#fff, #1e1b4b));
  --text: var(--countersign-text, light-dark(#15181e, #f1f3f7));
  --muted: var(--countersign-muted, light-dark(#596170, #a7b0bf));
  --background: var(--countersign-background, light-dark(#fff, #171a21));
  --surface: var(--countersign-surface, light-dark(#f4f5f8, #222630));
  --border: var(--countersign-border, light-dark(#858d9b, #737c8c));
  --danger: var(--countersign-danger, light-dark(#b3261e, #ffa8a0));
  --success: var(--countersign-success, light-dark(#14693f, #7fdcab));
  --radius: var(--countersign-radius, 10px);
  --gap: var(--countersign-gap, 16px);
  --height: var(--countersign-control-height, 46px);
  --line: color-mix(in srgb, var(--border) 35%, transparent);
  --tint: color-mix(in srgb, var(--accent) 12%, var(--background));
  display: block;
  color: var(--text);
  font: 400 1rem/1.5 var(--countersign-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif);
  text-align: start;
}
:host([hidden]), [hidden] { display: none !important; }
*, ::before, ::after { box-sizing: border-box; }
h2, h3, p, ul, dl, dd, fieldset, form { margin: 0; padding: 0; border: 0; min-width: 0; }
ul { list-style: none; }
h2 { font-size: 1.375rem; line-height: 1.25; font-weight: 650; letter-spacing: -.015em; text-wrap: balance; }
h3 { font-size: 1.0625rem; line-height: 1.35; font-weight: 650; }
p, h2, h3, label, .hint { overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
[tabindex="-1"]:focus { outline: none; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.muted, .hint, .optional { color: var(--muted); }
.hint { font-size: .875rem; line-height: 1.45; }
.optional { font-weight: 400; }
.icon { flex: none; width: 1.25em; height: 1.25em; fill: none; stroke: currentcolor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }

.card {
  display: grid; gap: var(--gap); padding: 28px;
  border: 1px solid var(--line); border-radius: calc(var(--radius) * 1.6); background: var(--background);
  box-shadow: 0 1px 2px rgb(0 0 0 / 5%), 0 12px 32px -12px rgb(0 0 0 / 14%);
}
@media (max-width: 26rem) { .card { padding: 22px 18px; } }
.stack, form, fieldset { display: grid; gap: var(--gap); grid-template-columns: minmax(0, 1fr); align-content: start; }
.stack.tight { gap: 4px; }
.row { display: flex; flex-wrap: wrap; gap: 10px; align-items: center; }
.between { display: flex; flex-wrap: wrap; gap: 0 12px; align-items: center; justify-content: space-between; }

button { font: inherit; color: inherit; touch-action: manipulation; cursor: pointer; }
.button, button[part~="button"] {
  display: inline-flex; align-items: center; justify-content: center; gap: 10px;
  min-height: var(--height); min-width: 44px; padding: 8px 18px; line-height: 1.25; text-align: center; text-decoration: none;
  border: 1px solid var(--border); border-radius: var(--radius); background: var(--background); color: var(--text);
  font-weight: 600;
}
.button:hover, button[part~="button"]:hover { background: var(--surface); }
button[part~="primary"], .button.primary { border-color: transparent; background: var(--accent); color: var(--on-accent); }
button[part~="primary"]:hover, .button.primary:hover { background: color-mix(in srgb, var(--accent) 88%, var(--text)); }
button[part~="danger"] { border-color: var(--danger); color: var(--danger); }
button[part~="danger"][part~="primary"] { background: var(--danger); color: var(--background); }
button[part~="danger"]:hover { background: color-mix(in srgb, var(--danger) 10%, var(--background)); }
button[part~="danger"][part~="primary"]:hover { background: color-mix(in srgb, var(--danger) 88%, var(--text)); }
button[part~="link"] {
  min-height: 44px; padding: 0 2px; border: 0; border-radius: 6px; background: none; color: var(--accent); font-weight: 600;
  text-decoration: underline transparent; text-underline-offset: 3px;
}
button[part~="link"]:hover, a:not(.button):hover { text-decoration-color: currentcolor; }
a:not(.button) { color: var(--accent); font-weight: 600; text-underline-offset: 3px; }
button[aria-busy="true"] { cursor: progress; }
button[part~="button"][aria-busy="true"]::before {
  content: ""; width: 1em; height: 1em; border: 2px solid; border-block-start-color: transparent; border-radius: 50%;
  animation: turn .8s linear infinite;
}
button[aria-disabled="true"], button:disabled, :disabled button { cursor: not-allowed; opacity: .6; }
@keyframes turn { to { rotate: 1turn; } }

.field { display: grid; gap: 6px; }
label { font-weight: 600; font-size: .9375rem; }
input, select {
  width: 100%; min-width: 0; min-height: var(--height); padding: 8px 13px; font: inherit; color: var(--text);
  border: 1px solid var(--border); border-radius: var(--radius); background: var(--background);
}
input:hover, select:hover { border-color: var(--text); }
input:focus, select:focus { border-color: var(--accent); outline: 2px solid var(--accent); outline-offset: -1px; }
input[aria-invalid="true"], select[aria-invalid="true"] { border-color: var(--danger); outline-color: var(--danger); }
input:disabled, select:disabled { opacity: .6; }
.secret { display: grid; }
.secret > * { grid-area: 1 / 1; }
.secret input { padding-inline-end: 6.5em; }
.secret button { justify-self: end; min-width: 44px; margin-inline-end: 6px; padding-inline: 8px; font-size: .875rem; }
.tick { display: flex; align-items: center; margin-inline-start: -11px; }
.tick label { padding-block: 10px; font-weight: 500; }
input[type="checkbox"] {
  appearance: none; flex: none; display: grid; place-items: center; width: 44px; min-height: 44px; margin: 0; padding: 0;
  border: 0; background: none; outline: none; cursor: pointer;
}
input[type="checkbox"]::before {
  content: ""; width: 22px; height: 22px; border: 1px solid var(--border); border-radius: min(var(--radius), 6px);
  background: var(--background); color: var(--on-accent); font-weight: 700; line-height: 20px; text-align: center;
}
input[type="checkbox"]:checked::before { content: "✓" / ""; border-color: var(--accent); background: var(--accent); }
input[type="checkbox"]:focus-visible::before { outline: 2px solid var(--accent); outline-offset: 2px; }
input[type="checkbox"][aria-invalid="true"]::before { border-color: var(--danger); }
.error { color: var(--danger); font-size: .9375rem; }
.error:empty, .alert:empty, .outcome:empty { display: none; }
.alert, .notice { padding: 11px 14px; border-radius: var(--radius); background: var(--tint); }
.alert { background: color-mix(in srgb, var(--danger) 10%, var(--background)); color: var(--danger); }
form > button[type="submit"] { width: 100%; }

.strength { display: grid; gap: 6px; }
.bar { display: grid; grid-template-columns: repeat(4, 1fr); gap: 5px; }
.bar span { height: 5px; border-radius: 3px; background: var(--line); }
.bar .on { background: var(--danger); }
[data-score="2"] .on { background: color-mix(in srgb, var(--danger) 45%, #d99a00); }
:is([data-score="3"], [data-score="4"]) .on { background: var(--success); }

.providers { display: grid; gap: 10px; }
.providers.many { grid-template-columns: repeat(auto-fit, minmax(min(100%, 9.5rem), 1fr)); }
.providers button { width: 100%; height: 100%; }
.providers.many button { justify-content: start; padding-inline: 14px; text-align: start; }
.mark { flex: none; width: 20px; height: 20px; background: currentcolor; mask: center / contain no-repeat; }
img.mark { background: none; object-fit: contain; }
.mark.letter { display: grid; place-items: center; border-radius: 50%; font-size: .6875rem; font-weight: 700; line-height: 1; background: none; border: 1.5px solid; }
.portrait {
  flex: none; display: grid; place-items: center; width: 44px; height: 44px; border-radius: 50%; overflow: hidden;
  background: var(--tint); color: var(--accent); font-weight: 650;
}
.portrait img { width: 100%; height: 100%; object-fit: cover; }

@media (prefers-reduced-motion: reduce) { *, ::before { transition: none !important; animation-duration: 3s !important; } }
@media (forced-colors: active) {
  .mark:not(.letter, img) { background: CanvasText; }
  .bar span { border: 1px solid CanvasText; }
  .bar .on { background: CanvasText !important; forced-color-adjust: none; }
  input[type="checkbox"]:checked::before { forced-color-adjust: none; color: Canvas; background: CanvasText; }
}
`;
