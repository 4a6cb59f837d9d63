// The doors as deployed: every operation over HTTP for keys, and as a callable for people; one served function each.
import { doorsOf, everyOperation, httpPathOf, idOf, servedBy } from '../../../dev/generate/definitions.ts'
import type { AnyOperation } from '../../../functions/src/guard/definition.ts'
import { type Served, serve } from '../../support/framework.ts'
import { type Answer, type Door, openDoor } from '../support/door.ts'
import type { Intruder } from './intruders.ts'

export interface Target {
  readonly operation: string
  readonly transport: 'http' | 'callable'
  /** The deployed function that serves it. */
  readonly served: string
  readonly path: string
  readonly definition: AnyOperation
}

export const everyTarget = async (): Promise<readonly Target[]> =>
  (await everyOperation()).flatMap((definition) =>
    doorsOf(definition).map((transport): Target => {
      const http = transport === 'http'
      return {
        operation: idOf(definition),
        transport,
        served: http ? servedBy(definition) : definition.group,
        path: http ? httpPathOf(definition) : `/${definition.name}`,
        definition,
      }
    }),
  )

export type Ask = (target: Target, body: unknown, who: Intruder) => Promise<Answer>

export interface Open {
  readonly ask: Ask
  readonly close: () => void
}

/** Each named function, in so many instances as it is named; a call goes to any of them. */
export const openDoors = async (projectId: string, functions: readonly string[]): Promise<Open> => {
  const env = {
    GCLOUD_PROJECT: projectId,
    LK_TRUSTED_HOPS: '1',
    NODE_OPTIONS: '--require ./emulator-tests/proof/support/without-domains.cjs',
  }
  const served: (readonly [string, Served, Door])[] = await Promise.all(
    functions.map(async (name) => {
      const one = await serve(name, env)
      return [name, one, openDoor(one.origin)] as const
    }),
  )
  let turn = 0
  return {
    ask: ({ served: name, path, transport, definition }, body, { bearer, address }) => {
      const doors = served.filter(([one]) => one === name)
      const door = doors[turn++ % doors.length]?.[2]
      if (door === undefined) throw new Error(`${name} is not served`)
      if (definition.method === 'GET') return door.get(addressOf(path, body), { bearer, address })
      return door.post(path, transport === 'http' ? body : { data: body }, { bearer, address })
    },
    close: () => {
      for (const [, one, door] of served) {
        door.close()
        one.stop()
      }
    },
  }
}

/** Fields that stand in the path, the others in the query. */
const addressOf = (path: string, body: unknown): string => {
  const fields = Object.entries(body as Readonly<Record<string, string>>) // the body of a GET is flat
  const filled = fields.reduce((text, [name, value]) => text.replace(`{${name}}`, value), path)
  const query = fields.filter(([name]) => !path.includes(`{${name}}`)).map(([name, value]) => `${name}=${value}`)
  return query.length === 0 ? filled : `${filled}?${query.join('&')}`
}

const compared = ['content-type', 'content-length', 'cache-control', 'vary', 'www-authenticate', 'retry-after'] as const

/** What a client sees, without the id of the request and the second it was made in: what is equal here is equal byte by byte. */
export const seen = ({ status, headers, text }: Answer): string =>
  JSON.stringify([
    status,
    compared.map((name) => headers[name] ?? ''),
    text
      .replaceAll(/"req_[0-9A-Za-z]{22}"/g, '"req"')
      .replaceAll(/"asOf":"[^"]*"/g, '"asOf":""')
      .replaceAll(/"(iat|exp)":\d+/g, '"$1":0'),
  ])
