// Reads the schema of Terraform resources out of the type description of a package that was made from the real provider.
import type { BlockSchema, NestedBlock, ProviderSchema, ValueType } from '@latchkey/emulators/terraform/schema'

interface TypeReference {
  readonly primitive?: string
  readonly fqn?: string
  readonly union?: { readonly types: readonly TypeReference[] }
  readonly collection?: { readonly kind: string; readonly elementtype: TypeReference }
}

interface Property {
  readonly name: string
  readonly type: TypeReference
  readonly optional?: boolean
  readonly immutable?: boolean
  readonly static?: boolean
  readonly overrides?: string
  readonly docs?: unknown
}

interface Described {
  readonly kind: string
  readonly docs?: unknown
  readonly properties?: readonly Property[]
}

export interface Assembly {
  readonly types: Readonly<Record<string, Described>>
}

const source = /docs\/resources\/[a-z0-9_]+ (google_[a-z0-9_]+)\}/
const providerVersion = /hashicorp\/google\/([0-9.]+)/
const meta = ['connection', 'count', 'dependsOn', 'forEach', 'lifecycle', 'provider', 'provisioners']
const ofTheClass = [
  ...['cdktf_stack', 'fqn', 'friendly_unique_id', 'node', 'terraform_generator_metadata'],
  ...['terraform_meta_arguments', 'terraform_resource_type'],
]

type Read = { readonly value: ValueType } | { readonly block: string; readonly many?: true }

/** Throws for a resource that the package does not know: its name is misspelt, or it is in another provider. */
export const readAssembly = ({ types }: Assembly, wanted: readonly string[]): ProviderSchema => {
  const classes = new Map<string, string>()
  let version = ''
  for (const [name, described] of Object.entries(types)) {
    if (described.kind !== 'class') continue
    const docs = JSON.stringify(described.docs ?? {})
    const resource = source.exec(docs)?.[1]
    if (resource !== undefined) classes.set(resource, name)
    version ||= providerVersion.exec(docs)?.[1] ?? ''
  }
  const resources = wanted.map((resource) => {
    const name = classes.get(resource)
    if (name === undefined) throw new Error(`The provider has no resource ${resource}.`)
    return [resource, resourceIn(types, name)] as const
  })
  return { provider: 'hashicorp/google', version, resources: Object.fromEntries(resources) }
}

const resourceIn = (types: Assembly['types'], name: string): BlockSchema => {
  const { attributes, blocks } = blockIn(types, `${name}Config`, meta)
  const computed = (types[name]?.properties ?? []).flatMap((property) => {
    const snake = property.name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()
    const known = snake in attributes || snake in blocks || snake.endsWith('_input') || ofTheClass.includes(snake)
    if (!property.immutable || property.static || property.overrides !== undefined || known) return []
    const read = typeOf(types, property.type)
    return [[snake, ['value' in read ? read.value : 'dynamic', 'c']] as const]
  })
  return { attributes: { ...attributes, ...Object.fromEntries(computed) } as BlockSchema['attributes'], blocks }
}

const blockIn = (types: Assembly['types'], name: string, without: readonly string[]): BlockSchema => {
  const attributes: Record<string, readonly [ValueType, 'r' | 'o']> = {}
  const blocks: Record<string, NestedBlock> = {}
  for (const property of types[name]?.properties ?? []) {
    if (without.includes(property.name)) continue
    const read = typeOf(types, property.type)
    const argument = argumentOf(property)
    if ('value' in read) attributes[argument] = [read.value, property.optional ? 'o' : 'r']
    else {
      const inner = blockIn(types, read.block, [])
      blocks[argument] = {
        ...inner,
        ...(property.optional ? {} : { required: true as const }),
        ...(read.many ? { many: true as const } : {}),
      }
    }
  }
  return { attributes, blocks }
}

/** Its documentation ends with a link to the argument, by its name in Terraform. */
const argumentOf = ({ name, docs }: Property): string =>
  [...JSON.stringify(docs ?? {}).matchAll(/#([a-z0-9_]+)\}/g)].at(-1)?.[1] ??
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/^_/, '')

const typeOf = (types: Assembly['types'], { primitive, union, collection, fqn }: TypeReference): Read => {
  if (primitive !== undefined) return { value: primitive === 'boolean' ? 'bool' : primitive }
  const [first] = union?.types.filter((one) => one.fqn !== 'cdktf.IResolvable') ?? []
  if (first !== undefined) return typeOf(types, first)
  if (collection !== undefined) {
    const element = typeOf(types, collection.elementtype)
    if ('block' in element) return { block: element.block, many: true }
    return { value: [collection.kind === 'map' ? 'map' : 'list', element.value] }
  }
  return fqn !== undefined && types[fqn]?.kind === 'interface' ? { block: fqn } : { value: 'dynamic' }
}
