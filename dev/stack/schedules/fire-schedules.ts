// Fires scheduled functions on their cron, which the Functions emulator never does, until it is told to end.
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { readManifest } from '../../manifest/read-manifest.ts'
import { root } from '../../root.ts'
import { type Endpoints, region } from '../endpoints.ts'
import type { Stack } from '../start-stack.ts'
import { invokerToken } from '../state/state-folder.ts'
import { civilMinute } from './civil-minute.ts'
import { type IsDue, parseSchedule } from './cron.ts'

const minuteMs = 60_000
const zoneOfTheCli = 'America/Los_Angeles' // what a deployed schedule gets that names none

type Scheduled = { readonly name: string; readonly timeZone: string; readonly isDue: IsDue }
type Log = (line: string) => void

export function fireSchedules({ endpoints, state }: Stack): { readonly end: () => void } {
  const file = createWriteStream(join(state.logs, 'schedules.log'), { flags: 'a' })
  const log: Log = (line) => file.write(`${new Date().toISOString()} ${line}\n`)
  const token = invokerToken(state)
  let timer: NodeJS.Timeout | undefined
  const run = (schedules: readonly Scheduled[]) => {
    timer = setTimeout(
      () => {
        const now = new Date(Math.floor(Date.now() / minuteMs) * minuteMs)
        for (const each of schedules)
          if (each.isDue(civilMinute(now, each.timeZone))) void fire(endpoints, each.name, now, token).then(log)
        run(schedules)
      },
      minuteMs - (Date.now() % minuteMs) + 50,
    )
  }
  readSchedules(log).then(run, (reason: unknown) => log(`could not read the schedules: ${String(reason)}`))
  const end = () => {
    clearTimeout(timer)
    file.end()
  }
  return { end }
}

async function readSchedules(log: Log): Promise<Scheduled[]> {
  const { endpoints } = await readManifest(join(root, 'functions'), join(root, 'node_modules'))
  const schedules = Object.entries(endpoints).flatMap(([name, { scheduleTrigger: trigger }]) =>
    trigger ? [{ name, timeZone: trigger.timeZone ?? zoneOfTheCli, isDue: parseSchedule(trigger.schedule) }] : [],
  )
  log(schedules.length > 0 ? `watching ${schedules.map(({ name }) => name).join(', ')}` : 'no function has a schedule')
  return schedules
}

/** Returns the line for the log; a failure is one, never an exception. */
export async function fire(endpoints: Endpoints, name: string, now: Date, token: string): Promise<string> {
  try {
    const response = await fetch(`${endpoints.functions}/${await triggerKey(endpoints, name)}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'x-cloudscheduler': 'true',
        'x-cloudscheduler-jobname': `firebase-schedule-${name}-${region}`,
        'x-cloudscheduler-scheduletime': now.toISOString(),
      },
    })
    return `${name} ${response.status}${response.ok ? '' : ` ${await response.text()}`}`
  } catch (reason) {
    return `${name} failed: ${String(reason)}`
  }
}

/** A background function answers at `name-N`, where N grows when triggers reload; only the 404 of a wrong name tells N. */
async function triggerKey(endpoints: Endpoints, name: string): Promise<string> {
  const answer = await fetch(`${endpoints.functions}/no-such-function`, { method: 'POST' })
  const generations = [...(await answer.text()).matchAll(new RegExp(`${region}-${name}-(\\d+)`, 'g'))]
  return `${name}-${Math.max(0, ...generations.map((match) => Number(match[1])))}`
}
