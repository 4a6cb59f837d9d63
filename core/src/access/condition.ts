// Conditions on assignments: CEL over `subject`, `resource`, `action` and `request`, compiled once; an error is never a yes.
import { type ASTNode, Environment } from '@marcbachmann/cel-js'
import { err, ok, type Result } from '../kernel/result.ts'

export type AttributeMap = Readonly<Record<string, unknown>>

export interface ConditionInput {
  readonly subject: AttributeMap
  readonly resource: AttributeMap
  readonly action: AttributeMap
  readonly request: AttributeMap
}

export interface Condition {
  readonly source: string
  readonly holds: (input: ConditionInput) => boolean | 'error'
}

export const maxConditionLength = 1_000

const environment = new Environment({
  limits: { maxAstNodes: 200, maxDepth: 20, maxListElements: 50, maxMapEntries: 20, maxCallArguments: 8 },
})
  .registerVariable('subject', 'map')
  .registerVariable('resource', 'map')
  .registerVariable('action', 'map')
  .registerVariable('request', 'map')

/** The compiled condition, or in one sentence why it is none; its type must be bool (or unknown until it runs). */
export const compileCondition = (source: string): Result<Condition, string> => {
  if (source.length > maxConditionLength) return err(`It is longer than ${maxConditionLength} characters.`)
  try {
    const program = environment.parse(source)
    const costly = costlyPart(program.ast, false)
    if (costly !== undefined) return err(costly)
    const checked = program.check()
    if (!checked.valid) return err(checked.error?.message.split('\n')[0] ?? 'It does not type-check.')
    if (checked.type !== 'bool' && checked.type !== 'dyn') return err(`It gives ${checked.type}, not a bool.`)
    const ready = folded(source, program.ast)
    return ok({ source, holds: (input) => run(ready, input) })
  } catch (error) {
    return err(error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'It cannot be parsed.')
  }
}

// A condition runs in every decision, so its cost is bounded by its text and the attributes: no backtracking pattern,
// no loop in a loop, and no name for a part, with which twenty short lines double a text twenty times.
const patterns: ReadonlySet<string> = new Set(['matches'])
const bindings: ReadonlySet<string> = new Set(['bind'])
const loops: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])

/** Why some part of an expression could take too long; `looping` inside or behind another loop. */
const costlyPart = (node: ASTNode, looping: boolean): string | undefined => {
  const called = node.op === 'rcall' || node.op === 'call' ? node.args[0] : ''
  if (patterns.has(called)) return 'Patterns are not allowed: use ==, in, startsWith, endsWith or contains.'
  if (bindings.has(called)) return 'Naming a part is not allowed.'
  const loop = node.op === 'rcall' && loops.has(called)
  if (loop && looping) return 'A loop inside or behind another loop is not allowed.'
  // An error costs far more than an answer, and a loop over fifty written items could err fifty times in every decision.
  if (loop && holdsList(node.args)) return 'A loop over a list that is written out is not allowed: use `in`.'
  for (const part of partsOf(node.args)) {
    const found = costlyPart(part, looping || loop)
    if (found !== undefined) return found
  }
  return undefined
}

/** Moments and spans written as literals are read once, when the condition is compiled, and not in every decision. */
const folded = (source: string, ast: ASTNode): Program => {
  const fixed = environment.clone()
  let text = source
  // From the back, so that the places of those before stay what they are.
  for (const [index, { start, end, type }] of literalCalls(ast).toReversed().entries()) {
    const value: unknown = environment.evaluate(source.slice(start, end))
    fixed.registerConstant(`fixed_${index}`, type, value)
    text = `${text.slice(0, start)}fixed_${index}${text.slice(end)}`
  }
  return text === source ? environment.parse(source) : fixed.parse(text)
}

interface LiteralCall {
  readonly start: number
  readonly end: number
  readonly type: 'google.protobuf.Timestamp' | 'google.protobuf.Duration'
}

const fixedTypes: ReadonlyMap<unknown, LiteralCall['type']> = new Map([
  ['timestamp', 'google.protobuf.Timestamp'],
  ['duration', 'google.protobuf.Duration'],
])

const literalCalls = (node: ASTNode): readonly LiteralCall[] => {
  const [called, args] = node.op === 'call' ? node.args : []
  const type = fixedTypes.get(called)
  const [only, ...others] = args ?? []
  if (type !== undefined && only?.op === 'value' && others.length === 0) {
    return [{ start: node.start, end: node.end, type }]
  }
  return partsOf(node.args).flatMap(literalCalls)
}

const partsOf = (value: unknown): readonly ASTNode[] => {
  if (Array.isArray(value)) return value.flatMap(partsOf)
  return isNode(value) ? [value] : []
}

/** Whether what is looped over is, or chooses between, lists that are written out. */
const holdsList = (args: unknown): boolean => {
  const [, receiver] = Array.isArray(args) ? args : []
  return (
    isNode(receiver) && (receiver.op === 'list' || partsOf(receiver.args).some((part) => holdsList([undefined, part])))
  )
}

const isNode = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value

type Program = (input: Record<string, unknown>) => unknown

const run = (program: Program, input: ConditionInput): boolean | 'error' => {
  try {
    const value = program({ ...input })
    return typeof value === 'boolean' ? value : 'error'
  } catch {
    return 'error'
  }
}

/** Stands in for a stored condition that no longer compiles: it always errs, so it never allows. */
export const brokenCondition = (source: string): Condition => ({ source, holds: () => 'error' })
