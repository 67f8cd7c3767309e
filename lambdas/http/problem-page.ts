import { createHash } from 'node:crypto';
import { type ProblemAdvice, problemGuide } from '../contracts/problem-guide.ts';
import { type ProblemCode, problems } from '../contracts/problems.ts';

/** System colours follow the reader's choice of light or dark, and always stand out from one another. */
const style =
  ':root{color-scheme:light dark}' +
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;overflow-wrap:break-word}' +
  'h1{line-height:1.2}dt{font-weight:600;margin-top:1rem}dd{margin:0}';

/** Content-Security-Policy of a page: its own style, known by hash, and nothing else. */
export const pagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page of one problem, as HTML: what it means, what to do, whether to try again and with which key. */
export function problemPage(code: ProblemCode): string {
  const { status, title } = problems[code];
  const advice = problemGuide[code];
  const facts: readonly (readonly [term: string, text: string])[] = [
    ['What it means', advice.meaning],
    ['What to do', advice.action],
    ['Try again?', retryText(advice)],
    ...('key' in advice ? [['Idempotency-Key', keyTexts[advice.key]] as const] : []),
  ];
  return page(
    title,
    `<p><code>${code}</code>, HTTP status ${status}</p>` +
      `<dl>${facts.map(([term, text]) => `<dt>${term}</dt><dd>${escape(text)}</dd>`).join('')}</dl>` +
      '<p><a href="/problems">All problems</a></p>',
  );
}

/** The page that lists every problem of the catalogue, as HTML. */
export function problemListPage(): string {
  const entries = (Object.keys(problems) as ProblemCode[]).map(
    (code) => `<dt><a href="/problems/${code}">${code}</a> (${problems[code].status})</dt><dd>${escape(problemGuide[code].meaning)}</dd>`,
  );
  return page(
    'Problems',
    '<p>An answer that is no success is application/problem+json (RFC 9457); its code is one of these.</p>' +
      `<dl>${entries.join('')}</dl>`,
  );
}

function retryText({ retry }: ProblemAdvice): string {
  switch (retry) {
    case 'no':
      return 'No: the same request will be refused again.';
    case 'same-request':
      return 'Yes, the same request, later.';
    case 'change-request':
      return 'Yes, once the request is changed.';
  }
}

const keyTexts = {
  same: 'Where the call takes one, keep the same key: a refusal is not remembered, and an earlier try that succeeded unseen is answered again, not repeated.',
  new: 'Make a new key.',
};

function page(title: string, main: string): string {
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">' +
    '<meta name="viewport" content="width=device-width,initial-scale=1">' +
    `<title>${escape(title)} · Penstock</title><style>${style}</style></head>` +
    `<body><main><h1>${escape(title)}</h1>${main}</main></body></html>`
  );
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
