// Address ranges that a key may be used from: IPv4, IPv6 and CIDR, read strictly, written in one spelling, compared bit by bit.

interface Address {
  readonly width: 32 | 128
  readonly value: bigint
}

interface Range extends Address {
  /** How many leading bits must agree. */
  readonly prefix: number
}

/** `::ffff:0:0/96`: an IPv4 address inside IPv6 is that IPv4 address (RFC 4291 §2.5.5.2). */
const mapped = 0xffffn

/** A single address, or undefined: no zone, no leading zeros, nothing that only some parsers would take. */
const readAddress = (text: string): Address | undefined => {
  if (text.length > 45) return undefined // the longest spelling there is
  if (!text.includes(':')) return readV4(text)
  const value = readV6(text)
  if (value === undefined) return undefined
  return value >> 32n === mapped ? { width: 32, value: value & 0xffffffffn } : { width: 128, value }
}

const octet = /^(0|[1-9]\d{0,2})$/
const group = /^[0-9a-fA-F]{1,4}$/

const readV4 = (text: string): Address | undefined => {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => octet.test(part) && Number(part) < 256)) return undefined
  return { width: 32, value: parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n) }
}

const readV6 = (text: string): bigint | undefined => {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const read = halves.map(groupsIn)
  const [head, tail = []] = read
  if (head === undefined || read.includes(undefined)) return undefined
  const gap = 8 - head.length - tail.length
  // `::` stands for at least one group, and without it all eight are there.
  if (halves.length === 2 ? gap < 1 : gap !== 0) return undefined
  return [...head, ...Array<bigint>(gap).fill(0n), ...tail].reduce((value, part) => (value << 16n) | part, 0n)
}

/** The groups on one side of `::`; the last may be an IPv4 address, which is two. */
const groupsIn = (half: string, index: number, halves: readonly string[]): readonly bigint[] | undefined => {
  if (half === '') return halves.length === 2 ? [] : undefined
  const parts = half.split(':')
  const last = parts.at(-1) ?? ''
  const dotted = last.includes('.') && index === halves.length - 1 ? readV4(last) : undefined
  const plain = dotted === undefined ? parts : parts.slice(0, -1)
  if (!plain.every((part) => group.test(part))) return undefined
  const groups = plain.map((part) => BigInt(`0x${part}`))
  return dotted === undefined ? groups : [...groups, dotted.value >> 16n, dotted.value & 0xffffn]
}

const length = /^(0|[1-9]\d{0,2})$/

/** An address alone is a range of one. Bits behind the prefix must be zero: `10.0.0.1/8` says two things at once. */
const readRange = (text: string): Range | undefined => {
  const [address = '', prefix, ...rest] = text.split('/')
  const read = rest.length === 0 ? readAddress(address) : undefined
  if (read === undefined) return undefined
  if (prefix === undefined) return { ...read, prefix: read.width }
  if (!length.test(prefix)) return undefined
  // The length of an IPv4 range that is written as IPv6 counts the 96 bits before it.
  const bits = Number(prefix) - (read.width === 32 && address.includes(':') ? 96 : 0)
  if (bits < 0 || bits > read.width) return undefined
  return (read.value & hostMask(read.width, bits)) === 0n ? { ...read, prefix: bits } : undefined
}

const hostMask = (width: number, prefix: number): bigint => (1n << BigInt(width - prefix)) - 1n

const writeRange = ({ width, value, prefix }: Range): string => {
  const address = width === 32 ? writeV4(value) : writeV6(value)
  return prefix === width ? address : `${address}/${prefix}`
}

const writeV4 = (value: bigint): string => [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.')

/** RFC 5952: lower case, and the first of the longest runs of at least two zero groups becomes `::`. */
const writeV6 = (value: bigint): string => {
  const groups = Array.from({ length: 8 }, (_, index) => (value >> BigInt(112 - index * 16)) & 0xffffn)
  const texts = groups.map((one) => one.toString(16))
  let best = { from: 0, count: 1 }
  for (let from = 0; from < 8; from++) {
    let count = 0
    while (groups[from + count] === 0n) count++
    if (count > best.count) best = { from, count }
  }
  if (best.count < 2) return texts.join(':')
  return `${texts.slice(0, best.from).join(':')}::${texts.slice(best.from + best.count).join(':')}`
}

const isWithin = (inner: Range, outer: Range): boolean =>
  inner.width === outer.width &&
  inner.prefix >= outer.prefix &&
  inner.value >> BigInt(outer.width - outer.prefix) === outer.value >> BigInt(outer.width - outer.prefix)

/** The one spelling of a range or address; undefined for anything that is none. */
export const canonicalRange = (text: string): string | undefined => {
  const range = readRange(text)
  return range === undefined ? undefined : writeRange(range)
}

export const isAddress = (text: string): boolean => readAddress(text) !== undefined

/** Whether a call from `address` is within one of `ranges`. An unknown address is within none; a range that cannot be read holds nobody. */
export const isFrom = (ranges: readonly string[], address: string | undefined): boolean => {
  const from = address === undefined ? undefined : readAddress(address)
  if (from === undefined) return false
  return ranges.some((text) => {
    const range = readRange(text)
    return range !== undefined && isWithin({ ...from, prefix: from.width }, range)
  })
}

/** Whether every address of `inner` is one of `outer`; undefined stands for every address there is. */
export const areWithin = (inner: readonly string[] | undefined, outer: readonly string[] | undefined): boolean => {
  if (outer === undefined) return true
  if (inner === undefined) return false
  const wide = outer.flatMap((text) => readRange(text) ?? [])
  return inner.every((text) => {
    const range = readRange(text)
    return range === undefined || wide.some((one) => isWithin(range, one))
  })
}
