/** `ip`, `ifconfig`, `route`, `netstat`, `ss`, `arp`: what a container sees of its interfaces. */
import { holdsCapability } from '../capabilities.ts';
import type { OpenSocket } from '../network-stack.ts';
import { networkOf } from './network.ts';
import { type Call, type Utility, UtilityError } from './utility.ts';

const interfaces = (call: Call) => networkOf(call).interfaces;
const isLoopback = (name: string) => name === 'lo';
const ipv4 = (addresses: readonly string[]) => addresses.filter((address) => !address.includes(':'));

/** A link address that follows from the IP, as Docker makes them. */
const linkAddress = (ip: string | undefined) =>
  `02:42:${(ip ?? '0.0.0.0')
    .split('.')
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join(':')}`;
const gatewayOf = (ip: string | undefined) => `${(ip ?? '10.0.0.1').split('.').slice(0, 3).join('.')}.1`;

export const ip: Utility = {
  names: ['ip'],
  summary: 'Show network configuration',
  usage: '[OPTIONS] address|route|link|neigh [ARGS]',
  *run(call) {
    const words = call.args.filter((word) => !/^-(?:4|6|o|br|brief|c|s|family)$/.test(word));
    const [object = 'address', verb = 'show'] = words;
    if (/^(?:add|del|set|change|replace|flush|delete)$/.test(verb)) return changeLinks(call, object, words.slice(1));
    if ('address'.startsWith(object)) yield* call.out(addresses(call, words.slice(2)));
    else if ('route'.startsWith(object)) yield* call.out(routes(call));
    else if ('link'.startsWith(object)) yield* call.out(addresses(call, words.slice(2), true));
    else if (!'neighbour'.startsWith(object)) throw new UtilityError(`Object "${object}" is unknown, try "ip help".`);
    return 0;
  },
};

/** Adds and removes dummy interfaces, for who may; the rest of the network is not for containers to change. */
function changeLinks(call: Call, object: string, [verb = '', ...words]: readonly string[]): number {
  if (!holdsCapability(call.context.fs, 'NET_ADMIN'))
    throw new UtilityError('RTNETLINK answers: Operation not permitted', 2);
  const name = words.find((word) => word !== 'dev' && word !== 'name' && word !== 'link') ?? '';
  const stack = networkOf(call);
  const isThere = stack.interfaces.some((each) => each.name === name);
  if (!'link'.startsWith(object) || !/^(?:add|del|delete)$/.test(verb))
    throw new UtilityError('RTNETLINK answers: Operation not supported', 2);
  if (verb === 'add') {
    if (!words.join(' ').endsWith('type dummy'))
      throw new UtilityError('RTNETLINK answers: Operation not supported', 2);
    if (isThere) throw new UtilityError('RTNETLINK answers: File exists', 2);
    stack.setLink(name, true);
  } else if (!isThere) throw new UtilityError(`Cannot find device "${name}"`, 1);
  else if (!stack.setLink(name, false)) throw new UtilityError('RTNETLINK answers: Operation not supported', 2);
  return 0;
}

function addresses(call: Call, words: readonly string[], linkOnly = false): string {
  const wanted = words.filter((word) => word !== 'dev' && word !== 'show').at(-1);
  let text = '';
  for (const [index, each] of interfaces(call).entries()) {
    if (wanted !== undefined && wanted !== each.name) continue;
    const loopback = isLoopback(each.name);
    const number = loopback ? 1 : index + 1;
    text += `${number}: ${each.name}${loopback ? '' : `@if${number + 4}`}: <${loopback ? 'LOOPBACK,UP,LOWER_UP' : 'BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN'}> mtu ${loopback ? 65_536 : 1500} qdisc noqueue ${loopback ? '' : 'state UP '}qlen 1000\n`;
    text += loopback
      ? '    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n'
      : `    link/ether ${linkAddress(each.addresses[0])} brd ff:ff:ff:ff:ff:ff\n`;
    for (const address of linkOnly ? [] : ipv4(each.addresses)) {
      text += `    inet ${address}/${loopback ? 8 : 24}${loopback ? '' : ` brd ${address.split('.').slice(0, 3).join('.')}.255`} scope ${loopback ? 'host' : 'global'} ${each.name}\n       valid_lft forever preferred_lft forever\n`;
    }
  }
  return text;
}

function routes(call: Call): string {
  const main = interfaces(call).find((each) => !isLoopback(each.name));
  const [address] = ipv4(main?.addresses ?? []);
  if (!main || address === undefined) return '';
  const network = address.split('.').slice(0, 3).join('.');
  return `default via ${gatewayOf(address)} dev ${main.name} \n${network}.0/24 dev ${main.name} scope link  src ${address} \n`;
}

export const ifconfig: Utility = {
  names: ['ifconfig'],
  summary: 'Configure a network interface',
  usage: '[-a] [INTERFACE]',
  options: 'a',
  *run(call) {
    for (const each of [...interfaces(call)].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (call.args[0] !== undefined && call.args[0] !== each.name) continue;
      const loopback = isLoopback(each.name);
      const [address = ''] = ipv4(each.addresses);
      const network = address.split('.').slice(0, 3).join('.');
      yield* call.out(
        `${each.name.padEnd(10)}Link encap:${loopback ? 'Local Loopback  ' : `Ethernet  HWaddr ${linkAddress(address).toUpperCase()}  `}\n          inet addr:${address}  ${loopback ? '' : `Bcast:${network}.255  `}Mask:${loopback ? '255.0.0.0' : '255.255.255.0'}\n          UP ${loopback ? 'LOOPBACK' : 'BROADCAST'} RUNNING ${loopback ? '' : 'MULTICAST  '}MTU:${loopback ? 65_536 : 1500}  Metric:1\n          RX packets:0 errors:0 dropped:0 overruns:0 frame:0\n          TX packets:0 errors:0 dropped:0 overruns:0 carrier:0\n          collisions:0 txqueuelen:1000 \n          RX bytes:0 (0.0 B)  TX bytes:0 (0.0 B)\n\n`,
      );
    }
    return 0;
  },
};

export const route: Utility = {
  names: ['route'],
  summary: 'Show the IP routing table',
  usage: '[-n]',
  options: 'ne',
  *run(call) {
    const main = interfaces(call).find((each) => !isLoopback(each.name));
    const [address = '10.0.0.2'] = ipv4(main?.addresses ?? []);
    const row = (...cells: string[]) =>
      `${(cells[0] ?? '').padEnd(16)}${(cells[1] ?? '').padEnd(16)}${(cells[2] ?? '').padEnd(16)}${(cells[3] ?? '').padEnd(6)}0      0        0 ${main?.name ?? 'eth0'}\n`;
    yield* call.out(
      `Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n${row(call.has('n') ? '0.0.0.0' : 'default', gatewayOf(address), '0.0.0.0', 'UG')}${row(`${address.split('.').slice(0, 3).join('.')}.0`, call.has('n') ? '0.0.0.0' : '*', '255.255.255.0', 'U')}`,
    );
    return 0;
  },
};

/** Sockets that options such as `-t` and `-u` ask for; all when none does. */
function wantedSockets(call: Call): readonly OpenSocket[] {
  const all = networkOf(call).sockets();
  return call.has('t') === call.has('u') ? all : all.filter(({ protocol }) => call.has(protocol === 'tcp' ? 't' : 'u'));
}

export const netstat: Utility = {
  names: ['netstat'],
  summary: 'Display networking information',
  usage: '[-ral] [-tuwx] [-enWp]',
  options: 'raltuwxneWpis',
  *run(call) {
    if (call.has('r')) {
      yield* call.out(routes(call));
      return 0;
    }
    const which = call.has('l') ? 'only servers' : call.has('a') ? 'servers and established' : 'w/o servers';
    const program = call.has('p') ? 'PID/Program name' : '';
    let text = `Active Internet connections (${which})\nProto Recv-Q Send-Q Local Address           Foreign Address         State       ${program}\n`;
    for (const { protocol, address } of call.has('l') || call.has('a') ? wantedSockets(call) : []) {
      const state = protocol === 'tcp' ? 'LISTEN' : '';
      text += `${protocol.padEnd(5)}      0      0 ${`${address.ip}:${address.port}`.padEnd(23)} ${'0.0.0.0:*'.padEnd(23)} ${state.padEnd(12)}${program && '-'}\n`;
    }
    yield* call.out(text);
    return 0;
  },
};

export const ss: Utility = {
  names: ['ss'],
  summary: 'Show sockets',
  usage: '[-ltunap]',
  options: 'ltunapeHs46o',
  *run(call) {
    let text = call.has('H') ? '' : 'Netid State  Recv-Q Send-Q Local Address:Port  Peer Address:Port\n';
    for (const { protocol, address } of call.has('l') || call.has('a') ? wantedSockets(call) : []) {
      const state = protocol === 'tcp' ? 'LISTEN' : 'UNCONN';
      text += `${protocol.padEnd(5)} ${state.padEnd(6)} 0      ${(protocol === 'tcp' ? '511' : '0').padEnd(6)} ${`${address.ip}:${address.port}`.padEnd(19)} 0.0.0.0:*\n`;
    }
    yield* call.out(text);
    return 0;
  },
};
