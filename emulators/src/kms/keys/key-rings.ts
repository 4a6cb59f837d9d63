/** Key rings: create, get, list. */
import { read, write } from '../../server/operation.ts'
import { type ListRequest, paginate } from '../../wire/paginate.ts'
import { alreadyExists } from '../../wire/status.ts'
import { findKeyRing } from '../find.ts'
import { requireId, requireName } from '../names.ts'
import { renderKeyRing } from '../render.ts'

/** The largest page that each list of the key service gives. */
export const MAX_PAGE_SIZE = 1000

export const createKeyRing = write((request: { parent: string; keyRingId: string }, { state, nowMs }) => {
  const parent = requireName('location', request.parent, 'parent')
  const name = `${parent}/keyRings/${requireId(request.keyRingId, 'key_ring_id')}`
  if (state.keyRings[name] !== undefined) throw alreadyExists(`KeyRing ${name}`)
  const keyRing = { name, createdAtMs: nowMs }
  state.keyRings[name] = keyRing
  return renderKeyRing(keyRing)
})

export const getKeyRing = read((request: { name: string }, { state }) =>
  renderKeyRing(findKeyRing(state, request.name)),
)

export const listKeyRings = read((request: ListRequest, { state }) => {
  const prefix = `${requireName('location', request.parent, 'parent')}/keyRings/`
  const within = Object.values(state.keyRings).filter(({ name }) => name.startsWith(prefix))
  const { items, ...page } = paginate(within, ({ name }) => name, request, MAX_PAGE_SIZE)
  return { keyRings: items.map(renderKeyRing), ...page }
})
