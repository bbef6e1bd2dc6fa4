// Who manages a release besides Helm, as observed.

export type Tool = 'flux-helm' | 'flux-kustomize' | 'argocd' | 'milvus-operator';

/**
 * The program that manages an object, by its labels and annotations. `namespace` is empty if they do not contain it.
 */
export interface Manager {
  readonly tool: Tool;
  readonly name: string;
  readonly namespace: string;
}

/** Milvus without a Helm release: its Deployments, and the programs that manage them. */
export interface WithoutRelease {
  readonly deployments: readonly string[];
  readonly managers: readonly Manager[];
}
