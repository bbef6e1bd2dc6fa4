// The roles of Milvus: the label `component` of its Deployments (zilliztech/milvus-helm templates/_helpers.tpl), in the
// usual order.

export const MILVUS_ROLES = [
  'rootcoord',
  'datacoord',
  'querycoord',
  'indexcoord',
  'mixcoord',
  'datanode',
  'indexnode',
  'querynode',
  'streamingnode',
  'proxy',
  'standalone',
] as const;
