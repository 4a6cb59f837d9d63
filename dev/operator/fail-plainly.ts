// An operator reads one sentence, not a stack, also for what a client library throws past everybody.

/** What Google's libraries say of it names no command. */
const signedOut = /default credentials|invalid_grant|reauth/i

export const plainly = (reason: unknown): string => {
  const text = reason instanceof Error ? reason.message : String(reason)
  return signedOut.test(text)
    ? `Google Cloud does not know who you are: gcloud auth application-default login. (${text.split('\n', 1)[0]})`
    : text
}

/** For a command that stands alone: whatever nobody has caught ends it. */
export const failPlainly = (): void => {
  process.on('uncaughtException', (reason: unknown) => {
    console.error(plainly(reason))
    process.exit(2)
  })
}
