// What the emulator saw of the rules: for each `allow` whether it was ever true and ever false, and which expressions never ran.
import { endpoints } from '../support/stack.ts'

interface Node {
  readonly sourcePosition: { readonly line: number; readonly column: number }
  readonly values?: readonly { readonly value: { readonly boolValue?: boolean; readonly undefined?: unknown } }[]
  readonly children?: readonly Node[]
}

interface Report {
  readonly rules: { readonly files: readonly { readonly content: string }[] }
  readonly report: readonly Node[]
}

export interface Coverage {
  readonly allows: number
  readonly bothWays: number
  readonly expressions: number
  readonly evaluated: number
  /** `line: source` of each `allow` that was only ever true, or only ever false. */
  readonly oneWay: readonly string[]
  /** `line:column source` of each expression that no request reached. */
  readonly never: readonly string[]
}

export const readCoverage = async (projectId: string): Promise<Coverage> => {
  const answer = await fetch(`http://${endpoints.firestore}/emulator/v1/projects/${projectId}:ruleCoverage`)
  const { rules, report } = (await answer.json()) as Report // the emulator's own shape
  const lines = (rules.files[0]?.content ?? '').split('\n')
  const source = ({ sourcePosition }: Node): string => (lines[sourcePosition.line - 1] ?? '').trim()
  const allows = report.filter((node) => source(node).startsWith('allow'))
  const oneWay = allows.filter((node) => !wasTrue(node) || !wasFalse(node))
  const all = report.flatMap(within)
  const never = all.filter((node) => (node.values ?? []).length === 0)
  return {
    allows: allows.length,
    bothWays: allows.length - oneWay.length,
    expressions: all.length,
    evaluated: all.length - never.length,
    oneWay: oneWay.map((node) => `${node.sourcePosition.line}: ${source(node)}`),
    never: never.map((node) => `${node.sourcePosition.line}:${node.sourcePosition.column} ${source(node)}`),
  }
}

const within = (node: Node): readonly Node[] => [node, ...(node.children ?? []).flatMap(within)]
const wasTrue = ({ values = [] }: Node): boolean => values.some(({ value }) => value.boolValue === true)
/** An error while evaluating counts as a denial. */
const wasFalse = ({ values = [] }: Node): boolean =>
  values.some(({ value }) => value.boolValue === false || value.undefined !== undefined)
