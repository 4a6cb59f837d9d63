// A notification as a mail, and many of them as one: plain and HTML, without anything that is fetched from elsewhere.
import { type Instant, toIso } from '../kernel/time.ts'
import type { NoticeText } from './kind.ts'
import { oneLine } from './words.ts'

export interface Mail {
  readonly subject: string
  readonly plain: string
  readonly html: string
}

export interface MailFooter {
  /** Where somebody says what they want to hear of; undefined for what cannot be switched off. */
  readonly preferences: string | undefined
}

const mostSubject = 150
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export const escapeHtml = (text: string): string => oneLine(text).replace(/[&<>"']/g, (one) => entities[one] ?? '')

const subjectOf = (title: string): string => {
  const line = oneLine(title)
  return line.length > mostSubject ? `${line.slice(0, mostSubject)}…` : line
}

const footerLines = ({ preferences }: MailFooter): readonly string[] =>
  preferences === undefined
    ? ['You get this mail because it is about the security of your account. It cannot be switched off.']
    : ['You choose what you hear of here:', preferences]

const page = (title: string, body: readonly string[], footer: MailFooter): string =>
  [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head>`,
    '<body style="font-family:sans-serif;line-height:1.5;max-width:40em;margin:2em auto;padding:0 1em">',
    `<h1 style="font-size:1.2em">${escapeHtml(title)}</h1>`,
    ...body,
    `<p style="color:#666;font-size:0.85em">${footerLines(footer).map(linked).join(' ')}</p>`,
    '</body></html>',
  ].join('\n')

const linked = (text: string): string =>
  text.startsWith('http') ? `<a href="${escapeHtml(text)}">${escapeHtml(text)}</a>` : escapeHtml(text)

export const renderMail = ({ title, lines }: NoticeText, footer: MailFooter): Mail => ({
  subject: subjectOf(title),
  plain: [...lines.map(oneLine), '', '-- ', ...footerLines(footer), ''].join('\n'),
  html: page(
    title,
    lines.map((line) => `<p>${escapeHtml(line)}</p>`),
    footer,
  ),
})

export interface DigestItem {
  readonly title: string
  readonly text: string
  readonly at: Instant
}

/** `more`: so many others are not listed, and are found in the list of notifications. */
export const renderDigest = (items: readonly DigestItem[], more: number, footer: MailFooter): Mail => {
  const count = items.length + more
  const title = count === 1 ? 'One notification' : `${count} notifications`
  const rest = more === 0 ? [] : [`And ${more} more, in your list of notifications.`]
  const when = (at: Instant): string => `${toIso(at).slice(0, 16).replace('T', ' ')} UTC`
  const plain = items.flatMap(({ title, text, at }) => [`* ${oneLine(title)} (${when(at)})`, `  ${oneLine(text)}`])
  const html = items.map(
    ({ title, text, at }) =>
      `<p><strong>${escapeHtml(title)}</strong> <small>${when(at)}</small><br>${escapeHtml(text)}</p>`,
  )
  return {
    subject: title,
    plain: [...plain, ...rest, '', '-- ', ...footerLines(footer), ''].join('\n'),
    html: page(title, [...html, ...rest.map((line) => `<p>${line}</p>`)], footer),
  }
}
