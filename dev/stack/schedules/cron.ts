// Decides whether a Cloud Scheduler schedule is due in a given minute: `every N minutes|hours`, `every day HH:MM`, five-field cron.

export type CivilMinute = {
  readonly minute: number
  readonly hour: number
  readonly dayOfMonth: number
  readonly month: number
  readonly dayOfWeek: number
}

/** Whether it is due in that minute; throws a RangeError for a schedule that it does not understand. */
export type IsDue = (now: CivilMinute) => boolean

const monthNames = ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

export function parseSchedule(schedule: string): IsDue {
  const text = schedule.trim().toLowerCase()
  return parseEvery(text) ?? parseDaily(text) ?? parseCron(text)
}

function parseEvery(text: string): IsDue | undefined {
  const match = /^every (\d+) (minutes?|mins?|hours?)$/.exec(text)
  if (!match) return undefined
  const minutes = Number(match[1]) * (match[2]?.startsWith('h') ? 60 : 1)
  if (minutes < 1 || minutes > 1_440) throw new RangeError(`"${text}" is not between a minute and a day.`)
  return (now) => (now.hour * 60 + now.minute) % minutes === 0
}

function parseDaily(text: string): IsDue | undefined {
  const match = /^every day (\d{1,2}):(\d{2})$/.exec(text)
  return match ? parseCron(`${Number(match[2])} ${Number(match[1])} * * *`) : undefined
}

function parseCron(text: string): IsDue {
  const fields = text.split(/\s+/)
  const [minute, hour, dayOfMonth, month, dayOfWeek] = fields
  if (fields.length !== 5 || !minute || !hour || !dayOfMonth || !month || !dayOfWeek)
    throw new RangeError(`"${text}" is not a schedule that is understood here.`)
  const minutes = parseField(minute, { low: 0, high: 59 })
  const hours = parseField(hour, { low: 0, high: 23 })
  const days = parseField(dayOfMonth, { low: 1, high: 31 })
  const months = parseField(month, { low: 1, high: 12, names: monthNames })
  const weekdays = parseField(dayOfWeek, { low: 0, high: 7, names: dayNames })
  if (weekdays.has(7)) weekdays.add(0)
  // The rule of cron: with both day fields restricted, either of them is enough.
  const either = !dayOfMonth.startsWith('*') && !dayOfWeek.startsWith('*')
  return (now) => {
    const inMonth = days.has(now.dayOfMonth)
    const inWeek = weekdays.has(now.dayOfWeek)
    const today = either ? inMonth || inWeek : inMonth && inWeek
    return today && minutes.has(now.minute) && hours.has(now.hour) && months.has(now.month)
  }
}

type Bounds = { readonly low: number; readonly high: number; readonly names?: readonly string[] }

function parseField(field: string, bounds: Bounds): Set<number> {
  return new Set(field.split(',').flatMap((part) => parsePart(part, bounds)))
}

function parsePart(part: string, { low, high, names = [] }: Bounds): number[] {
  const match = /^(\*|[a-z]+|\d+)(?:-([a-z]+|\d+))?(?:\/(\d+))?$/.exec(part)
  const [, from = '', to, every] = match ?? []
  const number = (text: string) => (/^\d/.test(text) ? Number(text) : names.indexOf(text))
  const start = from === '*' ? low : number(from)
  const open = from === '*' || every !== undefined
  const end = to !== undefined ? number(to) : open ? high : start
  const step = Number(every ?? 1)
  const wrong = !match || start < low || end > high || end < start || step < 1 || (from === '*' && to !== undefined)
  if (wrong) throw new RangeError(`"${part}" is not a cron field from ${low} to ${high}.`)
  return Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step)
}
