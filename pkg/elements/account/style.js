export const accountStyle = `
.content{display:grid;grid-template-columns:minmax(0,1fr);gap:20px;container-type:inline-size}
.head{display:grid;gap:4px;align-content:start}
:is(form,.body)>button{justify-self:start}
.badge{padding:1px 9px;border-radius:99px;background:var(--tint);font-size:.8125rem;white-space:nowrap}
.list:not(:empty){display:grid;gap:14px}
.list>li{display:grid;grid-template-columns:auto 1fr auto;gap:8px 14px;align-items:center}
.list>li+li{padding-block-start:14px;border-block-start:1px solid var(--line)}
.list>li>:first-child{align-self:start;width:24px;height:24px}
dialog{width:min(30rem,100vw - 32px);margin:auto;color:var(--text)}
dialog::backdrop{background:rgb(0 0 0 / 55%)}
@container (max-width:26rem){.list>li>button{grid-column:2;justify-self:start}}
@container (min-width:34rem){
#profile{grid-template-columns:1fr 1fr}
#profile>:not(.field){grid-column:1 / -1}
}
@container (min-width:52rem){.section{grid-template-columns:16rem 1fr;gap:40px}}
`;
