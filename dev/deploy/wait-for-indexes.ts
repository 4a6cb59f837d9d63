// Indexes are built in the background, for minutes or hours, and a query without its index fails: code that asks comes after them.

export interface Looking {
  /** Lines `<state> <name>` of all indexes, as `gcloud` prints them; undefined when it fails. */
  readonly list: () => Promise<string | undefined>
  readonly say: (line: string) => void
  readonly pause: () => Promise<void>
}

/** Whether all are ready; false when one never will be, or nobody can tell. */
export const waitForIndexes = async ({ list, say, pause }: Looking): Promise<boolean> => {
  for (;;) {
    const text = await list()
    if (text === undefined) return false
    // A field that has no index at all has a line without a state.
    const unready = text.split('\n').filter((line) => /^(?!READY\s)[A-Z_]+\s/.test(line))
    const broken = unready.filter((line) => /^NEEDS_REPAIR\s/.test(line))
    for (const line of broken) say(`this index cannot be built: ${line}`)
    if (broken.length > 0) return false
    if (unready.length === 0) return true
    say(`${unready.length} indexes are being built`)
    await pause()
  }
}
