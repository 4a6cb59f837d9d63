// `google.schema.json`: of each resource that our Terraform uses, its arguments with their types, as the real provider has them.

/** As Terraform writes a type: `"string"`, `["list", "string"]` … */
export type ValueType = string | readonly [string, ValueType]

/** `r` required, `o` optional, `c` only computed. */
export type Need = 'r' | 'o' | 'c'

export interface BlockSchema {
  readonly attributes: Readonly<Record<string, readonly [ValueType, Need]>>
  readonly blocks: Readonly<Record<string, NestedBlock>>
}

export interface NestedBlock extends BlockSchema {
  readonly required?: true
  /** There may be more than one. */
  readonly many?: true
}

export interface ProviderSchema {
  readonly provider: string
  readonly version: string
  readonly resources: Readonly<Record<string, BlockSchema>>
}
