declare module 'postject' {
  /** Puts a resource into an executable, where a fuse says that it looks for one. */
  export function inject(
    file: string,
    resource: string,
    data: Buffer,
    options: { readonly sentinelFuse: string },
  ): Promise<void>
}
