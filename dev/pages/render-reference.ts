// Renders one reference page from Markdown, in the style of the status page.
import { marked } from 'marked'

export type ReferencePage = { readonly title: string; readonly html: string }

/** The title is the first heading, else the file's name. Links between pages keep working: `x.md` becomes `x.html`. */
export function renderReference(markdown: string, name: string): ReferencePage {
  const title = /^#\s+(.+)$/m.exec(markdown)?.[1]?.replaceAll('`', '').trim() ?? name
  const body = marked
    .parse(markdown, { async: false })
    .replaceAll(/href="(?!https?:)([^"#]+)\.md(#[^"]*)?"/g, 'href="$1.html$2"')
    .replaceAll('<table>', '<div class="scroll"><table>')
    .replaceAll('</table>', '</table></div>')
  return { title, html: page(title, body) }
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; img-src 'self'">
<title>${escapeHtml(title)} · Latchkey</title>
<link rel="icon" href="/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/local.css">
</head>
<body>
<header class="bar"><a class="brand" href="/"><img src="/mark.svg" alt="" width="28" height="28">Latchkey</a></header>
<main class="prose">
${body}</main>
</body>
</html>
`
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
