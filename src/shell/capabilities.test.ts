import { expect, it } from 'vitest';
import { capabilitySet, capabilityText, type CapabilityChange } from './capabilities.ts';

it.each<[string, CapabilityChange, boolean, string]>([
  ['the usual ones', {}, false, '00000000a80425fb'],
  ['more', { add: ['NET_ADMIN', 'SYS_TIME'] }, false, '00000000aa0435fb'],
  ['names as people write them', { add: ['cap_net_admin', 'CAP_SYS_TIME'] }, false, '00000000aa0435fb'],
  ['none', { drop: ['ALL'] }, false, '0000000000000000'],
  ['none but one', { add: ['NET_BIND_SERVICE'], drop: ['ALL'] }, false, '0000000000000400'],
  ['all', { add: ['ALL'] }, false, '000001ffffffffff'],
  ['all of a privileged container, whatever it drops', { drop: ['KILL'] }, true, '000001ffffffffff'],
  ['without one', { drop: ['MKNOD'] }, false, '00000000a00425fb'],
])('%s', (_, change, privileged, expected) => {
  expect(capabilityText(capabilitySet(change, privileged))).toBe(expected);
});
