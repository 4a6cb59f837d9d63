// What the seed left for people to try, as far as it is there.
import { existsSync, readFileSync } from 'node:fs'
import type { Stack } from '../stack/start-stack.ts'

export type Login = { readonly who: string; readonly email: string; readonly password: string }
export type Demo = { readonly logins: readonly Login[]; readonly curl: string }

/** `demo.json` may hold more (tenant ids, a client); of it the pages show `logins` and one `curl`. */
export function readDemo({ endpoints, state }: Stack): Demo {
  const nothing: Demo = { logins: [], curl: `curl ${endpoints.api}/healthz` }
  if (!existsSync(state.demo)) return nothing
  return { ...nothing, ...(JSON.parse(readFileSync(state.demo, 'utf8')) as Partial<Demo>) }
}
