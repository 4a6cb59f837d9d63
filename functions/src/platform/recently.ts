// When something was last done for each of very many names, in a table that never grows: eight bytes a name, and what is oldest makes room.
import { type Instant, instantOf } from '@latchkey/core/kernel/time'

export interface Recently {
  /** To the second; undefined when it was never done, or is forgotten. */
  readonly last: (name: string) => Instant | undefined
  readonly done: (name: string, at: Instant) => void
}

/** A name has four places, so that some more than half as many names as there are places lose next to nothing. */
const ways = 4
/** A million names in 8 MiB. */
const places = 2 ** 20

/** Two names of one hash, one in 2^50, pass for one: only for what may be missed now and then. */
export const recently = (): Recently => {
  const marks = new Uint32Array(places)
  const seconds = new Uint32Array(places)
  const secondAt = (place: number): number => seconds[place] ?? 0
  return {
    last: (name) => {
      const [first, mark] = placeOf(name)
      for (let place = first; place < first + ways; place++)
        if (marks[place] === mark && secondAt(place) > 0) return instantOf(secondAt(place) * 1_000)
      return undefined
    },
    done: (name, at) => {
      const [first, mark] = placeOf(name)
      let taken = first
      for (let place = first; place < first + ways && marks[taken] !== mark; place++)
        if (marks[place] === mark || secondAt(place) < secondAt(taken)) taken = place
      marks[taken] = mark
      seconds[taken] = Math.floor(at / 1_000)
    },
  }
}

/** The first of the places of a name, and the mark that tells it from others there. */
const placeOf = (name: string): readonly [number, number] => {
  const [hash, mark] = hashesOf(name)
  return [(hash % (places / ways)) * ways, mark]
}

/** Two at once, each stirred into the other at the end; nobody gains by names that meet. */
const hashesOf = (name: string): readonly [number, number] => {
  let [one, other] = [0xdeadbeef, 0x41c6ce57]
  for (let index = 0; index < name.length; index++) {
    const code = name.charCodeAt(index)
    one = Math.imul(one ^ code, 2_654_435_761)
    other = Math.imul(other ^ code, 1_597_334_677)
  }
  const stirred = (left: number, right: number): number =>
    (Math.imul(left ^ (left >>> 16), 2_246_822_507) ^ Math.imul(right ^ (right >>> 13), 3_266_489_909)) >>> 0
  const first = stirred(one, other)
  return [first, stirred(other, first)]
}
