export const id = 199;
export const ids = [199];
export const modules = {

/***/ 7151:
/***/ (function(__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   a: () => (/* binding */ c),
/* harmony export */   b: () => (/* binding */ a)
/* harmony export */ });
/* harmony import */ var node_module__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8995);
/* harmony import */ var _chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(501);
 const require = (0,node_module__WEBPACK_IMPORTED_MODULE_0__.createRequire)(import.meta.url);
(0,_chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_1__.d)();var o=new Set;function c(n){return o.size>0&&n instanceof Error&&n.syscall==="spawn"}function a(n){return new Promise((r,e)=>{o.size===0&&process.on("unhandledRejection",t),o.add(e),n().then(r,e).finally(()=>s(e))})}function t(n){c(n)&&queueMicrotask(()=>{for(let r of[...o])r(n),s(r)})}function s(n){o.delete(n),o.size===0&&process.off("unhandledRejection",t)}


/***/ }),

/***/ 1450:
/***/ (function(__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   a: () => (/* binding */ c),
/* harmony export */   b: () => (/* binding */ r),
/* harmony export */   c: () => (/* binding */ d),
/* harmony export */   d: () => (/* binding */ T),
/* harmony export */   e: () => (/* binding */ N)
/* harmony export */ });
/* harmony import */ var node_module__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8995);
/* harmony import */ var _chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(501);
 const require = (0,node_module__WEBPACK_IMPORTED_MODULE_0__.createRequire)(import.meta.url);
(0,_chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_1__.d)();var o=/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g,a=/\u001b\[[0-9;]*[A-Za-z]/g,u={"&":"&amp;","<":"&lt;",">":"&gt;","|":"&#124;","\\":"&#92;","`":"&#96;",$:"<span>$</span>"};function c(e){return r(e,16384).replace(a,"").replace(o," ").trim()}function r(e,n=600){return e.length>n?`${e.slice(0,n-1)}…`:e}var p=/[*[\]~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g,g=/([\s,;:()]+)/;function d(e,n=600){return r(c(e),n).split(g).map(t=>t.includes("@")?T(t):i(t)).join("").replace(/^[#+=-]/,"\\$&").replace(/^(\d+)([.)])(?=\s|$)/,"$1\\$2")}function i(e){return e.replace(/[&<>|\\`$]/g,n=>u[n]??n).replace(p,"\\$&")}function T(e){let n=r(c(e));return n===""?"":/[`|\\]/.test(n)?`<code>${i(n)}</code>`:`\`${n}\``}function N(e){let n=r(e.slice(0,200).replace(/[^A-Za-z0-9._ -]/g,"_").trim(),40);return n===""?"unnamed":n}


/***/ }),

/***/ 2642:
/***/ (function(__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   a: () => (/* binding */ f),
/* harmony export */   b: () => (/* binding */ O),
/* harmony export */   c: () => (/* binding */ A),
/* harmony export */   d: () => (/* binding */ j),
/* harmony export */   e: () => (/* binding */ L),
/* harmony export */   f: () => (/* binding */ M),
/* harmony export */   g: () => (/* binding */ V),
/* harmony export */   h: () => (/* binding */ w),
/* harmony export */   i: () => (/* binding */ U),
/* harmony export */   j: () => (/* binding */ x),
/* harmony export */   k: () => (/* binding */ T),
/* harmony export */   l: () => (/* binding */ N),
/* harmony export */   m: () => (/* binding */ R)
/* harmony export */ });
/* harmony import */ var node_module__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8995);
/* harmony import */ var _chunk_BO5VO5M5_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1450);
/* harmony import */ var _chunk_4MVH3SS5_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(7151);
/* harmony import */ var _chunk_TJQHFDAX_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(2972);
/* harmony import */ var _chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(501);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(3024);
 const require = (0,node_module__WEBPACK_IMPORTED_MODULE_0__.createRequire)(import.meta.url);
(0,_chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_4__.d)();function x(e){try{return (0,node_fs__WEBPACK_IMPORTED_MODULE_5__.readFileSync)(e,"utf8")}catch{return null}}(0,_chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_4__.d)();var T=["SIGINT","SIGTERM","SIGHUP"];function N(e=[process.stdout,process.stderr]){for(let r of e)r.on("error",()=>{})}var m=6e4;function R(e,r){let t=!1,s=n=>{t||(t=!0,r(y(n)),e.abort(),setTimeout(()=>process.exit(1),m).unref())};return process.on("uncaughtException",s),process.on("unhandledRejection",n=>(0,_chunk_4MVH3SS5_js__WEBPACK_IMPORTED_MODULE_2__.a)(n)?void 0:s(n)),()=>t}function y(e){let{code:r,what:t,why:s,remedy:n}=(0,_chunk_TJQHFDAX_js__WEBPACK_IMPORTED_MODULE_3__.f)(e);return`${t} (${r}): ${(0,_chunk_TJQHFDAX_js__WEBPACK_IMPORTED_MODULE_3__.d)((0,_chunk_BO5VO5M5_js__WEBPACK_IMPORTED_MODULE_1__.b)((0,_chunk_BO5VO5M5_js__WEBPACK_IMPORTED_MODULE_1__.a)(s),500))} ${n}`}(0,_chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_4__.d)();var f=["compose-files","project-directory","project-name","env-files","services","docker-host","docker-context"],g=["root-path","migration-image","storage-class","etcd-endpoints","backup-size","clean-up","revoke-sessions"],h=["verify-data","milvus-address","milvus-token","milvus-ca-certificate","inventory","write-probe"],O=["platform","release","target-version","namespace","source-version","operation","strategy","hops","stop-at","image","chart","chart-repository","chart-version","values","values-files","set","kubeconfig","context","server","token","ca-certificate","insecure-skip-tls-verify","helm-version","helm-checksum","kubectl-version","kubectl-checksum","download-mirror",...f,"fix-data-owner",...g,...h,"on-failure","timeout","step-timeout","skip-checks","report-path","evidence-path"],A=["values","set","kubeconfig","token","milvus-token"];function j(e,{operation:r,platform:t}){return e==="release"?t!=="compose":e==="target-version"&&r!=="rollback"}(0,_chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_4__.d)();var L=["helm","compose"],M=["upgrade","plan","verify","rollback"],V=["auto","helm-upgrade","rolling","migrate"],w=["auto","one"],U=["stop","rollback"];


/***/ }),

/***/ 8812:
/***/ (function(__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   a: () => (/* binding */ c),
/* harmony export */   b: () => (/* binding */ d)
/* harmony export */ });
/* harmony import */ var node_module__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8995);
/* harmony import */ var _chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(501);
 const require = (0,node_module__WEBPACK_IMPORTED_MODULE_0__.createRequire)(import.meta.url);
(0,_chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_1__.d)();var c={succeeded:0,unchanged:0,planned:0,failed:1,"rolled-back":1,refused:3,cancelled:130},d=2;


/***/ }),

/***/ 2972:
/***/ (function(__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   a: () => (/* binding */ n),
/* harmony export */   b: () => (/* binding */ f),
/* harmony export */   c: () => (/* binding */ o),
/* harmony export */   d: () => (/* binding */ s),
/* harmony export */   e: () => (/* binding */ w),
/* harmony export */   f: () => (/* binding */ i)
/* harmony export */ });
/* harmony import */ var node_module__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8995);
/* harmony import */ var _chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(501);
 const require = (0,node_module__WEBPACK_IMPORTED_MODULE_0__.createRequire)(import.meta.url);
(0,_chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_1__.d)();(0,_chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_1__.d)();var n=class extends Error{};var f={"input-invalid":"the author of the workflow","upgrade-refused":"the author of the workflow","tool-missing":"the author of the workflow","login-failed":"the author of the workflow","tool-too-old":"the author of the workflow","checksum-unknown":"the author of the workflow","checksum-wrong":"the operator of the mirror or proxy","download-failed":"the admin of the runner","cluster-unreachable":"the cluster admin","access-denied":"the cluster admin","release-not-found":"the author of the workflow","release-unreadable":"the cluster admin","run-in-progress":"the user who started the other run","lock-lost":"the user who removed the lock, or the network admin","command-failed":"depends on the command","step-stalled":"the cluster admin","step-timed-out":"the operator of the installation","data-differs":"the operator of the installation","data-not-verified":"the author of the workflow","write-probe-failed":"the operator of the installation",cancelled:"the user who cancelled",bug:"the maintainers of this action"},o=class extends Error{code;what;why;remedy;causes;constructor(t,a){super(d(t),a),this.name="UpgradeError",this.code=t.code,this.what=t.what,this.why=t.why,this.remedy=t.remedy,this.causes=t.causes??[]}};function d({what:e,why:t,remedy:a}){return`${e}: ${s(t)} ${s(a)}`}function s(e){return/[.!?]$/.test(e)?e:`${e}.`}function w(e){return e instanceof o?e:new o(i(e),{cause:e})}function i(e){return e instanceof o?{code:e.code,what:e.what,why:e.why,remedy:e.remedy,causes:e.causes}:e instanceof n?{code:"release-unreadable",what:"The YAML of the release or of the chart cannot be read",why:e.message,remedy:"Correct the YAML of the release or of the chart, and run the action again."}:{code:"bug",what:"Unexpected error",why:e instanceof Error?e.message:String(e),remedy:"Open an issue and attach the report and this log. Run the action again: it resumes from the current state."}}


/***/ }),

/***/ 127:
/***/ (function(__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   a: () => (/* binding */ u),
/* harmony export */   b: () => (/* binding */ R),
/* harmony export */   c: () => (/* binding */ g),
/* harmony export */   d: () => (/* binding */ S),
/* harmony export */   e: () => (/* binding */ E),
/* harmony export */   f: () => (/* binding */ l),
/* harmony export */   g: () => (/* binding */ O),
/* harmony export */   h: () => (/* binding */ x)
/* harmony export */ });
/* harmony import */ var node_module__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8995);
/* harmony import */ var _chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(501);
 const require = (0,node_module__WEBPACK_IMPORTED_MODULE_0__.createRequire)(import.meta.url);
(0,_chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_1__.d)();var o=/pass|pwd|secret|token|key|credential|auth|connectionstring/i,r=/pass|pwd|secret|token|key|credential|auth|connectionstring|cert/i,s=/passw|passphrase|passcode|pwd|secret|token|credential|authorization|(?:api|access|private|account|signing|encryption|master|storage)[_-]?key|connection[_-]?string/i,u=new RegExp(`${s.source}|pass|sig`,"gi"),R=new RegExp(r,"gi"),c=/(?:^|[_.-])(?:pass|sig|signature)(?:$|[_.-])/i,a=/(?:file|path|dir|directory|name|namespace|ref)$/i,p=new Set(["secretKeyRef","secretRef","secretName","existingSecret","imagePullSecrets","pullSecrets"]);function g(e){return o.test(e)}function S(e){return r.test(e)}function E(e){return s.test(e)||c.test(e)}function l(e){return p.has(e)}function O(e){return/^--?\w[\w.-]*$/.test(e)&&g(e)&&!a.test(e)}(0,_chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_1__.d)();function x(e,n){return Object.hasOwn(e,n)?e[n]:void 0}


/***/ }),

/***/ 9199:
/***/ (function(__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   runCommand: () => (/* binding */ $e)
/* harmony export */ });
/* harmony import */ var node_module__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8995);
/* harmony import */ var _chunk_RODPHXDQ_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8812);
/* harmony import */ var _chunk_HTNFLLZL_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(2642);
/* harmony import */ var _chunk_BO5VO5M5_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(1450);
/* harmony import */ var _chunk_VYCCZOD5_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(127);
/* harmony import */ var _chunk_4MVH3SS5_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(7151);
/* harmony import */ var _chunk_TJQHFDAX_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(2972);
/* harmony import */ var _chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_7__ = __webpack_require__(501);
/* harmony import */ var node_util__WEBPACK_IMPORTED_MODULE_8__ = __webpack_require__(7975);
 const require = (0,node_module__WEBPACK_IMPORTED_MODULE_0__.createRequire)(import.meta.url);
(0,_chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_7__.d)();(0,_chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_7__.d)();(0,_chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_7__.d)();function g(e,r){let i=r.filter(s=>Math.abs(s.length-e.length)<=3).map(s=>({candidate:s,wrong:P(e,s)})).sort((s,a)=>s.wrong-a.wrong)[0];return i&&i.wrong<=3&&i.wrong*2<i.candidate.length?i.candidate:r.find(s=>e.length>=3&&(s.startsWith(e)||e.startsWith(s)||s.endsWith(`-${e}`)))??null}function P(e,r){let n=Array.from({length:r.length+1},(t,i)=>i);for(let t=1;t<=e.length;t+=1){let i=n;n=[t];for(let s=1;s<=r.length;s+=1){let a=(i[s-1]??0)+(e[t-1]===r[s-1]?0:1);n.push(Math.min(a,(i[s]??0)+1,(n[s-1]??0)+1))}}return n[r.length]??0}(0,_chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_7__.d)();function T(e){let r=(e.get("set")??"").split(`
`).filter(D).map(G);return V(e.get("kubeconfig")??"")&&r.push("--kubeconfig requires the path of a file; set MILVUS_UPGRADE_KUBECONFIG to pass the content, because other users of this machine can read arguments"),r}function D(e){let r=e.indexOf("=");return r>0&&(0,_chunk_VYCCZOD5_js__WEBPACK_IMPORTED_MODULE_4__.c)(e.slice(0,r))&&!/^(true|false|null|)$/.test(e.slice(r+1).trim())}function G(e){return`--set ${e.slice(0,e.indexOf("="))}=… may be a secret, and other users of this machine can read arguments; set MILVUS_UPGRADE_SET, or use a file with --values-files`}function V(e){return/\n|apiVersion|^[A-Za-z0-9+/=]{120,}$/.test(e)}(0,_chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_7__.d)();var f={operation:"write it as the first argument, for example: milvus-upgrade plan --release my …",token:"other users of this machine can read arguments; set MILVUS_UPGRADE_TOKEN, or use --token-file PATH","milvus-token":"other users of this machine can read arguments; set MILVUS_UPGRADE_MILVUS_TOKEN",values:"other users of this machine can read arguments; use --values-files PATH, or set MILVUS_UPGRADE_VALUES to the YAML text"},W=new Set(["values-files","set","skip-checks","compose-files","env-files"]),h={"token-file":{value:"PATH",text:"File with the bearer token, for `server`."},"summary-file":{value:"PATH",text:"Write the summary to this file, as Markdown."},"outputs-file":{value:"PATH",text:"Write the outputs to this file: as JSON if the name ends in `.json`, else as dotenv (`MILVUS_RESULT_OUTCOME=…`) without `plan`."},help:{value:"",text:"Show this help."},version:{value:"",text:"Show the version of the command."}};function m(e){let r=_chunk_HTNFLLZL_js__WEBPACK_IMPORTED_MODULE_2__.b.filter(t=>!(t in f)).map(t=>({name:t,kind:C(t,e)})),n=Object.entries(h).map(([t,{value:i}])=>({name:t,kind:i===""?"switch":"value"}));return[...r,...n]}function C(e,r){return W.has(e)?"list":["true","false"].includes(r.inputs[e]?.default??"")?"switch":"value"}function u(e){return`MILVUS_UPGRADE_${e.toUpperCase().replaceAll("-","_")}`}function M(e){for(let r of _chunk_HTNFLLZL_js__WEBPACK_IMPORTED_MODULE_2__.c)delete e[u(r)]}var H={h:"help",n:"namespace"};function $(e,r){let n=q(e,m(r.action));if(n.values.has("help"))return{kind:"help"};if(n.values.has("version"))return{kind:"version"};let t=[...n.problems,...te(r.environment),...T(n.values)],i={...Z(n.values,r),...Q(n.operations,r,t),...ee(n.values,r,t)};return t.push(...K(i,n,r)),t.length>0?{kind:"wrong",problems:t}:{kind:"run",raw:i,summaryFile:n.values.get("summary-file")??"",outputsFile:n.values.get("outputs-file")??""}}function K(e,{values:r},{action:n}){return Object.entries(n.inputs).filter(([s])=>(0,_chunk_HTNFLLZL_js__WEBPACK_IMPORTED_MODULE_2__.d)(s,e)).filter(([s])=>e[s]===""&&!r.has(s)).map(([s,{description:a}])=>`--${s} is missing: ${a.replace(/\.$/,"")}`)}function X(e,r){let n=Object.fromEntries(r.map(({name:i,kind:s})=>[i,{type:s==="switch"?"boolean":"string"}])),t=Object.entries(H).map(([i,s])=>[s,{...n[s],short:i}]);return (0,node_util__WEBPACK_IMPORTED_MODULE_8__.parseArgs)({args:[...e],options:{...n,...Object.fromEntries(t)},strict:!1,allowPositionals:!0,tokens:!0}).tokens}function q(e,r){let n={values:new Map,operations:[],problems:[]},t=null;for(let i of X(e,r))i.kind==="option"?Y(i,r,n):i.kind==="positional"&&!J(t,r)&&n.operations.push(i.value),t=i;return n}function J(e,r){return e?.kind==="option"&&e.value===void 0&&!r.some(({name:n})=>n===e.name)}function Y(e,r,{values:n,problems:t}){let{name:i,rawName:s}=e,a=r.find(L=>L.name===i);if(!a)return void t.push(B(i,s,r));let{value:O,problem:S}=z(e,a.kind);S&&t.push(`--${i} ${S}`);let b=n.get(i),E=b!==void 0&&a.kind!=="switch";E&&a.kind==="value"&&t.push(`--${i} is set more than once`),n.set(i,E&&a.kind==="list"?`${b}
${O}`:O)}function z({value:e,inlineValue:r},n){if(n==="switch")return{value:e??"true",problem:!r||e==="true"||e==="false"?"":"is a boolean flag: use it without a value, or with =false"};let t=!e||!r&&e.startsWith("--");return{value:e??"",problem:t?"requires a value":""}}function B(e,r,n){let t=(0,_chunk_VYCCZOD5_js__WEBPACK_IMPORTED_MODULE_4__.h)(f,e);if(t)return`${r} is not a flag: ${t}`;let i=g(e,n.map(s=>s.name));return`${r} is not a flag${i?`; did you mean --${i}?`:": run --help for the list of flags"}`}function Z(e,{action:r,environment:n}){let t=i=>e.get(i)??(n[u(i)]||(r.inputs[i]?.default??""));return Object.fromEntries(_chunk_HTNFLLZL_js__WEBPACK_IMPORTED_MODULE_2__.b.map(i=>[i,t(i).trim()]))}function Q(e,{environment:r},n){let[t=r[u("operation")]??"",...i]=e;if(t==="")n.push(`the operation is missing: the first argument must be one of ${_chunk_HTNFLLZL_js__WEBPACK_IMPORTED_MODULE_2__.f.join(", ")}`);else if(!_chunk_HTNFLLZL_js__WEBPACK_IMPORTED_MODULE_2__.f.some(s=>s===t)){let s=g(t,_chunk_HTNFLLZL_js__WEBPACK_IMPORTED_MODULE_2__.f);n.push(`the operation is unknown: it must be one of ${_chunk_HTNFLLZL_js__WEBPACK_IMPORTED_MODULE_2__.f.join(", ")}${s?`; did you mean ${s}?`:""}`)}return i.length>0&&n.push(`${i.length===1?"an argument":`${i.length} arguments`} without a flag: use --name value`),{operation:t}}function ee(e,{environment:r,readFile:n},t){let i=e.get("token-file");if(i===void 0)return{};r[u("token")]&&t.push("--token-file and MILVUS_UPGRADE_TOKEN are both set: remove one of them");let s=n(i);return(s===null||s.trim()==="")&&t.push("the file of --token-file cannot be read or is empty"),{token:s?.trim()??""}}function te(e){let r=_chunk_HTNFLLZL_js__WEBPACK_IMPORTED_MODULE_2__.b.map(u);return Object.keys(e).filter(n=>n.startsWith("MILVUS_UPGRADE_")&&!r.includes(n)).map(n=>({name:n,near:g(n,r)})).filter(({near:n})=>n!==null).map(({name:n,near:t})=>`the environment variable ${n} is unknown; did you mean ${t}?`)}(0,_chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_7__.d)();var ne=100,y=28;function U(e,r){let n=e.inputs.operation?.description??"";return[`milvus-upgrade ${r}`,...k(e.description,0),"","usage: milvus-upgrade upgrade|plan|verify --release NAME --target-version VERSION [flags]","       milvus-upgrade rollback --release NAME [flags]","       milvus-upgrade … --platform compose --project-directory DIRECTORY [flags]","",...k(n,0),"","Inputs. Each can also be set with the environment variable MILVUS_UPGRADE_<NAME>, such as","MILVUS_UPGRADE_TARGET_VERSION; a flag takes precedence.",...m(e).filter(({name:t})=>t in e.inputs).flatMap(({name:t,kind:i})=>v(`--${t}${re(t,i,e)}`,x(t,i,e))),"","Environment variables only, because other users of the machine can read arguments:",..._chunk_HTNFLLZL_js__WEBPACK_IMPORTED_MODULE_2__.b.filter(t=>t in f&&t!=="operation").flatMap(t=>v(u(t),x(t,"value",e))),"","Flags of the command:",...Object.entries(h).flatMap(([t,{value:i,text:s}])=>v(`--${t}${i&&` ${i}`}`,s)),"","Exit codes:",...ie().map(([t,i])=>`  ${String(t).padStart(3)}  ${i}`),""].join(`
`)}function re(e,r,n){return r!=="switch"?" …":n.inputs[e]?.default==="true"?"=false":""}function x(e,r,n){let t=n.inputs[e],i=[r==="list"?"May be repeated.":"",r!=="switch"&&t?.default?`Default: ${t.default}`:""];return[t?.description??"",...i].filter(s=>s!=="").join(" ")}function ie(){let e=Object.entries(_chunk_RODPHXDQ_js__WEBPACK_IMPORTED_MODULE_1__.a);return[...[...new Set(e.map(([,n])=>n))].map(n=>[n,e.filter(([,t])=>t===n).map(([t])=>t).join(", ")]),[_chunk_RODPHXDQ_js__WEBPACK_IMPORTED_MODULE_1__.b,"the command line or an input is invalid; nothing was changed"]].sort((n,t)=>n[0]-t[0])}function v(e,r){let[n="",...t]=k(r,y),i=`  ${e}`;return i.length<y-1?[i.padEnd(y)+n.trimStart(),...t]:[i,n,...t]}function k(e,r){let n=[],t="";for(let i of e.split(" "))t!==""&&r+t.length+1+i.length>ne?(n.push(t),t=i):t=t===""?i:`${t} ${i}`;return[...n,t].map(i=>" ".repeat(r)+i)}async function $e(){let e=$(process.argv.slice(2),{action:_chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_7__.e,environment:process.env,readFile:_chunk_HTNFLLZL_js__WEBPACK_IMPORTED_MODULE_2__.j});if(M(process.env),(0,_chunk_HTNFLLZL_js__WEBPACK_IMPORTED_MODULE_2__.l)(),e.kind==="run"){let{run:r}=await Promise.all(/* import() */[__webpack_require__.e(88), __webpack_require__.e(116)]).then(__webpack_require__.bind(__webpack_require__, 8116));process.exit(await r(e))}if(e.kind==="wrong"){for(let r of e.problems)process.stderr.write(`milvus-upgrade: ${r}
`);process.stderr.write(`Nothing was changed. Run milvus-upgrade --help for a description of every flag.
`),process.exit(_chunk_RODPHXDQ_js__WEBPACK_IMPORTED_MODULE_1__.b)}process.stdout.write(e.kind==="help"?U(_chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_7__.e,"0.1.0"):`0.1.0
`),process.exit(0)}


/***/ })

};
