export const id = 515;
export const ids = [515];
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

/***/ 4515:
/***/ (function(__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   runAction: () => (/* binding */ g)
/* harmony export */ });
/* harmony import */ var node_module__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8995);
/* harmony import */ var _chunk_YGDPHIYN_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(3088);
/* harmony import */ var _chunk_HTNFLLZL_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(2642);
/* harmony import */ var _chunk_ATIHQNWF_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(3574);
/* harmony import */ var _chunk_L3UI5KUE_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(1537);
/* harmony import */ var _chunk_F4IGGYO5_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(5338);
/* harmony import */ var _chunk_T7KXZQ7I_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(6479);
/* harmony import */ var _chunk_2SKJSAHE_js__WEBPACK_IMPORTED_MODULE_7__ = __webpack_require__(9177);
/* harmony import */ var _chunk_DHFSHHXU_js__WEBPACK_IMPORTED_MODULE_8__ = __webpack_require__(7500);
/* harmony import */ var _chunk_BO5VO5M5_js__WEBPACK_IMPORTED_MODULE_9__ = __webpack_require__(1450);
/* harmony import */ var _chunk_TQX6DWN7_js__WEBPACK_IMPORTED_MODULE_10__ = __webpack_require__(5287);
/* harmony import */ var _chunk_VYCCZOD5_js__WEBPACK_IMPORTED_MODULE_11__ = __webpack_require__(127);
/* harmony import */ var _chunk_CGBMUMVT_js__WEBPACK_IMPORTED_MODULE_12__ = __webpack_require__(6907);
/* harmony import */ var _chunk_3DKDKNWI_js__WEBPACK_IMPORTED_MODULE_13__ = __webpack_require__(2021);
/* harmony import */ var _chunk_4MVH3SS5_js__WEBPACK_IMPORTED_MODULE_14__ = __webpack_require__(7151);
/* harmony import */ var _chunk_RVZHIFE3_js__WEBPACK_IMPORTED_MODULE_15__ = __webpack_require__(7473);
/* harmony import */ var _chunk_TJQHFDAX_js__WEBPACK_IMPORTED_MODULE_16__ = __webpack_require__(2972);
/* harmony import */ var _chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_17__ = __webpack_require__(501);
 const require = (0,node_module__WEBPACK_IMPORTED_MODULE_0__.createRequire)(import.meta.url);
(0,_chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_17__.d)();var l=new Set(["succeeded","unchanged","planned"]);async function g(){let e=new AbortController;for(let n of _chunk_HTNFLLZL_js__WEBPACK_IMPORTED_MODULE_2__.k)process.on(n,()=>e.abort());(0,_chunk_HTNFLLZL_js__WEBPACK_IMPORTED_MODULE_2__.l)();let p=(0,_chunk_HTNFLLZL_js__WEBPACK_IMPORTED_MODULE_2__.m)(e,n=>(0,_chunk_YGDPHIYN_js__WEBPACK_IMPORTED_MODULE_1__.b)({kind:"error",text:n})),{outcome:d}=await (0,_chunk_YGDPHIYN_js__WEBPACK_IMPORTED_MODULE_1__.f)((0,_chunk_YGDPHIYN_js__WEBPACK_IMPORTED_MODULE_1__.a)(),{print:_chunk_YGDPHIYN_js__WEBPACK_IMPORTED_MODULE_1__.b,watch:()=>{},writeOutputs:_chunk_YGDPHIYN_js__WEBPACK_IMPORTED_MODULE_1__.c,writeSummary:_chunk_YGDPHIYN_js__WEBPACK_IMPORTED_MODULE_1__.d,signal:e.signal});process.exit(l.has(d)&&!p()?0:1)}


/***/ })

};
