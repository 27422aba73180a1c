export const userStyle = `
:host{display:inline-block;position:relative;min-width:44px;min-height:44px}
[part=trigger]{display:flex;gap:10px;align-items:center}
[part=trigger]{min-height:44px;padding:3px;border:0;border-radius:22px;background:none;font-weight:600}
.icon{width:1em}
@media (max-width:40rem){[part=trigger]>:not(.portrait){position:absolute;width:1px;overflow:hidden;clip-path:inset(50%)}}
.panel{position:absolute;inset-block-start:50px;inset-inline-end:0;z-index:99;gap:6px;width:max-content;min-width:15rem;max-width:min(20rem,100vw - 16px);padding:6px}
.person{padding:10px 12px;border-block-end:1px solid var(--line)}
.muted{font-size:.875rem}
[role=menu]{display:grid}
[part~=item],::slotted(*){box-sizing:border-box;display:flex!important;align-items:center;min-height:44px;padding:8px 12px!important;border:0;border-radius:var(--radius);background:none;color:var(--text)!important;font:inherit;text-decoration:none!important;cursor:pointer}
:is([part~=item],[part=trigger]):is(:hover,:focus),::slotted(:is(:hover,:focus)){background:var(--surface)}
::slotted(:focus-visible){outline:2px solid var(--accent)!important}
`;
