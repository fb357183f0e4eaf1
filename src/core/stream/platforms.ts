import type { Allowed } from '../json/prune.ts'

type Source = Readonly<Record<string, unknown>>

type Computed = (source: Source, release: string) => string | undefined

/** How one key of meta.json is written to a stream. Every image also has the release. */
export interface ImageRule {
  readonly from: string
  /** The member with the region's name, for a list with one element per region. */
  readonly region?: string
  /** The stream's members in Go's order, each with the source's member or a function. */
  readonly members: Readonly<Record<string, string | Computed>>
  readonly optional?: readonly string[]
  /** The source's members that the functions read. */
  readonly reads?: Readonly<Record<string, Allowed>>
}

interface PlatformRules {
  readonly images?: ImageRule
  /** In `rhel-coreos-extensions`, if the platform has artifacts or images. */
  readonly extension?: ImageRule & { readonly key: string }
}

const OBJECT = { object: 'object', bucket: 'bucket', url: 'url' } as const

/** The images and extensions of each platform, from coreos-assembler's meta.json. */
export const PLATFORM_RULES: Readonly<Record<string, PlatformRules>> = {
  aliyun: { images: { from: 'aliyun', region: 'name', members: { image: 'id' } } },
  aws: {
    images: { from: 'amis', region: 'name', members: { image: 'hvm' } },
    extension: {
      key: 'aws-winli',
      from: 'aws-winli',
      region: 'name',
      members: { image: 'hvm' },
    },
  },
  azure: { extension: { key: 'azure-disk', from: 'azure', members: { url: 'url' } } },
  gcp: {
    images: {
      from: 'gcp',
      members: { project: 'project', family: 'family', name: 'image' },
      // Builds of 2020 have no project.
      optional: ['project', 'family'],
    },
  },
  ibmcloud: { images: { from: 'ibmcloud', region: 'region', members: OBJECT } },
  kubevirt: {
    images: {
      from: 'kubevirt',
      members: { image: floatingReference, 'digest-ref': digestReference },
      reads: { image: 'scalar', digest: 'scalar', tags: ['scalar'] },
    },
  },
  powervs: { images: { from: 'powervs', region: 'region', members: OBJECT } },
}

export const PLATFORMS: readonly string[] = [
  ...Object.keys(PLATFORM_RULES),
  ...['applehv', 'azurestack', 'digitalocean', 'exoscale', 'hetzner', 'hyperv', 'metal', 'nutanix'],
  ...['nvidiabluefield', 'openstack', 'oraclecloud', 'proxmoxve', 'qemu', 'qemu-secex'],
  ...['virtualbox', 'vmware', 'vultr'],
]

export interface ArtifactRule {
  readonly platform: string
  /** `{ext}` is the part of the artifact's path after `NAME.ARCH.`. */
  readonly format: string
  readonly part: 'disk' | 'kernel' | 'initramfs' | 'rootfs'
}

const METAL_RULES = {
  metal4k: { platform: 'metal', format: '4k.{ext}', part: 'disk' },
  'live-iso': { platform: 'metal', format: 'iso', part: 'disk' },
  'live-kernel': { platform: 'metal', format: 'pxe', part: 'kernel' },
  'live-initramfs': { platform: 'metal', format: 'pxe', part: 'initramfs' },
  'live-rootfs': { platform: 'metal', format: 'pxe', part: 'rootfs' },
  iso: { platform: 'metal', format: 'installer.iso', part: 'disk' },
  kernel: { platform: 'metal', format: 'installer-pxe', part: 'kernel' },
  initramfs: { platform: 'metal', format: 'installer-pxe', part: 'initramfs' },
} as const satisfies Record<string, ArtifactRule>

/** By the names in `images` of meta.json. */
export const ARTIFACT_RULES: Readonly<Record<string, ArtifactRule>> = {
  ...Object.fromEntries(
    PLATFORMS.map((platform) => [platform, { platform, format: '{ext}', part: 'disk' } as const]),
  ),
  ...METAL_RULES,
}

export const OTHER_ARTIFACTS: readonly string[] = [
  ...['dasd', 'extensions-container', 'ignition-gpg-key', 'legacy-oscontainer'],
  ...['oci-manifest', 'ostree'],
]

/** Top-level lists and objects of meta.json that are not platforms. Keys with a dot are never platforms. */
export const OTHER_KEYS: readonly string[] = [
  ...['advisories-diff', 'base-oscontainer', 'extensions', 'extensions-container', 'images'],
  ...['koji', 'oscontainer', 'parent-advisories-diff', 'parent-pkgdiff', 'pkgdiff'],
  ...['release-payload', 's3'],
]

/** The image with its only tag that does not contain the release. */
function floatingReference({ image, tags }: Source, release: string): string | undefined {
  const floating = (Array.isArray(tags) ? tags : []).filter(
    (tag) => typeof tag === 'string' && !tag.includes(release),
  )
  return typeof image === 'string' && floating.length === 1 ? `${image}:${floating[0]}` : undefined
}

function digestReference({ image, digest }: Source): string | undefined {
  return typeof image === 'string' && typeof digest === 'string' ? `${image}@${digest}` : undefined
}
