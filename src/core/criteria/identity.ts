/** The build server of each distribution. */
export const BUILD_SERVERS = {
  rhcos: 'https://rhcos.mirror.openshift.com/art/storage/prod/streams',
  fcos: 'https://builds.coreos.fedoraproject.org/prod/streams',
} as const

/** The distribution of a build server; rhcos for an unknown server. */
export function inferDistro(url: string | undefined): keyof typeof BUILD_SERVERS {
  return url === BUILD_SERVERS.fcos ? 'fcos' : 'rhcos'
}
