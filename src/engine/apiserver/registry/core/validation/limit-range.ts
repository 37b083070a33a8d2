/** Rules of LimitRanges. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import { type FieldError, GoValue, type Path } from '../../../../../apimachinery/field-error.ts';
import { parseQuantity, type Quantity } from '../../../../../apimachinery/quantity.ts';
import { isQualifiedName } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, sortedKeys } from './complaints.ts';
import { isOvercommitAllowed, validateContainerResourceName, validateResourceName } from './resource-names.ts';

const standardTypes: ReadonlySet<string> = new Set(['Pod', 'Container', 'PersistentVolumeClaim']);
/** Int64's greatest value in thousandths, as near as a number comes. */
const maxMilliValue = 2 ** 63 / 1000;

type ListName = 'max' | 'min' | 'default' | 'defaultRequest' | 'maxLimitRequestRatio';

function validateType(errors: Complaints, path: Path, type: string): void {
  const messages = isQualifiedName(type);
  complain(errors, path, 'type', type, messages);
  if (messages.length === 0 && !type.includes('/') && !standardTypes.has(type)) {
    complain(errors, path, 'type', type, ['must be a standard limit type or fully qualified']);
  }
}

function validateNames(errors: Complaints, path: Path, item: corev1.LimitRangeItem, list: ListName): void {
  const rule = item.type === 'Pod' || item.type === 'Container' ? validateContainerResourceName : validateResourceName;
  for (const name of sortedKeys(item[list])) rule(errors, path.child(list).key(name), name);
}

const shown = (quantity: Quantity): GoValue => new GoValue(`"${quantity}"`);

/** The amounts of one resource in an item, and the complaints about how they stand to each other. */
class Amounts {
  readonly #errors: Complaints;
  readonly #path: Path;
  readonly #name: string;
  readonly #item: corev1.LimitRangeItem;

  constructor(errors: Complaints, path: Path, name: string, item: corev1.LimitRangeItem) {
    this.#errors = errors;
    this.#path = path;
    this.#name = name;
    this.#item = item;
  }

  get(list: ListName): Quantity | undefined {
    if (this.#item.type === 'Pod' && (list === 'default' || list === 'defaultRequest')) return undefined;
    const text = this.#item[list]?.[this.#name];
    return text === undefined ? undefined : parseQuantity(text);
  }

  complain(list: ListName, value: Quantity, why: string): void {
    this.#errors.push(field.invalid(this.#path.child(list).key(this.#name), shown(value), why));
  }

  checkOrder(): void {
    const [min, max, limit, request] = [
      this.get('min'),
      this.get('max'),
      this.get('default'),
      this.get('defaultRequest'),
    ];
    if (min && max && min.cmp(max) > 0) this.complain('min', min, `min value ${min} is greater than max value ${max}`);
    if (request && min && min.cmp(request) > 0) {
      this.complain('defaultRequest', request, `min value ${min} is greater than default request value ${request}`);
    }
    if (request && max && request.cmp(max) > 0) {
      this.complain('defaultRequest', request, `default request value ${request} is greater than max value ${max}`);
    }
    if (request && limit && request.cmp(limit) > 0) {
      const why = `default request value ${request} is greater than default limit value ${limit}`;
      this.complain('defaultRequest', request, why);
    }
    if (limit && min && min.cmp(limit) > 0) {
      this.complain('default', min, `min value ${min} is greater than default value ${limit}`);
    }
    if (limit && max && limit.cmp(max) > 0) {
      this.complain('default', max, `default value ${limit} is greater than max value ${max}`);
    }
  }

  checkRatio(): void {
    const ratio = this.get('maxLimitRequestRatio');
    if (!ratio) return;
    if (ratio.cmp(parseQuantity('1')) < 0) {
      this.complain('maxLimitRequestRatio', ratio, `ratio ${ratio} is less than 1`);
    }
    const [min, max] = [this.get('min'), this.get('max')];
    if (!min || !max) return;
    const fine = [ratio, min, max].every((quantity) => quantity.value() < maxMilliValue);
    const most = fine ? max.milliValue() / min.milliValue() : max.value() / min.value();
    const value = fine ? ratio.milliValue() / 1000 : ratio.value();
    if (value > most) {
      const text = Number.isFinite(most) ? most.toFixed(6) : '+Inf';
      this.complain('maxLimitRequestRatio', ratio, `ratio ${ratio} is greater than max/min = ${text}`);
    }
  }

  checkEqual(): void {
    const [limit, request] = [this.get('default'), this.get('defaultRequest')];
    if (isOvercommitAllowed(this.#name) || !limit || !request || limit.cmp(request) === 0) return;
    const why = `default value ${limit} must equal to defaultRequest value ${request} in ${this.#name}`;
    this.complain('defaultRequest', request, why);
  }
}

function validateItem(errors: Complaints, path: Path, item: corev1.LimitRangeItem): void {
  validateNames(errors, path, item, 'max');
  validateNames(errors, path, item, 'min');
  for (const list of ['default', 'defaultRequest'] as const) {
    if (item.type !== 'Pod') validateNames(errors, path, item, list);
    else if (Object.keys(item[list] ?? {}).length > 0) {
      errors.push(field.forbidden(path.child(list), "may not be specified when `type` is 'Pod'"));
    }
  }
  if (
    item.type === 'PersistentVolumeClaim' &&
    item.min?.['storage'] === undefined &&
    item.max?.['storage'] === undefined
  ) {
    const why = 'either minimum or maximum storage value is required, but neither was provided';
    errors.push(field.required(path.child('limits'), why));
  }
  validateNames(errors, path, item, 'maxLimitRequestRatio');
  const names = Object.assign({}, item.max, item.min, item.maxLimitRequestRatio);
  if (item.type !== 'Pod') Object.assign(names, item.default, item.defaultRequest);
  for (const name of sortedKeys(names)) {
    const amounts = new Amounts(errors, path, name, item);
    amounts.checkOrder();
    amounts.checkRatio();
    amounts.checkEqual();
  }
}

/** Upstream: ValidateLimitRange (v1.36). Differs: resources in order of names where upstream ranges over a map. */
export function validateLimitRange({ spec }: corev1.LimitRange): FieldError[] {
  const errors: Complaints = [];
  const types = new Set<string>();
  for (const [i, item] of (spec?.limits ?? []).entries()) {
    const path = field.newPath('spec', 'limits').index(i);
    const type = item.type ?? '';
    validateType(errors, path, type);
    if (types.has(type)) errors.push(field.duplicate(path.child('type'), type));
    types.add(type);
    validateItem(errors, path, item);
  }
  return errors;
}
