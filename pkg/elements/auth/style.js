export const authStyle = `
:host{width:100%;max-width:26rem;margin-inline:auto}
h2,fieldset>.muted,.turn{text-align:center}
.turn,.or{color:var(--muted)}
.or{display:flex;align-items:center;gap:14px}
.or:before,.or:after{content:"";flex:1;border-block-start:1px solid var(--line)}
form>[part~=primary]{width:100%}
#register{grid-template-columns:repeat(auto-fit,minmax(min(100%,10rem),1fr))}
#register>:not([data-name=first_name],[data-name=last_name]){grid-column:1 / -1}
.sign{display:grid;place-content:center;width:56px;height:56px;margin-inline:auto;border-radius:50%;background:var(--tint);color:var(--accent);font-size:1.4rem}
.person{padding:12px 14px;border:1px solid var(--line);border-radius:var(--radius)}
.ghost{height:var(--height);border-radius:var(--radius);background:var(--surface)}
`;
