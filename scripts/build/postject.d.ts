declare module 'postject' {
  /** Injects a resource into an executable and flips the fuse that enables it. */
  export function inject(
    file: string,
    resource: string,
    data: Buffer,
    options: { readonly sentinelFuse: string },
  ): Promise<void>
}
