// The chart version that the user requests.

export type RequestedChart =
  | { readonly kind: 'auto' }
  | { readonly kind: 'keep' }
  | { readonly kind: 'exact'; readonly version: string };
