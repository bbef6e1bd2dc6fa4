import{rmSync as t}from"node:fs";import{tmpdir as s}from"node:os";import{basename as m,dirname as n,resolve as e}from"node:path";var r=process.env.STATE_folder,c=e(process.env.RUNNER_TEMP??s());if(r&&n(e(r))===c&&/^milvus-upgrade-\w{6}$/.test(m(r)))try{t(r,{recursive:!0,force:!0})}catch(o){process.stdout.write(`The folder of this run could not be removed: ${String(o)}
`)}
