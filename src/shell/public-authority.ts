/** What stands for the authorities that browsers and curl trust: servers of the world outside the cluster show it. */
export const publicAuthority = '-----BEGIN CERTIFICATE-----\ndGhlIHB1YmxpYyBhdXRob3JpdHk=\n-----END CERTIFICATE-----\n';
