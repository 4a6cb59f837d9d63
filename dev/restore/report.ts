// What a restore has done and what is left to do, in words, and in full in a file.
import type { Restored } from '../../functions/src/groups/restore-platform.ts'
import type { ByHand, Gathered } from '../../functions/src/rooms/lifecycle/restore/gather-takings.ts'

export interface Reported {
  readonly gathered: Gathered
  readonly restored: Restored
  readonly broken: readonly string[]
  /** Lines of other projects. */
  readonly foreign: number
  readonly dryRun: boolean
  /** Where everything stands, document by document. */
  readonly file: string
}

const mostShown = 10

const reasons: Readonly<Record<ByHand['why'], string>> = {
  again: 'Do again by hand, as the runbook says',
  opened: 'Was allowed again after it was stopped; it is stopped now, and stays so until somebody allows it again',
  unknown: 'Nobody knows what this took away; look at its targets',
}

export const reportText = ({ gathered, restored, broken, foreign, dryRun, file }: Reported): string => {
  const { changed, failed, endedUntil, ownerless } = restored
  const count = (what: string) => changed.filter((one) => one.what === what).length
  const stopped = changed
    .filter((one) => one.what === 'stopped')
    .map(({ path, fields }) => `${path} (${fields.join(', ')})`)
  const verb = dryRun ? 'would be' : 'were'
  return [
    `${gathered.lines} events since then took something away from ${gathered.documents} documents. Left out: ${gathered.earlier} events of before, ${foreign} lines of other projects.`,
    `Of those in the database ${count('gone')} ${verb} removed, ${count('narrowed')} narrowed, ${count('stopped')} stopped; the others are not there, or have lost it already.`,
    endedUntil === undefined ? 'No sign-in was ended.' : `Whoever signed in until ${endedUntil} signs in again.`,
    ...listed('Stopped, because only somebody who knows can say what holds now', stopped),
    ...listed('Without an owner: who owns it now was made one after the backup', ownerless),
    ...Object.entries(reasons).flatMap(([why, sentence]) =>
      listed(
        sentence,
        gathered.byHand
          .filter((one) => one.why === why)
          .map(({ at, tenant, type, targets }) => `${at} ${tenant} ${type} ${targets.join(' ')}`),
      ),
    ),
    ...listed('Lines that cannot be read; look at them before anybody is let in', broken),
    ...listed('FAILED; run this again', failed),
    `All of it: ${file}`,
  ].join('\n')
}

const listed = (title: string, all: readonly string[]): readonly string[] => {
  if (all.length === 0) return []
  const more = all.length - mostShown
  return [`${title}:`, ...all.slice(0, mostShown).map((one) => `  ${one}`), ...(more > 0 ? [`  and ${more} more`] : [])]
}

/** Nothing is left that somebody has to look at before the doors open, beside what is said of everything. */
export const isWhole = ({ gathered, restored, broken }: Pick<Reported, 'gathered' | 'restored' | 'broken'>): boolean =>
  restored.failed.length === 0 &&
  restored.ownerless.length === 0 &&
  broken.length === 0 &&
  gathered.byHand.every(({ why }) => why === 'opened')
