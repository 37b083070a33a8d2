import { notify } from '../stores/notice-store.ts';
import type { Session } from '../stores/session.ts';

/** Puts a link to the cluster as it is now on the clipboard; shows it where the browser does not allow that. */
export async function copyLink(session: Session): Promise<void> {
  try {
    const link = await session.link();
    const copied = await navigator.clipboard.writeText(link).then(
      () => true,
      () => false,
    );
    const size = `${Math.ceil(link.length / 1000)} kB`;
    notify(
      session.notices,
      copied
        ? {
            level: 'ok',
            brief: true,
            title: `The link was copied (${size})`,
            text: 'Whoever opens it sees this cluster at this moment.',
          }
        : { level: 'info', title: 'A link to this moment', text: link },
    );
  } catch (error) {
    session.problem('link', error, 'There is no link');
  }
}
