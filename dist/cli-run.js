export const id = 116;
export const ids = [116];
export const modules = {

/***/ 8714:
/***/ (function(__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   a: () => (/* binding */ o),
/* harmony export */   b: () => (/* binding */ t),
/* harmony export */   c: () => (/* binding */ i)
/* harmony export */ });
/* harmony import */ var node_module__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8995);
/* harmony import */ var _chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(501);
 const require = (0,node_module__WEBPACK_IMPORTED_MODULE_0__.createRequire)(import.meta.url);
(0,_chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_1__.d)();function o({ready:n,terminating:r}){return n&&r===null}function t({phase:n}){return n==="Failed"||n==="Succeeded"}function i({reason:n}){return n==="ContainerCreating"||n==="PodInitializing"}


/***/ }),

/***/ 8116:
/***/ (function(__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   run: () => (/* binding */ St)
/* harmony export */ });
/* harmony import */ var node_module__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8995);
/* harmony import */ var _chunk_RODPHXDQ_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8812);
/* harmony import */ var _chunk_XUNO2QWP_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(8714);
/* harmony import */ var _chunk_YGDPHIYN_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(3088);
/* harmony import */ var _chunk_HTNFLLZL_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(2642);
/* harmony import */ var _chunk_ATIHQNWF_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(3574);
/* harmony import */ var _chunk_L3UI5KUE_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(1537);
/* harmony import */ var _chunk_F4IGGYO5_js__WEBPACK_IMPORTED_MODULE_7__ = __webpack_require__(5338);
/* harmony import */ var _chunk_T7KXZQ7I_js__WEBPACK_IMPORTED_MODULE_8__ = __webpack_require__(6479);
/* harmony import */ var _chunk_2SKJSAHE_js__WEBPACK_IMPORTED_MODULE_9__ = __webpack_require__(9177);
/* harmony import */ var _chunk_DHFSHHXU_js__WEBPACK_IMPORTED_MODULE_10__ = __webpack_require__(7500);
/* harmony import */ var _chunk_BO5VO5M5_js__WEBPACK_IMPORTED_MODULE_11__ = __webpack_require__(1450);
/* harmony import */ var _chunk_TQX6DWN7_js__WEBPACK_IMPORTED_MODULE_12__ = __webpack_require__(5287);
/* harmony import */ var _chunk_VYCCZOD5_js__WEBPACK_IMPORTED_MODULE_13__ = __webpack_require__(127);
/* harmony import */ var _chunk_CGBMUMVT_js__WEBPACK_IMPORTED_MODULE_14__ = __webpack_require__(6907);
/* harmony import */ var _chunk_3DKDKNWI_js__WEBPACK_IMPORTED_MODULE_15__ = __webpack_require__(2021);
/* harmony import */ var _chunk_4MVH3SS5_js__WEBPACK_IMPORTED_MODULE_16__ = __webpack_require__(7151);
/* harmony import */ var _chunk_RVZHIFE3_js__WEBPACK_IMPORTED_MODULE_17__ = __webpack_require__(7473);
/* harmony import */ var _chunk_TJQHFDAX_js__WEBPACK_IMPORTED_MODULE_18__ = __webpack_require__(2972);
/* harmony import */ var _chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_19__ = __webpack_require__(501);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_20__ = __webpack_require__(3024);
 const require = (0,node_module__WEBPACK_IMPORTED_MODULE_0__.createRequire)(import.meta.url);
(0,_chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_19__.d)();(0,_chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_19__.d)();function k(t,e){t!==""&&(0,node_fs__WEBPACK_IMPORTED_MODULE_20__.writeFileSync)(t,t.endsWith(".json")?`${JSON.stringify(e,null,2)}
`:V(e))}function D(t,e){t!==""&&(0,node_fs__WEBPACK_IMPORTED_MODULE_20__.writeFileSync)(t,`${e}
`)}function V(t){return Object.entries(t).filter(([e])=>e!=="plan").map(([e,n])=>`MILVUS_RESULT_${e.toUpperCase().replaceAll("-","_")}=${n.replaceAll(/[\r\n]/g," ")}
`).join("")}(0,_chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_19__.d)();(0,_chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_19__.d)();var U={shown:!1,title:"",hop:"",components:new Map};function F(t,e){return e.type==="observed"?{...t,components:new Map(e.observation.components.map(n=>[v(n),n]))}:e.type==="component-changed"?{...t,components:W(t.components,e.component)}:e.type==="hop-started"?{...t,hop:`hop ${e.position.number} of ${e.position.of}, `}:e.type==="step-started"?{...t,shown:!0,title:e.step.id}:e.type==="rollback-started"?{...t,shown:!0,title:"rolling back"}:e.type==="phase-started"&&e.phase==="result"?{...t,shown:!1}:e.type==="failed"?{...t,shown:!1}:t}function W(t,e){let n=new Map(t);return e.templateImage===""&&e.terminating===0?n.delete(v(e)):n.set(v(e),e),n}function v({role:t,deployment:e}){return`${t}/${e}`}var G=["COMPONENT","IMAGE","READY","OLD","TERMINATING","STATE"],Y={settled:32,moving:33,failing:31};function H(t,e,n){if(!t.shown||t.components.size===0)return[];let r=[...t.components.values()],p=r.filter(i=>(0,_chunk_DHFSHHXU_js__WEBPACK_IMPORTED_MODULE_10__.o)(i)&&!(0,_chunk_DHFSHHXU_js__WEBPACK_IMPORTED_MODULE_10__.p)(i)).length,u=r.filter(_chunk_DHFSHHXU_js__WEBPACK_IMPORTED_MODULE_10__.p).length,f=(0,_chunk_DHFSHHXU_js__WEBPACK_IMPORTED_MODULE_10__.q)({components:r})?"stopped":`${p} of ${r.length-u} ready`,g=`── ${t.hop}${t.title}, ${f}, ${(0,_chunk_YGDPHIYN_js__WEBPACK_IMPORTED_MODULE_3__.e)(Math.round(e))} `,o=Math.max(1,n.rows-4),h=r.length>o?[...r].sort((i,a)=>Number((0,_chunk_DHFSHHXU_js__WEBPACK_IMPORTED_MODULE_10__.o)(i))-Number((0,_chunk_DHFSHHXU_js__WEBPACK_IMPORTED_MODULE_10__.o)(a))).slice(0,o):r,b=h.map(Z),P=G.map((i,a)=>Math.max(i.length,...b.map(w=>w[a]?.length??0))),O=i=>S(i.map((a,w)=>a.padEnd(P[w]??0)).join("  "),n),C=r.length-h.length;return[S(g.padEnd(n.columns,"─"),n),O(G),...h.map((i,a)=>K(O(b[a]??[]),B(i),n)),...C>0?[S(`… and ${C} more`,n)]:[]]}function Z(t){let e=(0,_chunk_3DKDKNWI_js__WEBPACK_IMPORTED_MODULE_15__.h)(t.templateImage).tag||t.templateImage||"(removed)";return[t.role,(0,_chunk_BO5VO5M5_js__WEBPACK_IMPORTED_MODULE_11__.b)(e,40),`${t.ready}/${t.desired}`,String(t.outdated),String(t.terminating),z(t)].map(_chunk_BO5VO5M5_js__WEBPACK_IMPORTED_MODULE_11__.a)}function z(t){return (0,_chunk_DHFSHHXU_js__WEBPACK_IMPORTED_MODULE_10__.o)(t)?(0,_chunk_DHFSHHXU_js__WEBPACK_IMPORTED_MODULE_10__.p)(t)?"stopped":"ready":t.failure||t.waiting[0]?.reason||(t.paused?"paused":t.outdated>0?"replacing":t.terminating>0?"terminating":"starting")}function B(t){if((0,_chunk_DHFSHHXU_js__WEBPACK_IMPORTED_MODULE_10__.o)(t))return"settled";let e=!t.waiting.every(_chunk_XUNO2QWP_js__WEBPACK_IMPORTED_MODULE_2__.c);return t.failure!==""||t.paused||e?"failing":"moving"}function S(t,{columns:e}){return t.trimEnd().slice(0,Math.max(0,e-1))}function K(t,e,{colors:n}){return n?`\x1B[${Y[e]}m${t}\x1B[0m`:t}function J(t,{CI:e,TERM:n}){return t.isTTY===!0&&!e&&n!=="dumb"}var X=1e3,c=class{#e;#i;#s;#t=U;#n=0;#a=0;#r=null;#l=null;constructor(e,{NO_COLOR:n},r){this.#e=e,this.#i=!n,this.#s=r}print(e){this.#p(),this.#s(e),this.#o()}watch(e){let n=this.#t;this.#t=F(n,e),this.#t!==n&&(this.#t.shown&&!n.shown&&this.#u(),this.#t.shown||this.#d(),this.#o())}#u(){this.#a=performance.now(),this.#r=setInterval(()=>this.#o(),X).unref()}#d(){this.#r&&clearInterval(this.#r),this.#r=null}#o(){this.#l??=setImmediate(()=>this.#m())}#m(){this.#l=null,this.#p();let{columns:e=80,rows:n=24}=this.#e,r=H(this.#t,(performance.now()-this.#a)/1e3,{columns:e,rows:n,colors:this.#i});this.#n=r.length,r.length>0&&this.#e.write(`${r.join(`
`)}
`)}#p(){this.#n>0&&this.#e.write(`\x1B[${this.#n}A\r\x1B[J`),this.#n=0}};function q(){let t=process.stdout.write.bind(process.stdout);process.stdout.write=e=>typeof e=="string"&&/^(?:::debug::|\[command\])/.test(e)||t(e)}async function St({raw:t,summaryFile:e,outputsFile:n}){q();let r=J(process.stdout,process.env)?new c(process.stdout,process.env,_chunk_YGDPHIYN_js__WEBPACK_IMPORTED_MODULE_3__.b):null,p=o=>r?r.print(o):(0,_chunk_YGDPHIYN_js__WEBPACK_IMPORTED_MODULE_3__.b)(o),u=Q(p),f=(0,_chunk_HTNFLLZL_js__WEBPACK_IMPORTED_MODULE_4__.m)(u,o=>p({kind:"error",text:o})),g=await (0,_chunk_YGDPHIYN_js__WEBPACK_IMPORTED_MODULE_3__.f)(t,{print:p,watch:o=>r?.watch(o),writeOutputs:o=>k(n,o),writeSummary:o=>D(e,o),signal:u.signal});return f()?_chunk_RODPHXDQ_js__WEBPACK_IMPORTED_MODULE_1__.a.failed:tt(g)}function Q(t){let e=new AbortController,n=r=>{e.signal.aborted&&r==="SIGHUP"||(e.signal.aborted&&process.exit(_chunk_RODPHXDQ_js__WEBPACK_IMPORTED_MODULE_1__.a.cancelled),e.abort(),t({kind:"warning",text:"Interrupted: ending the run. Press Ctrl-C again to exit immediately."}))};for(let r of _chunk_HTNFLLZL_js__WEBPACK_IMPORTED_MODULE_4__.k)process.on(r,n);return e}function tt({outcome:t,problem:e}){return e?.code==="input-invalid"?_chunk_RODPHXDQ_js__WEBPACK_IMPORTED_MODULE_1__.b:_chunk_RODPHXDQ_js__WEBPACK_IMPORTED_MODULE_1__.a[t]}


/***/ })

};
