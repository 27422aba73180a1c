export const STYLE = `
.content { display: grid; grid-template-columns: minmax(0, 1fr); gap: 20px; container-type: inline-size; }
.section { gap: 20px; }
.head { display: grid; gap: 4px; align-content: start; }
.head h2 { font-size: 1.1875rem; }
.head .muted { font-size: .9375rem; }
.head .muted:empty, .body:empty, .row:has(> [hidden]:only-child) { display: none; }
form > button[type="submit"] { justify-self: start; width: auto; }
.person { display: flex; align-items: center; gap: 14px; }
.person .portrait { width: 60px; height: 60px; font-size: 1.25rem; }
.person div { min-width: 0; overflow-wrap: anywhere; }
.person p:first-child { font-weight: 650; font-size: 1.0625rem; }
.person p + p { color: var(--muted); }
.now { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: center; }
.notice { overflow-wrap: anywhere; }
.badge {
  display: inline-block; padding: 1px 9px; border-radius: 999px; background: var(--tint); color: var(--text);
  font-size: .8125rem; font-weight: 550; line-height: 1.5; white-space: nowrap;
}
.list > li {
  display: grid; grid-template-columns: auto minmax(0, 1fr) auto; gap: 10px 14px; align-items: center;
  padding-block: 14px; border-block-start: 1px solid var(--line);
}
.list > li:first-child { padding-block-start: 0; border: 0; }
.list > li > :is(.icon, .mark) { align-self: start; width: 24px; height: 24px; margin-block-start: 2px; }
.list > li > .icon { stroke-width: 1.6; color: var(--muted); }
.list > li > div { display: grid; gap: 2px; min-width: 0; overflow-wrap: anywhere; }
.list .name { font-weight: 600; }
.list:empty { display: none; }
.list button { padding-inline: 14px; font-size: .9375rem; }
.providers.many, .body .providers { grid-template-columns: repeat(auto-fill, minmax(min(100%, 12rem), 1fr)); }
.body .providers button { justify-content: start; text-align: start; }
.stack.tight { gap: 10px; }
.parted { padding-block-start: 20px; border-block-start: 1px solid var(--line); }
dialog { width: min(30rem, calc(100vw - 32px)); max-height: calc(100dvh - 32px); margin: auto; color: var(--text); overflow: auto; }
dialog:not([open]) { display: none; }
dialog::backdrop { background: rgb(10 12 16 / 55%); }
dialog .row button { flex: 1 1 auto; }
@container (max-width: 26rem) {
  .list > li { grid-template-columns: auto minmax(0, 1fr); }
  .list > li > button { grid-column: 2; justify-self: start; }
  .section form > button[type="submit"] { width: 100%; }
}
@container (min-width: 34rem) {
  #profile { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  #profile > :not(.field) { grid-column: 1 / -1; }
}
@container (min-width: 52rem) {
  .section { grid-template-columns: minmax(0, 16rem) minmax(0, 1fr); gap: 40px; }
}
`;
