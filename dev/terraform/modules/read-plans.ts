// Reads plans out of what `terraform test -json -verbose` says.
import type { PlannedResource } from '../policies/plan.ts'

interface Plan {
  readonly output_changes: Readonly<Record<string, { readonly after?: unknown }>>
  readonly resource_changes: readonly {
    readonly type: string
    readonly address: string
    readonly change: { readonly after: Readonly<Record<string, unknown>> | null }
  }[]
}

interface TestLine {
  readonly type?: string
  readonly '@testrun'?: string
  readonly test_plan?: Plan
}

/** By the name of the run; those that failed have none. */
export const readPlans = (output: string): ReadonlyMap<string, Plan> => {
  const lines = output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as TestLine] : []))
  return new Map(
    lines.flatMap(({ type, '@testrun': run, test_plan: plan }) =>
      type === 'test_plan' && run !== undefined && plan !== undefined ? [[run, plan] as const] : [],
    ),
  )
}

export const resourcesOf = (plan: Plan): readonly PlannedResource[] =>
  plan.resource_changes.flatMap(({ type, address, change }) =>
    change.after === null ? [] : [{ type, address, after: change.after }],
  )
