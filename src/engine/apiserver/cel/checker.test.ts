import { describe, expect, it } from 'vitest';
import { dynType, intType, listOf, mapOf, objectType, readType, stringType, typeText } from './cel-type.ts';
import { compile } from './environment.ts';

const object = objectType('Object', { name: stringType, size: intType, labels: mapOf(stringType, stringType) });
const options = {
  variables: { self: object, items: listOf(object), any: dynType, at: readType('timestamp'), 'a.b': intType },
  structTypes: (name: string) => (name === 'Object' ? object : undefined),
};
const typeOf = (source: string): string => typeText(compile(source, options).type);

describe('the type of', () => {
  it.each([
    ['self.name', 'string'],
    ['self.labels["x"]', 'string'],
    ['items.map(i, i.size)', 'list(int)'],
    ['items.map(i, i.size > 1, i.name)', 'list(string)'],
    ['items.filter(i, i.size > 1)[0].name', 'string'],
    ['self.?labels.?x', 'optional_type(string)'],
    ['self.?labels.?x.orValue("y")', 'string'],
    ['items.all(i, i.size > 0)', 'bool'],
    ['self.size > 0 ? [self.name] : []', 'list(string)'],
    ['{"a": 1, "b": 2}', 'map(string, int)'],
    ['[]', 'list(dyn)'],
    ['any.x.y', 'dyn'],
    ['any + 1', 'int'],
    ['at - at', 'duration'],
    ['at + duration("1s")', 'timestamp'],
    ['a.b + 1', 'int'],
    ['self.labels.transformList(k, v, k + v)', 'list(string)'],
    ['Object{name: "x", size: 1}', 'Object'],
    ['google.protobuf.StringValue{value: "x"}', 'string'],
    ['type(self.size)', 'type(int)'],
  ])('%s', (source, type) => expect(typeOf(source)).toBe(type));
});

describe('refuses', () => {
  it.each([
    ['self.nope', "undefined field 'nope'"],
    ['items.map(i, i.nope)', "undefined field 'nope'"],
    ['self.size + self.name', "found no matching overload for '_+_' applied to '(int, string)'"],
    ['self.size == self.name', "found no matching overload for '_==_' applied to '(int, string)'"],
    ['items["x"]', "found no matching overload for '_[_]' applied to '(list(Object), string)'"],
    ['Object{nope: 1}', "expected type of field 'nope' is '' but provided type is 'int'"],
    ['Object{size: "x"}', "expected type of field 'size' is 'int' but provided type is 'string'"],
    ['Nope{}', "undeclared reference to 'Nope'"],
    ['google.protobuf.Int32Value{valu: 1}', "undefined field 'valu'"],
    ['google.protobuf.Int32Value{value: "x"}', "expected type of field 'value' is 'int' but provided type is 'string'"],
    ['self.size.map(i, i)', 'cannot be range of a comprehension'],
    ['nope(1)', "undeclared reference to 'nope'"],
    ['self.name.nope()', "undeclared reference to 'nope'"],
  ])('%s', (source, complaint) => expect(() => compile(source, options)).toThrow(complaint));
});
