// The status page: reads what `npm start` wrote, and asks each part every five seconds whether it is up.

const everyMs = 5_000
const at = (id) => document.getElementById(id)

/** Builds an element from text only, so nothing a file says can become markup. */
function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties)
  made.append(...children)
  return made
}

async function start() {
  let local
  try {
    const response = await fetch('/local.json', { cache: 'no-store' })
    if (!response.ok) throw new Error(`${response.status}`)
    local = await response.json()
  } catch {
    at('summary').textContent = 'The stack is still starting, or was started without this page. Reload in a moment.'
    return
  }
  at('project').textContent = local.projectId
  at('project').hidden = false
  at('curl').textContent = local.curl
  at('copy').addEventListener('click', () => copy(local.curl))
  at('logins').replaceChildren(logins(local.logins))
  at('reference').replaceChildren(reference(local.reference))
  const parts = local.rows.map((row) => ({ row, item: part(row) }))
  at('parts').replaceChildren(...parts.map(({ item }) => item))
  await watch(parts, new Date(local.startedAt))
}

function part(row) {
  const address = row.url.startsWith('http')
    ? element('a', { href: row.url, textContent: row.url.replace('http://', '') })
    : element('span', { textContent: row.url })
  const dot = element('span', { className: 'dot', title: 'asking' })
  dot.setAttribute('role', 'img')
  dot.setAttribute('aria-label', 'asking')
  const words = element(
    'div',
    {},
    element('strong', { textContent: row.name }),
    element('small', { textContent: row.what }),
    element('code', {}, address),
  )
  return element('li', { className: 'card part' }, dot, words)
}

async function watch(parts, startedAt) {
  const states = await Promise.all(parts.map(async ({ row, item }) => show(item, await isUp(row.health))))
  const down = parts.filter((_, index) => !states[index]).map(({ row }) => row.name)
  const since = startedAt.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
  at('summary').textContent =
    down.length === 0 ? `All ${parts.length} parts answer, since ${since}.` : `Not answering: ${down.join(', ')}.`
  setTimeout(() => watch(parts, startedAt), everyMs)
}

/** An opaque answer is an answer: only a refused connection rejects. */
async function isUp(url) {
  try {
    await fetch(url, { mode: 'no-cors', cache: 'no-store', signal: AbortSignal.timeout(3_000) })
    return true
  } catch {
    return false
  }
}

function show(item, up) {
  const dot = item.querySelector('.dot')
  const state = up ? 'up' : 'down'
  dot.className = `dot ${state}`
  dot.title = state
  dot.setAttribute('aria-label', state)
  return up
}

function logins(list) {
  if (list.length === 0)
    return element(
      'p',
      { className: 'empty' },
      'Nobody yet: this stack was not seeded. ',
      element('code', { textContent: 'npm start -- --fresh' }),
      ' seeds it.',
    )
  const row = ({ who, email, password }) =>
    element(
      'li',
      {},
      element('strong', { textContent: who }),
      element('code', { textContent: email }),
      element('code', { textContent: password }),
    )
  return element('ul', { className: 'logins' }, ...list.map(row))
}

function reference(pages) {
  if (pages.length === 0)
    return element('p', {
      className: 'empty',
      textContent: 'No reference pages yet: they appear here from docs/reference.',
    })
  return element(
    'ul',
    { className: 'links' },
    ...pages.map(({ title, href }) => element('li', {}, element('a', { href, textContent: title }))),
  )
}

async function copy(text) {
  const button = at('copy')
  try {
    await navigator.clipboard.writeText(text)
    button.textContent = 'Copied'
  } catch {
    getSelection()?.selectAllChildren(at('curl'))
    button.textContent = 'Selected'
  }
  setTimeout(() => {
    button.textContent = 'Copy'
  }, 1_500)
}

void start()
