// What alarms wait for can come to pass, is not there every day, and is over when it is over.
import { blockIn, blocksIn, type Judged, ofType, type PlannedResource, type Policy, textIn } from './plan.ts'

type Block = Readonly<Record<string, unknown>>

const thresholdsOf = (alarm: PlannedResource): readonly Block[] =>
  blocksIn(alarm, 'conditions').flatMap(({ condition_threshold: found }) => (Array.isArray(found) ? found : [])) // as planned

const alarmsOn = (judged: Judged, metric: string): readonly (readonly [address: string, limit: number])[] =>
  ofType(judged, 'google_monitoring_alert_policy').flatMap((alarm) =>
    thresholdsOf(alarm)
      .filter(({ filter }) => String(filter).includes(`"${metric}"`))
      .map(({ threshold_value: limit }) => [alarm.address, Number(limit)] as const),
  )

/** Errors that come by themselves once a minute at most, or once for each time that somebody tries: in five minutes, when all of it fails. */
const mostInFiveMinutes: Readonly<Record<string, number>> = {
  'nothing could be signed': 5,
  'no key could be made': 5,
  'no standby could be made': 1,
  '^the standby for ': 1,
}

export const rareErrorsHeard: Policy = (judged) =>
  ofType(judged, 'google_logging_metric').flatMap((metric) => {
    const words = Object.entries(mostInFiveMinutes).filter(([word]) => textIn(metric, 'filter').includes(`"${word}"`))
    return alarmsOn(judged, `logging.googleapis.com/user/${textIn(metric, 'name')}`).flatMap(([address, limit]) =>
      words
        .filter(([, most]) => limit >= most)
        .map(([word]) => `${address} waits for more of “${word}” than are ever said`),
    )
  })

/** Nearly all: between three quarters and nineteen of twenty of what the function may have. */
export const instancesNearlyGone: Policy = (judged) =>
  alarmsOn(judged, 'run.googleapis.com/container/instance_count').flatMap(([address, limit]) => {
    const most = judged.endpoints['authz']?.maxInstances ?? 0
    return limit >= 0.75 * most && limit <= 0.95 * most ? [] : [`${address} waits for ${limit} of ${most} instances`]
  })

const seconds = (text: unknown): number => Number(/^(\d+)s$/.exec(String(text))?.[1] ?? Number.NaN)

/** An incident whose data ends stays open for a week, and the next trouble wakes nobody. Of silence it is the other way round: that is no data. */
export const troubleEnds: Policy = (judged) =>
  ofType(judged, 'google_monitoring_alert_policy').flatMap((alarm) => {
    const closes = seconds(blockIn(alarm, 'alert_strategy')['auto_close'])
    if (thresholdsOf(alarm).length > 0 && !(closes <= 3600)) return [`${alarm.address} stays open without data`]
    const isSilence = blocksIn(alarm, 'conditions').some(({ condition_absent: absent }) => String(absent ?? '') !== '')
    return isSilence && closes <= 86_400 ? [`${alarm.address} is closed by the very silence`] : []
  })
