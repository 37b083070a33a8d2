import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { extractDescriptions } from './scripts/extract-descriptions.mjs';

/**
 * `virtual:field-descriptions`: what the published Kubernetes client says of each type and field, as one file that page and worker
 * fetch when the editor or `kubectl explain` wants it.
 */
function fieldDescriptions(): Plugin {
  const id = '\0virtual:field-descriptions';
  let serving = false;
  return {
    name: 'field-descriptions',
    configResolved: ({ command }) => {
      serving = command === 'serve';
    },
    resolveId: (source) => (source === 'virtual:field-descriptions' ? id : undefined),
    load(source) {
      if (source !== id) return undefined;
      const text = JSON.stringify(extractDescriptions());
      if (serving) return `export const descriptions = ${text};`;
      const file = this.emitFile({ type: 'asset', name: 'field-descriptions.json', source: text });
      return `export const descriptions = await (await fetch(import.meta.ROLLUP_FILE_URL_${file})).json();`;
    },
  };
}

/** The built page forbids everything it does not need. Development needs inline scripts, so it goes without. */
function contentSecurityPolicy(): Plugin {
  const policy = [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "worker-src 'self' blob:",
    "connect-src 'self' https: http://localhost:* http://127.0.0.1:*",
    "object-src 'none'",
    "base-uri 'self'",
  ].join('; ');
  return {
    name: 'content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: policy }, injectTo: 'head-prepend' },
    ],
  };
}

/** The engine in parts that are fetched side by side and kept apart from each other by the cache. */
const engineChunks = [
  { name: 'engine-facts', test: /src\/api\// },
  { name: 'engine-kinds', test: /src\/engine\/apiserver\/registry\// },
  { name: 'engine-apiserver', test: /src\/engine\/apiserver\/|src\/apimachinery\// },
  { name: 'engine-images', test: /src\/engine\/(runtime|kubelet|network)\/|src\/shell\// },
  {
    name: 'engine-control',
    test: /src\/(engine|client|process)\/|node_modules\/(@noble|@marcbachmann|sorted-btree|ipaddr)/,
  },
];

export default defineConfig({
  base: './',
  plugins: [
    react(),
    fieldDescriptions(),
    contentSecurityPolicy(),
    VitePWA({
      registerType: 'autoUpdate',
      injectRegister: false,
      manifest: {
        name: 'Tabernetes',
        short_name: 'Tabernetes',
        description: 'A whole Kubernetes cluster in a browser tab.',
        display: 'standalone',
        start_url: './',
        background_color: '#0e1116',
        theme_color: '#0e1116',
        icons: [{ src: 'icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' }],
      },
      workbox: {
        globPatterns: ['**/*.{js,css,html,svg,ttf,woff2,json}'],
        maximumFileSizeToCacheInBytes: 8 * 1024 * 1024,
      },
    }),
  ],
  resolve: { alias: [{ find: /^monaco-editor\/esm\/vs\/(.*)$/, replacement: 'monaco-editor/$1' }] },
  worker: {
    format: 'es',
    plugins: () => [fieldDescriptions()],
    rolldownOptions: { output: { codeSplitting: { groups: engineChunks } } },
  },
  build: {
    outDir: fileURLToPath(new URL('./dist/web', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    chunkSizeWarningLimit: 4000,
  },
});
