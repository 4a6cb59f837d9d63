// Preloaded into every part: a stack that was killed outright cannot stop its children, so the closed channel tells them to go.
if (process.channel) {
  process.once('disconnect', () => {
    // Nobody reads the pipes any more, and a broken pipe must not cut the export short.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
    process.kill(process.pid, 'SIGINT')
  })
  process.channel.unref()
}
