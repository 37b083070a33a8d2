import { type HttpResponse, statusTexts } from '../../../shell/http.ts';

/** nginx's own page for a status. */
export function errorPage(status: number, version: string): HttpResponse {
  const title = `${status} ${statusTexts[status] ?? ''}`;
  return {
    status,
    headers: { 'Content-Type': 'text/html' },
    body: `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx/${version}</center>\r\n</body>\r\n</html>\r\n`,
  };
}

/** The page of a directory (`autoindex on`). */
export function listing(path: string, names: readonly string[]): HttpResponse {
  const rows = names.map((name) => `<a href="${name}">${name}</a>\r\n`).join('');
  return {
    status: 200,
    headers: { 'Content-Type': 'text/html' },
    body: `<html>\r\n<head><title>Index of ${path}</title></head>\r\n<body>\r\n<h1>Index of ${path}</h1><hr><pre><a href="../">../</a>\r\n${rows}</pre><hr></body>\r\n</html>\r\n`,
  };
}
