// Reads Go type declarations: fields of structs in order, with embedded structs inlined as encoding/json does.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Import path of a Go package → its folder below the module cache's k8s.io. */
function packageFolder(base, importPath) {
  const [, module, ...rest] = importPath.split('/');
  const folder = readdirSync(base).find((name) => name.startsWith(`${module}@`));
  return folder === undefined ? undefined : join(base, folder, ...rest);
}

/** Text between a declaration's opening brace and the brace that closes it at the start of a line. */
const structPattern = /^type (\w+) struct \{\n([\s\S]*?)^\}/gm;
const aliasPattern = /^type (\w+) =? ?((?:\[\]|map\[\w+\]|\*)*[\w.]+)(?:\s*\/\/.*)?$/gm;
const groupedTypes = /^type \(\n([\s\S]*?)^\)/gm;

function parseFields(body) {
  const fields = [];
  for (const raw of body.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('//')) continue;
    const tagged = /^(?:(\w+)\s+)?([\w.[\]*{}]+)(?:\s+`([^`]*)`)?\s*(?:\/\/.*)?$/.exec(line);
    if (tagged === null) continue;
    const [, name, type, tag = ''] = tagged;
    fields.push({ name, type, tag });
  }
  return fields;
}

function parseImports(text) {
  const imports = new Map();
  for (const [, alias, path] of text.matchAll(/^\s*(?:import )?(?:(\w+) )?"([\w./-]+)"$/gm)) {
    imports.set(alias ?? path.split('/').at(-1), path);
  }
  return imports;
}

function parsePackage(folder) {
  const structs = new Map();
  const aliases = new Map();
  if (folder === undefined || !existsSync(folder)) return { structs, aliases };
  for (const file of readdirSync(folder)) {
    if (!file.endsWith('.go') || /_test\.go$|^zz_generated|generated\.pb\.go$|_swagger_doc_/.test(file)) continue;
    const text = readFileSync(join(folder, file), 'utf8');
    const imports = parseImports(text);
    for (const [, name, body] of text.matchAll(structPattern))
      structs.set(name, { fields: parseFields(body), imports });
    for (const [, name, target] of text.matchAll(aliasPattern)) aliases.set(name, { target, imports });
    for (const [, body] of text.matchAll(groupedTypes)) {
      for (const [, name, target] of body.matchAll(/^\s*(\w+) ([\w.]+)$/gm)) aliases.set(name, { target, imports });
    }
  }
  return { structs, aliases };
}

export class GoSources {
  #base;
  #packages = new Map();

  constructor(base) {
    this.#base = base;
  }

  folder(importPath) {
    return packageFolder(this.#base, importPath);
  }

  package(importPath) {
    let parsed = this.#packages.get(importPath);
    if (parsed === undefined) {
      parsed = parsePackage(importPath.startsWith('k8s.io/') ? this.folder(importPath) : undefined);
      this.#packages.set(importPath, parsed);
    }
    return parsed;
  }

  /** Resolves a type name as written in a file to its package and bare name. */
  resolve(type, importPath, imports) {
    const dot = type.indexOf('.');
    if (dot < 0) return { importPath, name: type };
    return { importPath: imports.get(type.slice(0, dot)) ?? type.slice(0, dot), name: type.slice(dot + 1) };
  }

  /**
   * Fields of a struct in the order encoding/json writes them:
   * {json, goPath, type, importPath, imports, omitEmpty, pointer}; undefined when there is no such struct.
   */
  fields(importPath, name, prefix = []) {
    const struct = this.package(importPath).structs.get(name);
    if (struct === undefined) return undefined;
    const out = [];
    for (const field of struct.fields) {
      const bare = field.type.replace(/^\*/, '');
      const goName = field.name ?? bare.split('.').at(-1);
      const json = /json:"([^"]*)"/.exec(field.tag)?.[1];
      const [jsonName, ...options] = (json ?? '').split(',');
      if (json === '-') continue;
      const embedded = field.name === undefined;
      if (options.includes('inline') || (embedded && (jsonName === '' || json === undefined))) {
        const target = this.resolve(bare, importPath, struct.imports);
        out.push(...(this.fields(target.importPath, target.name, [...prefix, goName]) ?? []));
        continue;
      }
      if (!/^[A-Z]/.test(goName)) continue;
      out.push({
        json: jsonName === '' || json === undefined ? goName : jsonName,
        tagged: json !== undefined,
        goPath: [...prefix, goName],
        type: field.type,
        importPath,
        imports: struct.imports,
        omitEmpty: options.includes('omitempty') || options.includes('omitzero'),
        omitZero: options.includes('omitzero'),
        pointer: field.type.startsWith('*'),
      });
    }
    return out;
  }
}
