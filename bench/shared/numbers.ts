// Numbers as a reader wants them: three figures, and no more.

const three = (value: number): string =>
  value >= 100 ? String(Math.round(value)) : value >= 10 ? value.toFixed(1) : value.toFixed(2)

export const perSecond = (value: number): string => {
  if (value >= 1e6) return `${three(value / 1e6)}M`
  return value >= 1e3 ? `${three(value / 1e3)}k` : three(value)
}

export const times = (value: number): string => `${three(value)}×`
export const megabytes = (bytes: number): string =>
  `${bytes < 100e6 ? (bytes / 1e6).toFixed(1) : Math.round(bytes / 1e6).toLocaleString('en')} MB`
export const microseconds = (nanoseconds: number): string => `${three(nanoseconds / 1e3)} µs`
export const milliseconds = (value: number): string => `${three(value)} ms`

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
