/** Named formats. Upstream: apiserver/pkg/cel/library/format.go */
import {
  isDNS1035Label,
  isDNS1123Label,
  isQualifiedName,
  isValidLabelValue,
  nameIsDNS1035Label,
  nameIsDNSLabel,
  nameIsDNSSubdomain,
} from '../../../../apimachinery/validation.ts';
import { isDNS1123Subdomain } from '../../../../apimachinery/validation.ts';
import { hasFormat } from '../../custom/formats.ts';
import { overload, type Overload } from '../functions.ts';
import { CelOpaque, CelOptional, noneValue } from '../values.ts';
import { readUrl } from './urls.ts';

type Validate = (text: string) => readonly string[];

class CelFormat extends CelOpaque {
  readonly typeName = 'kubernetes.NamedFormat';
  readonly name: string;
  readonly validate: Validate;

  constructor(name: string, validate: Validate) {
    super();
    this.name = name;
    this.validate = validate;
  }

  override equals(other: CelOpaque): boolean {
    return other instanceof CelFormat && other.name === this.name;
  }
}

const byFormat =
  (format: string, why: string): Validate =>
  (text) =>
    hasFormat(format, text) ? [] : [why];

const uri: Validate = (text) => {
  const read = readUrl(text);
  return typeof read === 'string' ? [read] : [];
};

const all: Readonly<Record<string, Validate>> = {
  dns1123Label: isDNS1123Label,
  dns1123Subdomain: isDNS1123Subdomain,
  dns1035Label: isDNS1035Label,
  qualifiedName: isQualifiedName,
  dns1123LabelPrefix: (text) => nameIsDNSLabel(text, true),
  dns1123SubdomainPrefix: (text) => nameIsDNSSubdomain(text, true),
  dns1035LabelPrefix: (text) => nameIsDNS1035Label(text, true),
  labelValue: isValidLabelValue,
  uri,
  uuid: byFormat('uuid', 'does not match the UUID format'),
  byte: byFormat('byte', 'invalid base64'),
  date: byFormat('date', 'invalid date'),
  datetime: byFormat('datetime', 'invalid datetime'),
};
const formatsByName = new Map(Object.entries(all).map(([name, validate]) => [name, new CelFormat(name, validate)]));

function validate(format: CelFormat, text: string): CelOptional {
  const found = format.validate(text);
  return found.length === 0 ? noneValue : new CelOptional(true, found);
}

export const formats: readonly Overload[] = [
  ...[...formatsByName].map(([name, format]) =>
    overload(`format.${name}`, '() -> kubernetes.NamedFormat', () => format),
  ),
  overload('format.named', '(string) -> optional(kubernetes.NamedFormat)', (name: string) => {
    const found = formatsByName.get(name);
    return found ? new CelOptional(true, found) : noneValue;
  }),
  overload('validate', 'kubernetes.NamedFormat.(string) -> optional(list(string))', validate),
];
