import { createRequire as __WEBPACK_EXTERNAL_createRequire } from "module";
/******/ var __webpack_modules__ = ({

/***/ 2613:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("assert");

/***/ }),

/***/ 5317:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("child_process");

/***/ }),

/***/ 6982:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("crypto");

/***/ }),

/***/ 2250:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("dns");

/***/ }),

/***/ 4434:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("events");

/***/ }),

/***/ 9896:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("fs");

/***/ }),

/***/ 8611:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("http");

/***/ }),

/***/ 5692:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("https");

/***/ }),

/***/ 9278:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("net");

/***/ }),

/***/ 1421:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:child_process");

/***/ }),

/***/ 7598:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:crypto");

/***/ }),

/***/ 8474:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:events");

/***/ }),

/***/ 3024:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs");

/***/ }),

/***/ 1455:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs/promises");

/***/ }),

/***/ 7067:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:http");

/***/ }),

/***/ 2467:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:http2");

/***/ }),

/***/ 4708:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:https");

/***/ }),

/***/ 8995:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:module");

/***/ }),

/***/ 7030:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:net");

/***/ }),

/***/ 8161:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:os");

/***/ }),

/***/ 6760:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:path");

/***/ }),

/***/ 1792:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:querystring");

/***/ }),

/***/ 481:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:readline");

/***/ }),

/***/ 7075:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:stream");

/***/ }),

/***/ 8321:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:stream/consumers");

/***/ }),

/***/ 6466:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:stream/promises");

/***/ }),

/***/ 8500:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:timers/promises");

/***/ }),

/***/ 1692:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:tls");

/***/ }),

/***/ 7975:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:util");

/***/ }),

/***/ 8522:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:zlib");

/***/ }),

/***/ 857:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("os");

/***/ }),

/***/ 6928:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("path");

/***/ }),

/***/ 2203:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("stream");

/***/ }),

/***/ 3193:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("string_decoder");

/***/ }),

/***/ 3557:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("timers");

/***/ }),

/***/ 4756:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("tls");

/***/ }),

/***/ 7016:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("url");

/***/ }),

/***/ 9023:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("util");

/***/ }),

/***/ 9154:
/***/ (function(module) {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("vm");

/***/ }),

/***/ 501:
/***/ (function(__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   a: () => (/* binding */ m),
/* harmony export */   b: () => (/* binding */ v),
/* harmony export */   c: () => (/* binding */ g),
/* harmony export */   d: () => (/* binding */ p),
/* harmony export */   e: () => (/* binding */ b)
/* harmony export */ });
/* harmony import */ var node_module__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(8995);
 const require = (0,node_module__WEBPACK_IMPORTED_MODULE_0__.createRequire)(import.meta.url);
var i=Object.create;var s=Object.defineProperty;var n=Object.getOwnPropertyDescriptor;var d=Object.getOwnPropertyNames;var l=Object.getPrototypeOf,h=Object.prototype.hasOwnProperty;var m=(e=>typeof require<"u"?require:typeof Proxy<"u"?new Proxy(e,{get:(t,o)=>(typeof require<"u"?require:t)[o]}):e)(function(e){if(typeof require<"u")return require.apply(this,arguments);throw Error('Dynamic require of "'+e+'" is not supported')});var u=(e,t,o)=>()=>{if(o)throw o[0];try{return e&&(t=e(e=0)),t}catch(a){throw o=[a],a}};var v=(e,t)=>()=>{try{return t||e((t={exports:{}}).exports,t),t.exports}catch(o){throw t=0,o}};var c=(e,t,o,a)=>{if(t&&typeof t=="object"||typeof t=="function")for(let r of d(t))!h.call(e,r)&&r!==o&&s(e,r,{get:()=>t[r],enumerable:!(a=n(t,r))||a.enumerable});return e};var g=(e,t,o)=>(o=e!=null?i(l(e)):{},c(t||!e||!e.__esModule?s(o,"default",{value:e,enumerable:!0}):o,e));var b,p=u(()=>{b={description:"Upgrades Milvus on Kubernetes (Helm) or Docker Compose. Observes the installation, plans a supported path, applies it step by step, and reports the result of every workload.",inputs:{platform:{description:"`helm` for a Helm release on Kubernetes, `compose` for a Docker Compose project.",default:"helm"},release:{description:"Name of the Helm release, as shown by `helm list`. Not used with Docker Compose.",default:""},"target-version":{description:"Milvus version to upgrade to, with all three numbers, such as `2.6.15`. A leading `v` is allowed.",required:!0},namespace:{description:"Kubernetes namespace of the release.",default:"default"},"source-version":{description:"Milvus version that is expected to run now. If set, the run is refused when another version is found. Required only if the image tags contain no version.",default:""},operation:{description:"`upgrade` applies the plan. `plan` shows it and changes nothing. `verify` observes once and fails unless every Deployment runs the target version. `rollback` undoes a metadata migration: it restores the backup of the metadata and starts the previous version. With `platform: compose`, `rollback` also undoes an incomplete upgrade.",default:"upgrade"},strategy:{description:"`auto` selects the strategy: a cluster from 2.2.3 on is upgraded one component after the other, 2.1.x to 2.2.x with a metadata migration, everything else with one `helm upgrade`. `rolling`, `helm-upgrade` and `migrate` require that strategy; the run is refused if it does not fit.",default:"auto"},hops:{description:"`auto` upgrades through every intermediate version of the path in one run, one hop after the other. `one` allows only a single upgrade: a target that needs intermediate versions is refused, and the path is reported.",default:"auto"},"stop-at":{description:"Version of the path at which the run ends, such as `2.5.27`, while `target-version` is a later one. The output `hops` of a plan lists the versions. Default: `target-version`.",default:""},image:{description:"Full reference of the Milvus image, such as `registry.example.com/milvusdb/milvus:v2.6.15`, with or without a digest behind the tag. Default: the current repository with the tag `v<target-version>`.",default:""},chart:{description:"The chart: `<repository>/<name>`, a directory (`./charts/milvus`), a `.tgz` file, or `oci://…`.",default:"milvus/milvus"},"chart-repository":{description:"URL of the chart repository. Used only if `chart` has the form `<repository>/<name>`.",default:"https://zilliztech.github.io/milvus-helm/"},"chart-version":{description:"`auto` selects the newest chart made for the target version or the nearest older version of the same minor version. `keep` keeps the installed chart. Or an exact version, such as `4.2.58`.",default:"auto"},values:{description:"Helm values as YAML, merged over the values of the release.",default:""},"values-files":{description:"Paths of YAML files with Helm values, one per line. Later files override earlier ones; `values` overrides all of them.",default:""},set:{description:"Single Helm values, one `path=value` per line. They override `values`. They are passed in a file, never as arguments.",default:""},kubeconfig:{description:"The kubeconfig as text, as base64, or as the path of a file. Default: the file in the environment variable KUBECONFIG, `~/.kube/config`, or the service account of the pod.",default:""},context:{description:"Context of the kubeconfig. Default: its current context.",default:""},server:{description:"URL of the API server, such as `https://10.0.0.1:6443`. Used with `token`, instead of `kubeconfig`.",default:""},token:{description:"Bearer token of a service account, used with `server`. It is masked and never passed as an argument.",default:""},"ca-certificate":{description:"Certificate of the authority that signed the certificate of the API server, as PEM or as base64. Used with `server`.",default:""},"insecure-skip-tls-verify":{description:"`true` disables the verification of the API server certificate. A kubeconfig that disables it is refused unless this is `true`.",default:"false"},"helm-version":{description:"Helm version, also for later steps: an exact version, which is downloaded and verified, or `installed` for the Helm on the PATH (3.14 or newer, or 4).",default:"3.21.4"},"helm-checksum":{description:"SHA-256 of the Helm archive to download. Required for versions whose checksum the action does not contain.",default:""},"kubectl-version":{description:"kubectl version for later steps: `auto` for the minor version of the server, an exact version, or `installed` to download none.",default:"auto"},"kubectl-checksum":{description:"SHA-256 of the kubectl binary to download. Required for versions whose checksum the action does not contain.",default:""},"download-mirror":{description:"Base URL of a mirror for Helm and kubectl with the same paths as `https://get.helm.sh` and `https://dl.k8s.io`.",default:""},"compose-files":{description:"For `platform: compose`: paths of the Compose files, one per line, in the order of `docker compose -f … -f …`. Default: the files that Compose finds.",default:""},"project-directory":{description:"For `platform: compose`: directory of the project, which contains its files and is the base of relative paths.",default:""},"project-name":{description:"For `platform: compose`: name of the project, as shown by `docker compose ls`. Default: the name that Compose derives.",default:""},"env-files":{description:"For `platform: compose`: paths of env files, one per line, instead of the `.env` in the project directory.",default:""},services:{description:"For `platform: compose`: names of the Milvus services to upgrade, separated by commas or spaces, for a project with several installations. Default: all of them, if they are one installation.",default:""},"docker-host":{description:"For `platform: compose`: address of the Docker daemon, such as `ssh://admin@10.0.0.5`. Default: the local daemon, or `DOCKER_HOST`.",default:""},"docker-context":{description:"For `platform: compose`: Docker context, instead of `docker-host`.",default:""},"fix-data-owner":{description:"For `platform: compose`: `true` gives the data of Milvus to the user of the new image while Milvus is stopped, if it is another user than before (from 3.0 on 999 instead of root).",default:"false"},"root-path":{description:"For a metadata migration: prefix of all keys of this Milvus in etcd. Default: `etcd.rootPath` of the running configuration.",default:""},"migration-image":{description:"For a metadata migration: image of the Milvus migration tool.",default:"milvusdb/meta-migration:v2.2.0"},"storage-class":{description:"For a metadata migration: storage class of the volume for the backup. Default: the default class of the cluster.",default:""},"etcd-endpoints":{description:"For a metadata migration: addresses of etcd as `host:port`, separated by commas. Default: `etcd.endpoints` of the running configuration.",default:""},"backup-size":{description:"For a metadata migration: size of the volume for the backup.",default:"10Gi"},"clean-up":{description:"For a metadata migration: `true` removes the backup, its volume and the Jobs when the new version serves. Rollback is not possible afterwards.",default:"false"},"revoke-sessions":{description:"For a rolling upgrade and a metadata migration: `true` revokes the etcd sessions of pods that are proven to be terminated, so that their successors take over immediately. `false` waits up to a minute until they expire.",default:"true"},"verify-data":{description:"Compares the data before and after the upgrade: collections, rows, indexes, loaded state, users, roles and grants, and a sample of queries and searches. `auto` reports `not verified` if the data cannot be read, `required` refuses the upgrade in that case, `off` reads no data.",default:"auto"},"milvus-address":{description:"Address at which clients reach Milvus, as `host:port`, or `https://host:port` for TLS. Default: a port-forward to the proxy, or the network of the Docker Compose project.",default:""},"milvus-token":{description:"Credentials of a Milvus user that may read everything, as `user:password`, or an API key. Required if Milvus has authorization enabled. It is masked and never passed as an argument.",default:""},"milvus-ca-certificate":{description:"Certificate of the authority that signed the certificate of Milvus, as PEM or as base64. Enables TLS.",default:""},inventory:{description:"Path of an inventory that an earlier run saved, to compare with. With `operation: verify`, the data is compared with it; without it, `verify` only saves one. With `operation: upgrade`, it replaces the inventory before the first change, for example after a run that was interrupted.",default:""},"write-probe":{description:"Writes a few rows to a temporary collection, searches for one of them and drops the collection, before the first change and after every upgrade; and queries Milvus twice a second during the run. Reports how many queries succeeded and the longest time without a response. Requires a user that may create and drop collections.",default:"false"},"on-failure":{description:"What to do when the upgrade fails: `stop` changes nothing more, `rollback` rolls back to the previous Helm revision if that is known to be safe. A metadata migration and a Docker Compose project are rolled back automatically in both cases, while that is safe.",default:"stop"},timeout:{description:"Maximum duration of the whole run with all its hops, in seconds or as `15m`, `2h`. The run then fails. A rollback that applies still runs.",default:"2h"},"step-timeout":{description:"Maximum duration of one step of the plan, in seconds or as `15m`, `2h`.",default:"30m"},"skip-checks":{description:"IDs of checks to skip, separated by commas or spaces. Each failed check reports its ID and whether it can be skipped.",default:""},"report-path":{description:"Path of the report, as JSON. Default: `milvus-upgrade-report.json` in the temporary directory of the runner.",default:""},"evidence-path":{description:"Directory for the diagnostics of a failure. Default: `milvus-upgrade-evidence` in the temporary directory of the runner.",default:""}}}});


/***/ })

/******/ });
/************************************************************************/
/******/ // The module cache
/******/ var __webpack_module_cache__ = {};
/******/ 
/******/ // The require function
/******/ function __nccwpck_require__(moduleId) {
/******/ 	// Check if module is in cache
/******/ 	var cachedModule = __webpack_module_cache__[moduleId];
/******/ 	if (cachedModule !== undefined) {
/******/ 		return cachedModule.exports;
/******/ 	}
/******/ 	// Create a new module (and put it into the cache)
/******/ 	var module = __webpack_module_cache__[moduleId] = {
/******/ 		// no module.id needed
/******/ 		// no module.loaded needed
/******/ 		exports: {}
/******/ 	};
/******/ 
/******/ 	// Execute the module function
/******/ 	var threw = true;
/******/ 	try {
/******/ 		__webpack_modules__[moduleId](module, module.exports, __nccwpck_require__);
/******/ 		threw = false;
/******/ 	} finally {
/******/ 		if(threw) delete __webpack_module_cache__[moduleId];
/******/ 	}
/******/ 
/******/ 	// Return the exports of the module
/******/ 	return module.exports;
/******/ }
/******/ 
/******/ // expose the modules object (__webpack_modules__)
/******/ __nccwpck_require__.m = __webpack_modules__;
/******/ 
/************************************************************************/
/******/ /* webpack/runtime/asset-relocator-loader */
/******/ if (typeof __nccwpck_require__ !== 'undefined') __nccwpck_require__.ab = decodeURIComponent(new URL('.', import.meta.url).pathname).slice(import.meta.url.match(/^file:\/\/\/\w:/) ? 1 : 0, -1) + "/";
/******/ 
/******/ /* webpack/runtime/create fake namespace object */
/******/ (() => {
/******/ 	var getProto = Object.getPrototypeOf ? (obj) => (Object.getPrototypeOf(obj)) : (obj) => (obj.__proto__);
/******/ 	var leafPrototypes;
/******/ 	// create a fake namespace object
/******/ 	// mode & 1: value is a module id, require it
/******/ 	// mode & 2: merge all properties of value into the ns
/******/ 	// mode & 4: return value when already ns object
/******/ 	// mode & 16: return value when it's Promise-like
/******/ 	// mode & 8|1: behave like require
/******/ 	__nccwpck_require__.t = function(value, mode) {
/******/ 		if(mode & 1) value = this(value);
/******/ 		if(mode & 8) return value;
/******/ 		if(typeof value === 'object' && value) {
/******/ 			if((mode & 4) && value.__esModule) return value;
/******/ 			if((mode & 16) && typeof value.then === 'function') return value;
/******/ 		}
/******/ 		var ns = Object.create(null);
/******/ 		__nccwpck_require__.r(ns);
/******/ 		var def = {};
/******/ 		leafPrototypes = leafPrototypes || [null, getProto({}), getProto([]), getProto(getProto)];
/******/ 		for(var current = mode & 2 && value; typeof current == 'object' && !~leafPrototypes.indexOf(current); current = getProto(current)) {
/******/ 			Object.getOwnPropertyNames(current).forEach((key) => (def[key] = () => (value[key])));
/******/ 		}
/******/ 		def['default'] = () => (value);
/******/ 		__nccwpck_require__.d(ns, def);
/******/ 		return ns;
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/define property getters */
/******/ (() => {
/******/ 	// define getter functions for harmony exports
/******/ 	__nccwpck_require__.d = (exports, definition) => {
/******/ 		for(var key in definition) {
/******/ 			if(__nccwpck_require__.o(definition, key) && !__nccwpck_require__.o(exports, key)) {
/******/ 				Object.defineProperty(exports, key, { enumerable: true, get: definition[key] });
/******/ 			}
/******/ 		}
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/ensure chunk */
/******/ (() => {
/******/ 	__nccwpck_require__.f = {};
/******/ 	// This file contains only the entry chunk.
/******/ 	// The chunk loading function for additional chunks
/******/ 	__nccwpck_require__.e = (chunkId) => {
/******/ 		return Promise.all(Object.keys(__nccwpck_require__.f).reduce((promises, key) => {
/******/ 			__nccwpck_require__.f[key](chunkId, promises);
/******/ 			return promises;
/******/ 		}, []));
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/get javascript chunk filename */
/******/ (() => {
/******/ 	// This function allow to reference async chunks
/******/ 	__nccwpck_require__.u = (chunkId) => {
/******/ 		// return url for filenames based on template
/******/ 		return {"21":"compose","86":"runner-login","88":"shared-yaml","116":"cli-run","120":"runner-tools","163":"shared-undici","199":"cli-main","349":"runner-tool-install","515":"action-main","807":"shared-etcd","811":"kubernetes"}[chunkId] + ".js";
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/hasOwnProperty shorthand */
/******/ (() => {
/******/ 	__nccwpck_require__.o = (obj, prop) => (Object.prototype.hasOwnProperty.call(obj, prop))
/******/ })();
/******/ 
/******/ /* webpack/runtime/make namespace object */
/******/ (() => {
/******/ 	// define __esModule on exports
/******/ 	__nccwpck_require__.r = (exports) => {
/******/ 		if(typeof Symbol !== 'undefined' && Symbol.toStringTag) {
/******/ 			Object.defineProperty(exports, Symbol.toStringTag, { value: 'Module' });
/******/ 		}
/******/ 		Object.defineProperty(exports, '__esModule', { value: true });
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/import chunk loading */
/******/ (() => {
/******/ 	// no baseURI
/******/ 	
/******/ 	// object to store loaded and loading chunks
/******/ 	// undefined = chunk not loaded, null = chunk preloaded/prefetched
/******/ 	// [resolve, Promise] = chunk loading, 0 = chunk loaded
/******/ 	var installedChunks = {
/******/ 		792: 0
/******/ 	};
/******/ 	
/******/ 	var installChunk = (data) => {
/******/ 		var {ids, modules, runtime} = data;
/******/ 		// add "modules" to the modules object,
/******/ 		// then flag all "ids" as loaded and fire callback
/******/ 		var moduleId, chunkId, i = 0;
/******/ 		for(moduleId in modules) {
/******/ 			if(__nccwpck_require__.o(modules, moduleId)) {
/******/ 				__nccwpck_require__.m[moduleId] = modules[moduleId];
/******/ 			}
/******/ 		}
/******/ 		if(runtime) runtime(__nccwpck_require__);
/******/ 		for(;i < ids.length; i++) {
/******/ 			chunkId = ids[i];
/******/ 			if(__nccwpck_require__.o(installedChunks, chunkId) && installedChunks[chunkId]) {
/******/ 				installedChunks[chunkId][0]();
/******/ 			}
/******/ 			installedChunks[ids[i]] = 0;
/******/ 		}
/******/ 	
/******/ 	}
/******/ 	
/******/ 	__nccwpck_require__.f.j = (chunkId, promises) => {
/******/ 			// import() chunk loading for javascript
/******/ 			var installedChunkData = __nccwpck_require__.o(installedChunks, chunkId) ? installedChunks[chunkId] : undefined;
/******/ 			if(installedChunkData !== 0) { // 0 means "already installed".
/******/ 	
/******/ 				// a Promise means "currently loading".
/******/ 				if(installedChunkData) {
/******/ 					promises.push(installedChunkData[1]);
/******/ 				} else {
/******/ 					if(true) { // all chunks have JS
/******/ 						// setup Promise in chunk cache
/******/ 						var promise = import("./" + __nccwpck_require__.u(chunkId)).then(installChunk, (e) => {
/******/ 							if(installedChunks[chunkId] !== 0) installedChunks[chunkId] = undefined;
/******/ 							throw e;
/******/ 						});
/******/ 						var promise = Promise.race([promise, new Promise((resolve) => (installedChunkData = installedChunks[chunkId] = [resolve]))])
/******/ 						promises.push(installedChunkData[1] = promise);
/******/ 					}
/******/ 				}
/******/ 			}
/******/ 	};
/******/ 	
/******/ 	// no prefetching
/******/ 	
/******/ 	// no preloaded
/******/ 	
/******/ 	// no external install chunk
/******/ 	
/******/ 	// no on chunks loaded
/******/ })();
/******/ 
/************************************************************************/
var __webpack_exports__ = {};
/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   C: () => (/* binding */ t),
/* harmony export */   d: () => (/* binding */ a)
/* harmony export */ });
/* harmony import */ var node_module__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(8995);
/* harmony import */ var _chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(501);
 const require = (0,node_module__WEBPACK_IMPORTED_MODULE_0__.createRequire)(import.meta.url);
(0,_chunk_TWHA76BT_js__WEBPACK_IMPORTED_MODULE_1__.d)();async function t(){return(await Promise.all(/* import() */[__nccwpck_require__.e(88), __nccwpck_require__.e(515)]).then(__nccwpck_require__.bind(__nccwpck_require__, 4515))).runAction()}async function a(){return(await __nccwpck_require__.e(/* import() */ 199).then(__nccwpck_require__.bind(__nccwpck_require__, 9199))).runCommand()}

var __webpack_exports__runAction = __webpack_exports__.C;
var __webpack_exports__runCommand = __webpack_exports__.d;
export { __webpack_exports__runAction as runAction, __webpack_exports__runCommand as runCommand };
