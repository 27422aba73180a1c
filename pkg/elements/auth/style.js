import { make } from "../dom.js";

export const styles = `
:host { width: 100%; max-width: 26rem; margin-inline: auto; }
h2 { text-align: center; }
fieldset > .muted { text-align: center; }
.turn { text-align: center; color: var(--muted); }
.or { display: flex; align-items: center; gap: 14px; color: var(--muted); font-size: .9375rem; }
.or::before, .or::after { content: ""; flex: 1; border-block-start: 1px solid var(--line); }
#register { grid-template-columns: repeat(2, minmax(0, 1fr)); }
#register > * { grid-column: 1 / -1; }
#register > [data-name="first_name"] { grid-column: 1; }
#register > [data-name="last_name"] { grid-column: 2; }
.sign { display: grid; place-items: center; width: 56px; height: 56px; margin-inline: auto; border-radius: 50%; background: var(--tint); color: var(--accent); }
.sign .icon { width: 28px; height: 28px; stroke-width: 1.75; }
.person { display: flex; align-items: center; gap: 12px; padding: 12px 14px; border: 1px solid var(--line); border-radius: var(--radius); min-width: 0; }
.person > div { min-width: 0; }
.name { font-weight: 600; }
.ghost { height: var(--height); border-radius: var(--radius); background: var(--surface); animation: breathe 1.4s ease-in-out infinite alternate; }
.ghost:first-child { width: 50%; margin-inline: auto; height: 28px; }
@keyframes breathe { to { opacity: .45; } }
@media (prefers-reduced-motion: reduce) { .ghost { animation: none; } }
`;

/** What is seen until something is known. */
export function ghost() {
  const lines = [1, 2, 3, 4].map(() => make("div", { className: "ghost" }));
  return make("div", { className: "card", part: "card", "aria-busy": "true" }, lines);
}
