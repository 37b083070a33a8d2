#!/usr/bin/env node
// The plugin for a real kubectl: `kubectl tabernetes why-not POD`. It asks the cluster that kubectl's configuration names.
process.argv.splice(2, 0, 'kubectl', 'tabernetes');
await import('./tabernetes.mjs');
