import { createRoot } from 'react-dom/client';
import { App } from './ui/app.tsx';
import { Session } from './ui/stores/session.ts';
import './ui/theme.css';

const session = new Session(
  () => new Worker(new URL('./worker/worker.ts', import.meta.url), { type: 'module', name: 'cluster' }),
);
const root = document.getElementById('root');
if (!root) throw new Error('the page has no root element');
createRoot(root).render(<App session={session} />);
void session.start();

if (import.meta.env.PROD && 'serviceWorker' in navigator && isSecureContext) {
  addEventListener('load', () => void navigator.serviceWorker.register('./sw.js').catch(() => undefined));
}
